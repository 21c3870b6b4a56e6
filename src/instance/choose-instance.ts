// Which instance a command means: the one that is named, else the only one that runs.
import { resolveHome } from "../config/home.ts";
import { problem, UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import { parseInstanceName } from "../state/instance-name.ts";
import type { FoundInstance } from "./find-instances.ts";
import { findInstance, listInstances } from "./find-instances.ts";

export type Group = "worker" | "proxy";

export interface Choice {
  readonly args: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
  /** Which instances count where none is named; null: all. */
  readonly group: Group | null;
}

/** The name as typed in any of its three places; null: none. Throws UserError("usage"). */
export function readName({ args, flags }: Pick<Choice, "args" | "flags">): string | null {
  const written = [
    { text: args[0], source: "the command line", what: "name" },
    { text: flags["queueId"], source: "--queue-id", what: "queue id" },
    { text: flags["name"], source: "--name", what: "name" },
  ].flatMap(({ text, source, what }) =>
    typeof text === "string" ? [parseInstanceName(text, what, { source })] : [],
  );
  const names = [...new Set(written)];
  if (names.length > 1) {
    const message = `two instances are named: ${names.join(" and ")}`;
    throw new UserError("usage", problem(message, { remedy: "name one" }));
  }
  return names[0] ?? null;
}

/** null: nothing is named and nothing runs. Throws UserError("usage"): several run; ("failed"): no such instance. */
export async function chooseInstance(choice: Choice, host: Host): Promise<FoundInstance | null> {
  const home = resolveHome(host).dir;
  const name = readName(choice);
  if (name !== null) {
    const found = await findInstance(home, name, host);
    if (found) return found;
    const others = (await listInstances(home, host)).map((each) => each.name);
    const { nearest } = await import("../core/suggest.ts");
    const near = nearest(name, others);
    const remedy =
      near.length > 0
        ? `did you mean ${near.join(" or ")}?`
        : "see `sidelite worker list` and `sidelite proxy list`";
    throw new UserError("failed", problem(`there is no instance ${name}`, { remedy }));
  }
  const running = await listRunning(choice.group, host);
  if (running.length <= 1) return running[0] ?? null;
  const list = running.map((each) => `\n  ${each.name}`).join("");
  throw new UserError(
    "usage",
    problem(`several instances run:${list}`, { remedy: "name one of them" }),
  );
}

export async function listRunning(group: Group | null, host: Host): Promise<FoundInstance[]> {
  const all = await listInstances(resolveHome(host).dir, host);
  return all.filter((each) => each.runs && isOf(group, each));
}

/** Those that run, and those that were killed: what they left is to be taken away. */
export async function listUnended(group: Group, host: Host): Promise<FoundInstance[]> {
  const all = await listInstances(resolveHome(host).dir, host);
  return all.filter((each) => (each.runs || each.record?.state === "running") && isOf(group, each));
}

/** `worker`: has a worker; `proxy`: has none. */
export function isOf(group: Group | null, { record }: FoundInstance): boolean {
  if (group === null || record === null) return true;
  return (record.kind === "proxy") === (group === "proxy");
}
