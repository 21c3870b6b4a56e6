// What pip's and uv's own configuration files say about where packages come from.
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Environment } from "../core/host.ts";
import { BugError } from "../core/errors.ts";
import { runCommand } from "../platform/run-command.ts";
import type { Python } from "./python-probe.ts";

/** A user's file may hold anything: a value of another type counts as absent, as the tool itself would refuse it. */
const TEXT = z.string().optional().catch(undefined);
const TEXTS = z.array(z.string()).optional().catch(undefined);

const SETTINGS = z.object({
  index: TEXT,
  extra: TEXTS,
  trusted: TEXTS,
  cert: TEXT,
  clientCert: TEXT,
  proxy: TEXT,
  timeout: TEXT,
  keyring: TEXT,
  nativeTls: z.boolean().optional().catch(undefined),
});

/** As templates/runtime/installer-settings.py prints it. */
const FILES = z.object({
  pip: SETTINGS,
  uv: SETTINGS,
  /** Paths of the files that were there. */
  read: z.array(z.string()),
  /** Options that are left out: they would change what is installed or where to. */
  ignored: z.array(z.string()),
  problems: z.array(z.string()),
});

export type InstallerFiles = z.infer<typeof FILES>;

const SCRIPT = fileURLToPath(
  new URL("../../templates/runtime/installer-settings.py", import.meta.url),
);

/** Where the two tools look for their files. */
const NAMES = [
  "HOME",
  "XDG_CONFIG_HOME",
  "XDG_CONFIG_DIRS",
  "PIP_CONFIG_FILE",
  "UV_CONFIG_FILE",
] as const;

/** Run by a Python, because uv's files are TOML and pip's have Python's own INI rules. */
export async function readInstallerFiles(
  python: Python,
  { env, signal }: { readonly env: Environment; readonly signal: AbortSignal },
): Promise<InstallerFiles> {
  const given = NAMES.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  const command = {
    file: python.path,
    args: ["-I", SCRIPT],
    env: Object.fromEntries(given),
    cwd: "/",
    signal,
  };
  const { status, stdout, stderr } = await runCommand(command);
  if (status.code !== 0) throw new BugError(`installer-settings.py failed:\n${stderr}`);
  return FILES.parse(JSON.parse(stdout));
}
