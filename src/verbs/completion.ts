// `sidelite completion`, and the hidden verb that its scripts ask for names.
import { COMMON } from "./shared-flags.ts";
import type { Verb } from "./verb.ts";

/** `all` is the table that these verbs are part of. */
export function completionVerbs(all: () => readonly Verb[]): readonly Verb[] {
  return [
    {
      name: "completion",
      summary: "print a script that completes commands: bash, zsh or fish",
      flags: COMMON,
      args: "[shell]",
      load: async () => {
        const { completion } = await import("../commands/completion.ts");
        return (input, context) => completion(all(), input, context);
      },
    },
    {
      name: "__complete",
      summary: "names that exist now, one per line",
      flags: [],
      args: "[kind]",
      hidden: true,
      load: async () => (await import("../commands/complete.ts")).complete,
    },
  ];
}
