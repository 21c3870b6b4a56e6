// What each verb takes, as the completion scripts need it: built from the table of verbs.

/** Names that only the running program knows. */
export type LiveKind =
  | "agents"
  | "contexts"
  | "instances"
  | "models"
  | "providers"
  | "templates"
  | "users";

/** What a flag's value or a positional can be. */
export type Values =
  | { readonly kind: "live"; readonly of: LiveKind }
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "files" }
  /** A program and its own arguments. */
  | { readonly kind: "command" }
  | { readonly kind: "unknown" };

export interface FlagGrammar {
  /** `--daemon`, and `-d` where there is one. */
  readonly names: readonly string[];
  readonly help: string;
  /** null: it takes no value. */
  readonly value: Values | null;
  /** The value may be left out, so it must follow `=`. */
  readonly isOptional: boolean;
  /** Values follow until the next flag. */
  readonly isList: boolean;
}

export interface VerbGrammar {
  /** `["worker", "start"]`. */
  readonly words: readonly string[];
  readonly summary: string;
  readonly flags: readonly FlagGrammar[];
  /** null: no positional. */
  readonly positional: Values | null;
  /** After the first positional no flag is ours. */
  readonly isPassThrough: boolean;
}

/** A verb of the table, as far as it matters here. */
export interface TableVerb {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly { readonly spec: string; readonly help: string }[];
  readonly args?: string;
  readonly passThrough?: true;
  readonly hidden?: true;
}

const live = (of: LiveKind): Values => ({ kind: "live", of });
const words = (...list: string[]): Values => ({ kind: "words", words: list });
const FILES: Values = { kind: "files" };

const BY_FLAG: Readonly<Record<string, Values>> = {
  "--context": live("contexts"),
  "--model": live("models"),
  "--name": live("instances"),
  "--parent": live("agents"),
  "--provider": live("providers"),
  "--queue-id": live("instances"),
  "--type": words("local"),
  "--user": live("users"),
};

/** By what stands in the brackets: `<path>`, `[command...]`. */
const BY_PLACEHOLDER: Readonly<Record<string, Values>> = {
  boolean: words("true", "false"),
  command: { kind: "command" },
  context: live("contexts"),
  file: FILES,
  model: live("models"),
  old: live("contexts"),
  path: FILES,
  shell: words("bash", "zsh", "fish"),
  socket: FILES,
  template: live("templates"),
};

/** Whose names a positional `name` means, by the verb or its first word; a new name is nobody's. */
const NAMES: Readonly<Record<string, Values>> = {
  agent: live("agents"),
  "agent add": { kind: "unknown" },
  config: live("contexts"),
  "config delete-credentials": live("users"),
  "config set-credentials": live("users"),
  env: live("instances"),
  provider: live("providers"),
  "provider add": { kind: "unknown" },
  proxy: live("instances"),
  worker: live("instances"),
};
/** A help text that is, or ends with, the words to choose from: `json|yaml`, `one of these: a, b or c`. */
const CHOICE = /^(?:.*: )?(\w+(?:(?:, | or |\|)\w+)+)$/;

/** `lists`: the words of flags that take one of a list, by flag. Hidden verbs are left out. */
export function buildGrammar(
  verbs: readonly TableVerb[],
  lists: Readonly<Record<string, readonly string[]>>,
): VerbGrammar[] {
  return verbs
    .filter(({ hidden }) => hidden !== true)
    .map(({ name, summary, flags, args, passThrough }) => ({
      words: name.split(" "),
      summary,
      flags: flags.map((flag) => parseFlag(flag, lists)),
      positional: args === undefined ? null : positionalOf(name, args),
      isPassThrough: passThrough === true,
    }));
}

function parseFlag(
  { spec, help }: TableVerb["flags"][number],
  lists: Readonly<Record<string, readonly string[]>>,
): FlagGrammar {
  const names = spec.match(/(?<=^|[\s,])--?[A-Za-z][\w-]*/g) ?? [];
  const placeholder = /[<[](.+)[>\]]/.exec(spec)?.[1] ?? null;
  const long = names.find((name) => name.startsWith("--")) ?? "";
  const known = lists[long] ?? CHOICE.exec(help)?.[1]?.split(/, | or |\|/);
  const values = known ? words(...known) : (BY_FLAG[long] ?? byPlaceholder(placeholder ?? ""));
  return {
    names,
    help,
    value: placeholder === null ? null : values,
    isOptional: spec.includes("["),
    isList: placeholder?.endsWith("...") ?? false,
  };
}

function positionalOf(verb: string, args: string): Values {
  const placeholder = /[<[]([^>\]]+)/.exec(args)?.[1]?.replace("...", "") ?? "";
  if (placeholder !== "name") return byPlaceholder(placeholder);
  return NAMES[verb] ?? NAMES[verb.split(" ")[0] ?? ""] ?? { kind: "unknown" };
}

function byPlaceholder(placeholder: string): Values {
  return BY_PLACEHOLDER[placeholder.replace("...", "")] ?? { kind: "unknown" };
}
