// `sidelite models` and `sidelite test`
import { COMMON, PROXY } from "./shared-flags.ts";
import type { Flag, Verb } from "./verb.ts";

const FLAGS: readonly Flag[] = [
  { spec: "--queue-id <id>", help: "the instance of this queue" },
  { spec: "--name <name>", help: "the instance of this name" },
  { spec: "--json", help: "print JSON" },
  ...PROXY.filter(({ spec }) => !/^--(?:model|no-enable|enable|skip-model)/.test(spec)),
  ...COMMON,
];

export const MODEL_VERBS: readonly Verb[] = [
  {
    name: "models",
    summary: "list the models of the running instance, or of the configuration",
    flags: FLAGS,
    load: async () => (await import("../commands/models.ts")).models,
  },
  {
    name: "test",
    summary: "send one real request to a model; says what came and how long it took",
    flags: FLAGS,
    args: "<model>",
    load: async () => (await import("../commands/test-model.ts")).testModel,
  },
];
