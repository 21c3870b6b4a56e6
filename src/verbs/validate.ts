// `sidelite validate`.
import { COMMON } from "./shared-flags.ts";
import type { Verb } from "./verb.ts";

export const VALIDATE_VERB: Verb = {
  name: "validate",
  summary: "check a LiteLLM config; without FILE the merged configuration",
  flags: [
    { spec: "--strict", help: "warnings are errors" },
    { spec: "--json", help: "print JSON" },
    { spec: "--context <name>", help: "context of the context file" },
    { spec: "--config <path>", help: "context file" },
    ...COMMON,
  ],
  args: "[file]",
  load: async () => (await import("../commands/validate.ts")).validate,
};
