// The verbs as zsh's completion functions take them: `_describe` for words, `_arguments` for flags.
import type { FlagGrammar, Values, VerbGrammar } from "./grammar.ts";
import type { FirstWord } from "./groups.ts";
import { listFirstWords } from "./groups.ts";
import { quoteShell } from "./quote.ts";

const ACTIONS = { files: "_files", command: "_command_names -e", unknown: " " } as const;

/** The body of the function `_sidelite`. */
export function renderZsh(verbs: readonly VerbGrammar[]): string {
  const firsts = listFirstWords(verbs);
  const groups = firsts.filter(({ actions }) => actions.length > 0);
  return [
    "  if ((CURRENT == 2)); then",
    "    [[ $PREFIX == -* ]] && compadd -- --help --version",
    ...renderDescribe("command", firsts),
    "    return",
    "  fi",
    "  local verb=$words[2]",
    ...(groups.length > 0 ? renderGroups(groups) : []),
    "  shift words",
    "  ((CURRENT -= 1))",
    "  case $verb in",
    ...verbs.map(renderVerb),
    "  esac",
  ].join("\n");
}

function renderGroups(groups: readonly FirstWord[]): string[] {
  return [
    "  case $verb in",
    ...groups.map(({ word, actions }) => {
      const lines = renderDescribe("action", actions);
      const body = ["    if ((CURRENT == 3)); then", ...lines, "    return", "    fi"];
      return [
        `  ${quoteShell(word)})`,
        ...body,
        '    verb+=" $words[3]"',
        "    shift words",
        "    ((CURRENT -= 1))",
        "    ;;",
      ].join("\n");
    }),
    "  esac",
  ];
}

function renderDescribe(tag: string, list: readonly { word: string; summary: string }[]): string[] {
  const entries = list.map(({ word, summary }) =>
    quoteShell(`${word.replaceAll(":", "\\:")}:${summary}`),
  );
  return [`    firsts=(${entries.join(" ")})`, `    _describe ${tag} firsts`];
}

function renderVerb({ words, flags, positional, isPassThrough }: VerbGrammar): string {
  const specs = [
    ...flags.flatMap(renderFlag),
    "--help[show what it takes]",
    ...(positional === null ? [] : [renderPositional(positional)]),
  ];
  // Dashes after `--`, or after a worker's program, are not ours.
  const rule = isPassThrough ? "-S -A '-*'" : "-S";
  return `  ${quoteShell(words.join(" "))}) _arguments ${rule} ${specs.map(quoteShell).join(" ")} ;;`;
}

function renderFlag({ names, help, value, isOptional, isList }: FlagGrammar): string[] {
  const explained = `[${escape(help)}]`;
  return names.map((name) => {
    if (value === null) return `${name}${explained}`;
    const isLong = name.startsWith("--");
    const joint = isLong ? (isOptional ? "=-" : "=") : "";
    return `${isList ? "*" : ""}${name}${joint}${explained}${isOptional ? "::" : ":"}value:${renderAction(value)}`;
  });
}

function renderPositional(values: Values): string {
  if (values.kind === "command") return "*::command:_sidelite_command";
  return `1::value:${renderAction(values)}`;
}

function renderAction(values: Values): string {
  if (values.kind === "live") return `{_sidelite_live ${values.of}}`;
  return values.kind === "words" ? `(${values.words.join(" ")})` : ACTIONS[values.kind];
}

function escape(text: string): string {
  return text.replaceAll(/[\\:[\]]/g, String.raw`\$&`);
}
