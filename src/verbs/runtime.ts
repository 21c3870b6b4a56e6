// `sidelite runtime ...`
import { COMMON } from "./shared-flags.ts";
import type { Flag, Verb } from "./verb.ts";

export const RUNTIME_VERBS: readonly Verb[] = [
  runtimeVerb("install", "install the locked environments", [
    { spec: "--worker", help: "the Kubiya worker's too" },
    { spec: "--rebuild", help: "make them anew although they are complete" },
  ]),
  runtimeVerb("list", "list the environments on this machine", [
    { spec: "--json", help: "print JSON" },
  ]),
  runtimeVerb("which", "print the path of the environment's Python", [
    { spec: "--json", help: "print JSON" },
  ]),
  runtimeVerb("audit", "verify the installed files", [
    { spec: "--deep", help: "compare every file's hash" },
    { spec: "--json", help: "print JSON" },
  ]),
  runtimeVerb("prune", "remove environments that nothing uses", [
    { spec: "--json", help: "print JSON" },
  ]),
];

function runtimeVerb(
  action: "install" | "list" | "which" | "audit" | "prune",
  summary: string,
  flags: Flag[],
): Verb {
  return {
    name: `runtime ${action}`,
    summary,
    flags: [...flags, ...COMMON],
    load: async () => {
      const { runtime } = await import("../commands/runtime.ts");
      return (input, context) => runtime(action, input, context);
    },
  };
}
