// A word of a command line as the shell would hand it over: quotes and backslashes undone.

/** Variables and commands inside it are not expanded. An open quote ends with the word. */
export function unquote(word: string): string {
  let text = "";
  let quote = "";
  for (let index = 0; index < word.length; index += 1) {
    const character = word.charAt(index);
    const next = word.charAt(index + 1);
    if (quote === "" && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = "";
    else if (character === "\\" && isEscape(quote, next)) {
      text += next;
      index += 1;
    } else text += character;
  }
  return text;
}

function isEscape(quote: string, next: string): boolean {
  if (next === "" || quote === "'") return false;
  return quote === "" || '"\\$`'.includes(next);
}
