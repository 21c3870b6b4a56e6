// Changes the `sidelite:` section of a configuration file: comments stay, and what would not load is not written.
import { dirname, join } from "node:path";
import type { LitellmSource } from "../config/litellm-source.ts";
import type { Change } from "../core/change.ts";
import type { Context } from "../core/context.ts";
import type { Problem } from "../core/errors.ts";
import { problem, UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import { DEFAULT_LIMITS } from "../core/document.ts";
import { editYaml } from "../core/yaml-edit.ts";
import { parseYaml } from "../core/yaml.ts";
import { ensurePrivateDir, readLimited, writeAtomic } from "../platform/files.ts";
import { acquireLock } from "../platform/lock.ts";
import { readIncludes } from "../litellm/includes.ts";
import { askInstance } from "./control-client.ts";
import { listRunning } from "./choose-instance.ts";
import type { FoundSource } from "./direct-source.ts";
import { withPlaceholders } from "./placeholder-environment.ts";
import { readDirect } from "./read-direct.ts";
import { asLitellm, readLitellmFile } from "./read-litellm.ts";
import { readStatus } from "./read-status.ts";

/** Throws UserError("usage"): it is in no file, or in one that is not edited here. */
export function editablePath(source: LitellmSource): string {
  const remedy = "keep the configuration in a YAML file and name it by --proxy-config-file";
  if (source.kind !== "file") {
    const message = `the configuration is inline (${source.origin.layer}), which no command can edit`;
    throw new UserError("usage", problem(message, { place: source.origin.place, remedy }));
  }
  if (!source.path.endsWith(".json")) return source.path;
  const message = "a JSON file cannot be edited by this command";
  throw new UserError("usage", problem(message, { place: { source: source.path }, remedy }));
}

/** All or nothing. Throws UserError: the result has faults that the file did not have. */
export async function changeDirect(
  { source, home }: Pick<FoundSource, "source" | "home">,
  changes: readonly Change[],
  context: Context,
): Promise<void> {
  const path = editablePath(source);
  const { host, signals } = context;
  await ensurePrivateDir(home);
  const lock = await acquireLock(join(home, "config.lock"), { wait: true, signal: signals.abort });
  try {
    const limits = { maxBytes: DEFAULT_LIMITS.maxBytes, what: "LiteLLM config" };
    const { text, mode } = await readLimited(path, limits);
    const changed = editYaml(text, path, changes);
    const elsewhere = withPlaceholders(changed, host.env);
    const before = new Set((await check(text, path, host, elsewhere)).map(keyOf));
    await checkChange({ text: changed, path, before }, context);
    await writeAtomic(path, changed, { mode: mode & 0o777 });
  } finally {
    await lock?.release();
  }
  await reloadUsers(path, context);
}

/** `before`: faults that the file had. Tells what is new, unset variables too; throws UserError where it would not load. */
export async function checkChange(
  change: { readonly text: string; readonly path: string; readonly before: ReadonlySet<string> },
  { host, report }: Context,
): Promise<void> {
  const { text, path, before } = change;
  const found = await check(text, path, host, withPlaceholders(text, host.env));
  const fresh = found.filter((one) => !before.has(keyOf(one)));
  if (fresh.some(isError)) throw new UserError("usage", fresh);
  for (const one of fresh) report.problem(one);
  const unset = (await check(text, path, host, host.env)).filter(isError);
  for (const one of unset) report.problem({ ...one, severity: "warning" });
}

/** Each running instance of this file takes the change at once. */
export async function reloadUsers(path: string, { host, report }: Context): Promise<void> {
  for (const instance of await listRunning(null, host)) {
    const { config } = await readStatus(instance);
    if (config?.file !== path || instance.socketDir === null) continue;
    try {
      const { answer } = await askInstance(
        instance.socketDir,
        { order: "reload" },
        { timeoutMs: 120_000 },
      );
      report.info(`${instance.name}: ${answer.done}`);
    } catch (error) {
      const remedy = `sidelite worker reload ${instance.name}`;
      const message = `the running instance ${instance.name} did not take it: ${String(error)}`;
      report.problem({ severity: "warning", message, remedy });
    }
  }
}

/** `env`: with placeholders where required variables count as set, since they may be set where it runs. */
async function check(
  text: string,
  path: string,
  { home }: Host,
  env: Host["env"],
): Promise<readonly Problem[]> {
  const main = asLitellm(parseYaml(text, path), path, dirname(path));
  const included = await readIncludes(main, readLitellmFile);
  return (await readDirect({ main, included }, { env, home })).problems;
}

function isError({ severity }: Problem): boolean {
  return severity === "error";
}

function keyOf({ path, message }: Problem): string {
  return `${path} ${message}`;
}
