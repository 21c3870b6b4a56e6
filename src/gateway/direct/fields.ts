// Reads the fields of one mapping of the `sidelite:` section; every problem is collected with its path.
import { isMapping } from "../../core/converted.ts";
import type { YamlPath } from "../../core/document.ts";
import { renderPath } from "../../core/document.ts";
import type { Severity } from "../../core/errors.ts";
import { expandReferences } from "../../core/references.ts";
import { Secret } from "../../core/secret.ts";
import { nearest } from "../../core/suggest.ts";
import type { FieldsContext } from "./fields-context.ts";
import { parseSwitch } from "./switch.ts";

interface TextOptions {
  /** A credential or endpoint: `env:NAME` counts as a reference. */
  readonly credential?: boolean;
}

/** What every reference, and all that looks like one, contains. */
const LIKE_REFERENCE = /\$|env/i;

export class Fields {
  readonly path: YamlPath;
  readonly #entries: Readonly<Record<string, unknown>>;
  readonly #context: FieldsContext;
  /** Names that were asked for; an array, since thousands of providers make thousands of these. */
  readonly #known: string[] = [];
  #failed: Set<unknown> | null = null;

  private constructor(
    entries: Readonly<Record<string, unknown>>,
    path: YamlPath,
    context: FieldsContext,
  ) {
    this.#entries = entries;
    this.path = path;
    this.#context = context;
  }

  /** An absent mapping (null) reads as an empty one. */
  static of(value: unknown, path: YamlPath, context: FieldsContext): Fields {
    const fields = new Fields(isMapping(value) ? value : {}, path, context);
    if (!isMapping(value) && value !== null && value !== undefined) {
      fields.fail(null, `must be a mapping, not ${kindOf(value)}`);
    }
    return fields;
  }

  get names(): readonly string[] {
    return Object.keys(this.#entries);
  }

  /** As written; null when it is absent or blank. */
  raw(name: string): unknown {
    this.#known.push(name);
    return Object.hasOwn(this.#entries, name) ? (this.#entries[name] ?? null) : null;
  }

  has(name: string): boolean {
    return this.raw(name) !== null;
  }

  /** References expanded; "" and a whole reference that gives nothing are null. */
  text(name: string, options: TextOptions = {}): string | null {
    return this.#text(this.raw(name), [name], options) || null;
  }

  secret(name: string): Secret | null {
    const text = this.text(name, { credential: true });
    if (text === null) return null;
    this.keepNames(name);
    return this.keepSecret(new Secret(text));
  }

  /** Variables in the text as written, or in `part` of it, hold a secret. */
  keepNames(name: string, part = /[^]*/): void {
    const [text = ""] = part.exec(String(this.raw(name))) ?? [];
    const { used } = expandReferences(text, this.#context.env, { credential: true });
    for (const variable of used) this.#context.secretNames.add(variable);
  }

  keepSecret(secret: Secret): Secret {
    this.#context.secrets.push(secret);
    return secret;
  }

  flag(name: string): boolean | null {
    const value = this.raw(name);
    if (typeof value === "boolean" || value === null) return value;
    // A reference that gives nothing, `${env.X:+true}`, means no.
    const text = this.#text(value, [name], {});
    if (text === null) return typeof value === "string" ? false : null;
    const word = parseSwitch(text);
    if (word === null) this.fail(name, "must be true or false");
    return word;
  }

  number(name: string): number | null {
    const value = this.raw(name);
    if (typeof value === "number") return value;
    const text = typeof value === "string" ? this.text(name) : null;
    if (text === null) {
      if (value !== null && typeof value !== "string") this.fail(name, "must be a number");
      return null;
    }
    const number = Number(text);
    if (!Number.isNaN(number)) return number;
    this.fail(name, "must be a number");
    return null;
  }

  choice<const Choice extends string>(name: string, choices: readonly Choice[]): Choice | null {
    const text = this.text(name);
    if (text === null) return null;
    const found = choices.find((choice) => choice === text);
    if (found === undefined) this.fail(name, `must be ${choices.join(", ")}`);
    return found ?? null;
  }

  /** Items that come out as null are left out. An empty list stays one; one text alone is a list of one. */
  texts(name: string): string[] | null {
    const value = this.raw(name);
    if (value === null) return null;
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const texts = list.map((item, index) => this.#text(item, [name, index], {}));
    return texts.filter((text) => text !== null);
  }

  /** null when the field is absent. */
  mapping(name: string): Fields | null {
    const value = this.raw(name);
    return value === null ? null : Fields.of(value, [...this.path, name], this.#context);
  }

  /** An error of this field is reported already: it should not be called missing too. */
  hasFailed(name: string): boolean {
    return this.#failed?.has(name) === true;
  }

  fail(name: string | null, message: string, remedy?: string): void {
    this.#add("error", name, message, remedy);
  }

  warn(name: string | null, message: string, remedy?: string): void {
    this.#add("warning", name, message, remedy);
  }

  notice(name: string | null, message: string, remedy?: string): void {
    this.#add("notice", name, message, remedy);
  }

  /** Names that nothing asked for are errors. To be called last. */
  refuseUnknown(): void {
    for (const name of this.names) {
      if (this.#known.includes(name)) continue;
      const near = nearest(name, this.#known);
      const known = [...new Set(this.#known)].join(", ");
      const remedy = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `known: ${known}`;
      this.fail(name, `unknown key ${JSON.stringify(name)}`, remedy);
    }
  }

  #text(value: unknown, at: YamlPath, options: TextOptions): string | null {
    if (value === null || value === undefined) return null;
    if (typeof value !== "string") {
      const remedy = typeof value === "object" ? undefined : "put the value in quotes";
      this.#add("error", at, `must be text, not ${kindOf(value)}`, remedy);
      return null;
    }
    if (!LIKE_REFERENCE.test(value)) return value;
    const expanded = expandReferences(value, this.#context.env, options);
    for (const name of expanded.missing) {
      const remedy = `export ${name}=..., or write \${env.${name}:=default}`;
      this.#add("error", at, `the variable ${name} is unset or empty`, remedy);
    }
    for (const alike of expanded.lookAlikes) {
      const remedy = `write ${alike.suggestion}; for the literal text write $${alike.text}`;
      this.#add("error", at, `${alike.text} is not a reference that is replaced`, remedy);
    }
    const isBad = expanded.missing.length > 0 || expanded.lookAlikes.length > 0;
    return isBad ? null : expanded.value;
  }

  #add(severity: Severity, at: string | YamlPath | null, message: string, remedy?: string): void {
    if (severity === "error") {
      this.#failed ??= new Set();
      this.#failed.add(typeof at === "string" ? at : at?.[0]);
    }
    const path = at === null ? this.path : [...this.path, ...(typeof at === "string" ? [at] : at)];
    const place = this.#context.place(path);
    const known = { severity, message, place, path: renderPath(path) };
    this.#context.problems.push(remedy === undefined ? known : { ...known, remedy });
  }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : `a ${typeof value}`;
}
