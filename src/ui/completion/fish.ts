// The verbs as fish's `complete` commands, one for each word, flag and argument.
import type { FlagGrammar, Values, VerbGrammar } from "./grammar.ts";
import { listFirstWords } from "./groups.ts";
import { quoteFish } from "./quote.ts";

const OTHERS = { files: ["-F"], command: ["-a", "(__sidelite_command)"], unknown: [] } as const;

export function renderFish(verbs: readonly VerbGrammar[]): string {
  const firsts = listFirstWords(verbs);
  return [
    ...firsts.map(({ word, summary }) => complete("__sidelite_at", ["-a", word, "-d", summary])),
    ...firsts.flatMap(({ word, actions }) =>
      actions.map((action) =>
        complete(`__sidelite_at ${word}`, ["-a", action.word, "-d", action.summary]),
      ),
    ),
    complete("__sidelite_at", ["-l", "version"]),
    complete("not __sidelite_rest", ["-l", "help"]),
    ...verbs.flatMap(renderVerb),
  ].join("\n");
}

function renderVerb({ words, flags, positional }: VerbGrammar): string[] {
  const condition = `__sidelite_in ${words.join(" ")}`;
  const lines = flags.map((flag) => complete(condition, renderFlag(flag)));
  if (positional === null) return lines;
  // Only after `--`: before it a program could not be told from a flag's value.
  const where = positional.kind === "command" ? "__sidelite_rest" : condition;
  return [...lines, complete(where, renderValues(positional))];
}

function renderFlag({ names, help, value, isOptional }: FlagGrammar): string[] {
  const named = names.flatMap((name) =>
    name.startsWith("--") ? ["-l", name.slice(2)] : ["-s", name.slice(1)],
  );
  const described = [...named, "-d", help];
  if (value === null || isOptional) return described;
  return value.kind === "files"
    ? [...described, "-r", "-F"]
    : [...described, "-x", ...renderValues(value)];
}

/** What comes from the program or the shell is data: fish expands nothing in it. */
function renderValues(values: Values): readonly string[] {
  if (values.kind === "live") return ["-a", `(__sidelite_live ${values.of})`];
  return values.kind === "words" ? ["-a", values.words.join(" ")] : OTHERS[values.kind];
}

function complete(condition: string, options: readonly string[]): string {
  const written = options.map((option) =>
    /^-[a-zA-Z]$/.test(option) ? option : quoteFish(option),
  );
  return `complete -c sidelite -n ${quoteFish(condition)} ${written.join(" ")}`;
}
