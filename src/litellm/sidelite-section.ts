// sidelite's own top-level key, taken out before LiteLLM sees the file. Nothing unknown passes.
import * as z from "zod";
import type { YamlPath } from "../core/document.ts";
import type { Environment } from "../core/host.ts";
import { expandReferences } from "../core/references.ts";
import { Secret } from "../core/secret.ts";
import { nearest } from "../core/suggest.ts";
import type { Finding } from "./findings.ts";
import { isHostingName } from "./hosting-names.ts";
import { NAME_PATTERN } from "./name-pattern.ts";
import type { Mapping } from "./tree.ts";
import { getAt, withKey } from "./tree.ts";

export interface SideliteSection {
  /** As written, references too: the gateway's direct routes understand them. A list is Llama Stack's form. */
  readonly providers: Mapping | readonly unknown[] | null;
  readonly agents: Mapping | null;
  readonly proxy: { readonly passEnv: readonly string[] };
  readonly worker: {
    readonly hideEnv: readonly string[];
    readonly keepEnv: readonly string[];
    readonly stopSignal: NodeJS.Signals | null;
  };
  readonly allowPaths: readonly string[];
  /** The key that workers get, fixed by the user; null: one of this run. */
  readonly key: Secret | null;
  readonly maxGenerations: number | null;
  readonly recycleAtMb: number | null;
  /** Whether a changed file is put in force without being asked. */
  readonly watch: boolean;
}

const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;
const MIN_KEY_LENGTH = 16;
const RULE = "sidelite-section";

const patterns = z
  .array(z.string().regex(NAME_PATTERN, "is no variable's name: write NAME or PREFIX_*"))
  .nullish();
const mapping = z.record(z.string(), z.unknown(), "must be a mapping");
const path = z.string().regex(/^\/[^\s?#]*$/, "is no path: begin with / and leave out ? and #");

export const section = z.strictObject({
  providers: z.union([mapping, z.array(z.unknown())], "must be a mapping or a list").nullish(),
  agents: mapping.nullish(),
  proxy: z.strictObject({ "pass-env": patterns }).nullish(),
  worker: z
    .strictObject({
      "hide-env": patterns,
      "keep-env": patterns,
      "stop-signal": z.enum(STOP_SIGNALS, `must be one of ${STOP_SIGNALS.join(", ")}`).nullish(),
    })
    .nullish(),
  "allow-paths": z.array(path).nullish(),
  key: z.string().nullish(),
  "max-generations": z
    .int("must be a whole number")
    .min(1, "must be 1 or more")
    .max(64, "must be 64 or less")
    .nullish(),
  "recycle-at-mb": z.int("must be a whole number").min(256, "must be 256 or more").nullish(),
  watch: z.boolean("must be true or false").nullish(),
});

export interface SplitConfiguration {
  /** Without the section. */
  readonly value: Mapping;
  readonly section: SideliteSection;
  /** Variables that `key` was read from. */
  readonly keyNames: readonly string[];
  readonly findings: readonly Finding[];
}

/** With findings of severity error the section is the empty one. */
export function splitSidelite(whole: Mapping, env: Environment): SplitConfiguration {
  const written = whole["sidelite"] ?? {};
  const value = withKey(whole, "sidelite", undefined);
  const parsed = section.safeParse(written);
  if (!parsed.success) {
    const findings = parsed.error.issues.flatMap((issue) => describe(issue, written));
    return { value, section: build({}, null), keyNames: [], findings };
  }
  const { key, names, findings } = readKey(parsed.data.key, env);
  const passed = parsed.data.proxy?.["pass-env"] ?? [];
  const refused = passed.flatMap((name, index) =>
    isHostingName(name) ? [refusePass(name, index)] : [],
  );
  return {
    value,
    section: build(parsed.data, key),
    keyNames: names,
    findings: [...findings, ...refused],
  };
}

function build(data: z.infer<typeof section>, key: Secret | null): SideliteSection {
  return {
    providers: data.providers ?? null,
    agents: data.agents ?? null,
    proxy: { passEnv: data.proxy?.["pass-env"] ?? [] },
    worker: {
      hideEnv: data.worker?.["hide-env"] ?? [],
      keepEnv: data.worker?.["keep-env"] ?? [],
      stopSignal: data.worker?.["stop-signal"] ?? null,
    },
    allowPaths: data["allow-paths"] ?? [],
    key,
    maxGenerations: data["max-generations"] ?? null,
    recycleAtMb: data["recycle-at-mb"] ?? null,
    watch: data.watch ?? true,
  };
}

interface ReadKey {
  readonly key: Secret | null;
  readonly names: readonly string[];
  readonly findings: readonly Finding[];
}

function wrong(message: string, remedy: string): ReadKey {
  const finding: Finding = { path: ["sidelite", "key"], message, remedy, rule: RULE };
  return { key: null, names: [], findings: [finding] };
}

function readKey(written: string | null | undefined, env: Environment): ReadKey {
  if (written === null || written === undefined) return { key: null, names: [], findings: [] };
  const { value, used, missing, lookAlikes } = expandReferences(written, env, { credential: true });
  const [alike] = lookAlikes;
  if (alike)
    return wrong(`${alike.text} is no reference to a variable`, `write ${alike.suggestion}`);
  if (missing.length > 0)
    return wrong(
      `the environment variable ${missing.join()} is not set`,
      `export ${missing[0]}=...`,
    );
  if (used.length === 0) {
    return wrong("must be a reference, so that no key is in a file", "write os.environ/NAME");
  }
  if (value === null || value.length < MIN_KEY_LENGTH || /\s/.test(value)) {
    return wrong(
      `needs a key of at least ${MIN_KEY_LENGTH} characters without white space`,
      "export a longer one",
    );
  }
  return { key: new Secret(value), names: used, findings: [] };
}

function refusePass(name: string, index: number): Finding {
  const message = `${name} is not handed on: it would change how LiteLLM is hosted`;
  return {
    path: ["sidelite", "proxy", "pass-env", index],
    message,
    remedy: "remove it",
    rule: RULE,
  };
}

function describe(issue: z.core.$ZodIssue, written: unknown): Finding[] {
  const at: YamlPath = [
    "sidelite",
    ...issue.path.map((part) => (typeof part === "number" ? part : String(part))),
  ];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey([...at, key], key, issue.path));
  }
  const found = getAt({ sidelite: written }, at);
  const isWorded = /^(?:must|is) /.test(issue.message);
  const expected =
    issue.code === "invalid_type" ? (EXPECTED[issue.expected] ?? issue.expected) : "another value";
  const message = isWorded ? issue.message : `must be ${expected}`;
  return [
    {
      path: at,
      message: found === "" ? "is empty" : message,
      remedy: "see `sidelite:` in the README",
      rule: RULE,
    },
  ];
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: "text",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

function unknownKey(at: YamlPath, key: string, parent: readonly PropertyKey[]): Finding {
  const holder = parent.length === 0 ? section.shape : getShape(parent);
  const known = Object.keys(holder);
  const [near] = nearest(key, known);
  const remedy = near === undefined ? `known here: ${known.join(", ")}` : `did you mean ${near}?`;
  return { path: at, message: "is not known", remedy, rule: "unknown-key" };
}

function getShape(parent: readonly PropertyKey[]): object {
  if (parent[0] === "proxy") return { "pass-env": true };
  return parent[0] === "worker" ? { "hide-env": true, "keep-env": true, "stop-signal": true } : {};
}
