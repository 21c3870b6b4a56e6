// `sidelite runtime ...`: the managed Python environments, seen and looked after.
import { resolveHome } from "../config/home.ts";
import type { Context, Input } from "../core/context.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { auditRuntime } from "../runtime/audit.ts";
import { ensureRuntime } from "../runtime/ensure.ts";
import { listRuntimes } from "../runtime/list.ts";
import { pruneRuntimes } from "../runtime/prune.ts";
import type { RuntimeContext, RuntimeKind } from "../runtime/runtime.ts";
import { runtimeTitle } from "../runtime/runtime.ts";
import { renderTable } from "../ui/table.ts";
import { renderBytes } from "../ui/units.ts";

export type RuntimeAction = "install" | "list" | "which" | "audit" | "prune";

const SCHEMA_VERSION = 1;

export async function runtime(
  action: RuntimeAction,
  input: Input,
  context: Context,
): Promise<number> {
  const { runtimesDir } = resolveHome(context.host);
  const { env, home } = context.host;
  const where = { runtimesDir, env, home, report: context.report, signal: context.signals.abort };
  const isJson = input.flags["json"] === true;
  const print = (value: Readonly<Record<string, unknown>>, text: string): void =>
    context.print(
      isJson ? JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...value }, null, 2) : text,
    );
  await ACTIONS[action](where, input, print);
  return EXIT_CODES.ok.code;
}

type Action = (
  where: RuntimeContext,
  input: Input,
  print: (value: Readonly<Record<string, unknown>>, text: string) => void,
) => Promise<void>;

const ACTIONS = {
  install: async (where, { flags }, print) => {
    const kinds: RuntimeKind[] =
      flags["worker"] === true ? ["litellm", "kubiya-worker"] : ["litellm"];
    for (const kind of kinds) {
      const options = { rebuild: flags["rebuild"] === true };
      const installed = await ensureRuntime(kind, where, options);
      await installed.release();
      print({ runtime: installed }, `${runtimeTitle(installed)} ${installed.dir}`);
    }
  },
  list: async ({ runtimesDir }, _, print) => {
    const runtimes = await listRuntimes(runtimesDir);
    const rows = runtimes.map(({ id, python, bytes, complete, current, inUse }) => [
      id,
      python ?? "-",
      bytes === null ? "-" : renderBytes(bytes),
      [complete ? null : "incomplete", current ? null : "old", inUse ? "in use" : null]
        .filter((word) => word !== null)
        .join(", "),
    ]);
    print({ runtimes }, renderTable(["RUNTIME", "PYTHON", "SIZE", "STATE"], rows));
  },
  which: async (where, _, print) => {
    const found = await ensureRuntime("litellm", where);
    await found.release();
    const litellm = found.bin("litellm");
    print({ python: found.python, litellm, version: found.version, dir: found.dir }, found.python);
  },
  audit: async (where, { flags }, print) => {
    const audit = await auditRuntime("litellm", where, { deep: flags["deep"] === true });
    const { runtime: audited, packages, files } = audit;
    const hashed = files === null ? "" : `, ${files} files hashed`;
    print(
      { audit },
      `${runtimeTitle(audited)} is as it was installed: ${packages} packages${hashed}`,
    );
  },
  prune: async (where, _, print) => {
    const { removed, kept } = await pruneRuntimes(where);
    const names = removed.map(({ id }) => `removed ${id}`);
    print({ removed, kept }, names.length === 0 ? "nothing to remove" : names.join("\n"));
  },
} as const satisfies Record<RuntimeAction, Action>;
