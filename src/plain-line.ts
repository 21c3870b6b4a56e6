// Understands the plain command lines of `status`, `env`, `validate` and their like without commander, which costs a start
// more than they take. Whatever is not plain, or wrong, is left to it.
import type { Input } from "./core/context.ts";
import type { Flag, Verb } from "./verbs/verb.ts";

export interface PlainLine {
  readonly verb: Verb;
  readonly input: Input;
}

/** `--json`, `--name <name>`; neither lists, optional values nor negations. */
const PLAIN_SPEC = /^(?:-\w, )?--(?!no-)([\w-]+)( <[\w-]+>)?$/;

/** One at most. */
const PLAIN_ARGUMENT = /^\[\w+\]$/;

/** null: commander is asked. What is returned is what it would have made of the line. */
export function parsePlainLine(argv: readonly string[], verbs: readonly Verb[]): PlainLine | null {
  const verb = verbs.find(({ name }) => name.split(" ").every((word, at) => argv[at] === word));
  if (verb === undefined || verb.passThrough || verb.flags.some(isNegation)) return null;
  if (verb.args !== undefined && !PLAIN_ARGUMENT.test(verb.args)) return null;
  const words = argv.slice(verb.name.split(" ").length);
  const flags: Record<string, string | true> = {};
  const args: string[] = [];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (!word.startsWith("-")) {
      args.push(word);
      continue;
    }
    const [written = "", ...rest] = word.split("=");
    const spec = verb.flags.find((flag) => PLAIN_SPEC.exec(flag.spec)?.[1] === written.slice(2));
    const key = camelCase(written.slice(2));
    if (spec === undefined || !written.startsWith("--") || key in flags) return null;
    if (PLAIN_SPEC.exec(spec.spec)?.[2] === undefined) {
      if (rest.length > 0) return null;
      flags[key] = true;
      continue;
    }
    const value = rest.length > 0 ? rest.join("=") : words.shift();
    if (value === undefined || value === "" || value.startsWith("-")) return null;
    flags[key] = value;
  }
  return args.length > (verb.args === undefined ? 0 : 1) ? null : { verb, input: { flags, args } };
}

function isNegation({ spec }: Flag): boolean {
  return spec.includes("--no-");
}

/** As commander names them. */
function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
