// Words for common mistakes in JSON: message and remedy. None shows a value, which may be a secret.

type Words = readonly [message: string, remedy: string];

const SHELL = "in a shell put the whole JSON in single quotes, with double quotes inside";

const UNEXPECTED: Readonly<Record<string, Words>> = {
  "'": ["texts need double quotes, not single ones", SHELL],
  "/": ["JSON has no comments", "remove it, or use a YAML file"],
  "#": ["JSON has no comments", "remove it, or use a YAML file"],
  ",": ["a value is missing before a comma", "write it, or remove the comma"],
  "\u201c": ["texts need straight double quotes", 'replace typographic quotes by "'],
  "\u201d": ["texts need straight double quotes", 'replace typographic quotes by "'],
  "\\": ["a backslash stands outside a text", `remove it; ${SHELL}`],
};

export function describeUnexpected(character: string | undefined, expected: string): Words {
  if (character === undefined) {
    return [`it ends where ${expected} should come`, "look for a missing bracket or quote"];
  }
  const known = UNEXPECTED[character];
  if (known) return known;
  if (/[A-Za-z_$]/.test(character)) return [`${expected} should come here`, SHELL];
  return [`${expected} should come here`, "look for a missing comma, quote or bracket"];
}

const WORDS: Readonly<Record<string, Words>> = {
  True: ["True is Python, not JSON", "write true"],
  False: ["False is Python, not JSON", "write false"],
  None: ["None is Python, not JSON", "write null"],
  undefined: ["undefined is not JSON", "write null or leave the key out"],
  NaN: ["NaN is no JSON number", "write a finite number"],
  Infinity: ["Infinity is no JSON number", "write a finite number"],
};

export function describeWord(word: string): Words {
  const known = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  return known ?? ["a text stands without quotes", `put it in double quotes; ${SHELL}`];
}
