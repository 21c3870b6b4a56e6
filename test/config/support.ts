// A throw-away home with an optional context file, and a host that lives in it.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { onTestFinished } from "vitest";
import type { Config } from "../../src/config/config.ts";
import type { Flags } from "../../src/config/flag-layer.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { LoadOptions } from "../../src/config/sources.ts";
import type { Problem } from "../../src/core/errors.ts";
import { UserError } from "../../src/core/errors.ts";
import type { Environment, Host } from "../../src/core/host.ts";

export interface Sandbox {
  readonly home: string;
  readonly cwd: string;
  /** Where the context file is looked for. */
  readonly contextFile: string;
  host(env?: Environment): Host;
  writeContext(text: string, mode?: number): Promise<void>;
  load(flags?: Flags, env?: Environment, options?: Partial<LoadOptions>): Promise<Config>;
  /** The error that loading ends with. */
  fail(flags?: Flags, env?: Environment, options?: Partial<LoadOptions>): Promise<UserError>;
}

export async function createSandbox(): Promise<Sandbox> {
  const home = await mkdtemp(join(tmpdir(), "sidelite-config-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const cwd = join(home, "work");
  const contextFile = join(home, ".kubiya", "config");
  await mkdir(cwd);
  const host = (env: Environment = {}) => createHost({ env, cwd, home });
  const load: Sandbox["load"] = (flags = {}, env = {}, options = {}) =>
    loadConfig(flags, host(env), { ...DEFAULT_OPTIONS, ...options });
  return {
    home,
    cwd,
    contextFile,
    host,
    load,
    writeContext: async (text, mode = 0o600) => {
      await mkdir(join(home, ".kubiya"), { recursive: true });
      await writeFile(contextFile, text, { mode });
    },
    fail: async (flags, env, options) => {
      try {
        await load(flags, env, options);
      } catch (error) {
        if (error instanceof UserError) return error;
        throw error;
      }
      throw new Error("loading was expected to fail");
    },
  };
}

const DEFAULT_OPTIONS: LoadOptions = {
  command: "worker",
  kubiyaWorker: false,
  queue: null,
  verbose: false,
};

function createHost(where: Pick<Host, "env" | "cwd" | "home">): Host {
  return {
    ...where,
    platform: "linux",
    arch: "x64",
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    now: () => new Date(0),
    monotonic: () => 0,
  };
}

/** A context `c` with these lines under `litellm-proxy:`. */
export function contextWith(...lines: readonly string[]): string {
  return [
    "apiVersion: v1",
    "current-context: c",
    "contexts:",
    "  - name: c",
    "    context:",
    "      litellm-proxy:",
    ...lines.map((line) => `        ${line}`),
    "",
  ].join("\n");
}

/** `severity place: message`, with the sandbox's folder shortened to `~`. */
export function render(problems: readonly Problem[], home = "\0"): string[] {
  return problems.map(({ severity, place, path, message, remedy }) => {
    const where = [place?.source, place?.line, place?.column].filter((part) => part !== undefined);
    const parts = [where.join(":"), path, message].filter(Boolean);
    return `${severity} ${parts.join(": ")} | ${remedy ?? ""}`.replaceAll(home, "~");
  });
}
