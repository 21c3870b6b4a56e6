// `sidelite init`
import { COMMON } from "./shared-flags.ts";
import type { Verb } from "./verb.ts";

export const INIT_VERBS: readonly Verb[] = [
  {
    name: "init",
    summary: "write a LiteLLM config to begin with; without TEMPLATE you are asked",
    flags: [
      { spec: "--list", help: "list the templates and which credentials are here" },
      { spec: "--print", help: "print it instead of writing ./litellm_TEMPLATE.yaml" },
      { spec: "--force", help: "replace an existing file" },
      { spec: "--json", help: "with --list: print JSON" },
      ...COMMON,
    ],
    args: "[template]",
    load: async () => (await import("../commands/init.ts")).init,
  },
];
