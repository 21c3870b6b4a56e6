// The first words of the command line: verbs of one word, and groups of verbs of two.
import type { VerbGrammar } from "./grammar.ts";

export interface FirstWord {
  readonly word: string;
  readonly summary: string;
  /** The second words; empty: the word is a verb itself. */
  readonly actions: readonly { readonly word: string; readonly summary: string }[];
}

export function listFirstWords(verbs: readonly VerbGrammar[]): FirstWord[] {
  const firsts = new Set(verbs.map(({ words: [first = ""] }) => first));
  return [...firsts].map((word) => {
    const own = verbs.filter(({ words: [first] }) => first === word);
    const actions = own.flatMap(({ words: [, second], summary }) =>
      second === undefined ? [] : [{ word: second, summary }],
    );
    const summary = actions.map((action) => action.word).join(", ");
    return { word, summary: actions.length > 0 ? summary : (own[0]?.summary ?? ""), actions };
  });
}
