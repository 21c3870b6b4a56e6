// The verbs as data for the bash script: what each one's argument and flags take.
import type { Values, VerbGrammar } from "./grammar.ts";
import { listFirstWords } from "./groups.ts";
import { quoteShell } from "./quote.ts";

const HELP = "--help none";

/** `_sidelite_grammar VERB` prints `argument KIND [last]` and `FLAG KIND [joined|list]`, one per line. */
export function renderBash(verbs: readonly VerbGrammar[]): string {
  const firsts = listFirstWords(verbs);
  const groups = firsts.filter(({ actions }) => actions.length > 0);
  const cases = [
    renderCase("", [`argument ${renderWords(firsts)}`, "--version none", HELP]),
    ...groups.map(({ word, actions }) => {
      return renderCase(word, [`argument ${renderWords(actions)}`, HELP]);
    }),
    ...verbs.map((verb) => renderCase(verb.words.join(" "), renderVerb(verb))),
  ];
  const names = groups.map(({ word }) => word).join(" ");
  return [
    "# VERB: what its argument is and what the value of each flag is, one per line.",
    "_sidelite_grammar() {",
    "  case $1 in",
    ...cases,
    "  esac",
    "}",
    `_sidelite_groups=${quoteShell(` ${names} `)}`,
  ].join("\n");
}

function renderCase(verb: string, lines: readonly string[]): string {
  return `  ${quoteShell(verb)}) printf '%s\\n' ${lines.map(quoteShell).join(" ")} ;;`;
}

function renderVerb({ flags, positional, isPassThrough }: VerbGrammar): string[] {
  return [
    `argument ${renderValues(positional)}${isPassThrough ? " last" : ""}`,
    ...flags.flatMap(({ names, value, isOptional, isList }) => {
      const end = isOptional ? " joined" : isList ? " list" : "";
      return names.map((name) => `${name} ${renderValues(value)}${end}`);
    }),
    HELP,
  ];
}

/** `=a,b`: one of these; `@contexts`: the program is asked. */
function renderValues(values: Values | null): string {
  if (values === null) return "none";
  if (values.kind === "live") return `@${values.of}`;
  return values.kind === "words" ? `=${values.words.join(",")}` : values.kind;
}

function renderWords(list: readonly { readonly word: string }[]): string {
  return `=${list.map(({ word }) => word).join(",")}`;
}
