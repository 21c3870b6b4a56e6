// Takes every secret out of the configuration: references stay references, literals become them.
import type { YamlPath } from "../core/document.ts";
import type { Problem } from "../core/errors.ts";
import type { Environment } from "../core/host.ts";
import type { Place } from "../core/place.ts";
import type { ReferenceText } from "../core/references.ts";
import { expandReferences, lookUp, parseReferences } from "../core/references.ts";
import { isConnectionName, isFreeTextName, isSecretName } from "./field-names.ts";
import type { Finding } from "./findings.ts";
import { toProblem } from "./findings.ts";
import { isHostingName } from "./hosting-names.ts";
import { holdsPath } from "./path-fields.ts";
import {
  asBraces,
  fieldOf,
  isLeftToLitellm,
  isPassThroughHeader,
  isResolvedByLitellm,
  isWebhookPath,
} from "./reference-places.ts";
import { hasUserinfo, isPlaceholder, looksLikeSecret } from "./secret-values.ts";
import type { Mapping } from "./tree.ts";
import { entriesOf, mapScalars, toMapping } from "./tree.ts";

export interface ExtractInput {
  readonly value: Mapping;
  readonly place: (path: YamlPath) => Place;
  /** The shell's variables, with those of `environment_variables` over them. */
  readonly env: Environment;
  /** A secret manager may hold what no variable does. */
  readonly hasSecretManager: boolean;
}

/** A variable that the configuration names, and where. */
export interface Use {
  readonly name: string;
  readonly path: YamlPath;
}

export interface Extracted {
  /** What LiteLLM is to read: no secret in it. */
  readonly rendered: Mapping;
  /** The same with every value in place, for checks only. */
  readonly resolved: unknown;
  /** `SIDELITE_V1` and so on, in document order. */
  readonly variables: ReadonlyMap<string, string>;
  /** Values that no log may show. */
  readonly secrets: readonly string[];
  /** Variables that LiteLLM will look up by name. */
  readonly uses: readonly Use[];
  readonly problems: readonly Problem[];
}

export function extractSecrets(input: ExtractInput): Extracted {
  const extractor = new Extractor(input);
  const render = (scalar: unknown, path: YamlPath) =>
    typeof scalar === "string" ? extractor.render(scalar, path) : scalar;
  const rendered = toMapping(
    entriesOf(input.value).map(([key, item]) => [key, mapScalars(item, render, [key])]),
  );
  const resolved = mapScalars(rendered, (scalar) => extractor.resolve(scalar));
  const { variables, secrets, uses, problems } = extractor;
  return { rendered, resolved, variables, secrets, uses, problems };
}

class Extractor {
  readonly variables = new Map<string, string>();
  readonly secrets: string[] = [];
  readonly uses: Use[] = [];
  readonly problems: Problem[] = [];
  readonly #input: ExtractInput;

  constructor(input: ExtractInput) {
    this.#input = input;
  }

  render(written: string, path: YamlPath): unknown {
    const field = fieldOf(path);
    const text = isPassThroughHeader(path) ? asBraces(written) : written;
    const parsed = parseReferences(text, { credential: isConnectionName(field) });
    if (!isFreeTextName(field)) this.#reportAlikes(parsed, path);
    const [only] = parsed.parts;
    const isTold = !isFreeTextName(field) && parsed.lookAlikes.length > 0;
    if (parsed.parts.length === 1 && typeof only === "string")
      return this.#literal(only, path, isTold);
    return this.#reference(text, parsed, path);
  }

  resolve(scalar: unknown): unknown {
    if (typeof scalar !== "string" || !scalar.startsWith("os.environ/")) return scalar;
    const name = scalar.slice("os.environ/".length);
    return this.variables.get(name) ?? lookUp(this.#input.env, name);
  }

  /** `isTold`: an error has said already that it should be a reference. */
  #literal(text: string, path: YamlPath, isTold = false): unknown {
    if (!this.#isSecret(text, path)) return text;
    if (!isResolvedByLitellm(path)) {
      const message = "holds a secret in a list, where LiteLLM takes no reference to a variable";
      this.#inList(message, path);
      return text;
    }
    const what = hasUserinfo(text) ? "an address with a user name in it" : "a literal secret";
    const message = `holds ${what}; it is kept out of the file that LiteLLM reads`;
    const remedy = "put it into an environment variable and write os.environ/NAME";
    if (!isTold)
      this.#report({ severity: "warning", message, remedy, rule: "literal-secret" }, path);
    this.secrets.push(text);
    return this.#variable(text);
  }

  #isSecret(text: string, path: YamlPath): boolean {
    if (looksLikeSecret(text)) return !isPlaceholder(text);
    const field = fieldOf(path);
    if (typeof path.at(-1) === "number" || !(isSecretName(field) || isWebhookPath(path)))
      return false;
    return text !== "" && !isPlaceholder(text) && !isPointer(text) && !holdsPath(field, text);
  }

  #reference(text: string, parsed: ReferenceText, path: YamlPath): unknown {
    const field = fieldOf(path);
    const { env } = this.#input;
    const expansion = expandReferences(text, env, { credential: isConnectionName(field) });
    const [only] = parsed.parts;
    const whole = parsed.parts.length === 1 && typeof only === "object" ? only : null;
    const isLeft =
      whole?.form === "os.environ" &&
      (this.#input.hasSecretManager || isLeftToLitellm(field, whole.name));
    if (expansion.missing.length > 0 && !isLeft) {
      for (const name of expansion.missing) this.#missing(name, path);
      return null;
    }
    if (!isLeft && expansion.used.length === 0) {
      return expansion.value === null ? null : this.#literal(expansion.value, path);
    }
    if (!isResolvedByLitellm(path)) {
      this.#inList("is a reference inside a list, which LiteLLM does not resolve", path);
      return null;
    }
    for (const name of expansion.used) this.#noteSecret(name, field);
    if (whole === null || isHostingName(whole.name)) return this.#variable(expansion.value ?? "");
    if (whole.form === "env") {
      const remedy = `write os.environ/${whole.name}`;
      const message = `env:${whole.name} is read as a reference to the variable`;
      this.#report({ severity: "notice", message, remedy, rule: "translated" }, path);
    }
    this.uses.push({ name: whole.name, path });
    return `os.environ/${whole.name}`;
  }

  #variable(value: string): string {
    const name = `SIDELITE_V${this.variables.size + 1}`;
    this.variables.set(name, value);
    return `os.environ/${name}`;
  }

  #noteSecret(name: string, field: string): void {
    const value = lookUp(this.#input.env, name);
    if (value !== null && (isSecretName(name) || isSecretName(field) || looksLikeSecret(value))) {
      this.secrets.push(value);
    }
  }

  #missing(name: string, path: YamlPath): void {
    const isEmpty = Object.hasOwn(this.#input.env, name) && this.#input.env[name] === "";
    const remedy = `export ${name}=..., or add it to \`environment_variables:\``;
    const message = `the environment variable ${name} is ${isEmpty ? "empty" : "not set"}`;
    this.#report({ message, remedy, rule: "unset-variable" }, path);
  }

  #reportAlikes({ lookAlikes }: ReferenceText, path: YamlPath): void {
    for (const { text, suggestion } of lookAlikes) {
      const escape = text.startsWith("${") ? "; $${ stands for a plain ${" : "";
      const remedy = `write ${suggestion}${escape}`;
      const message = `${text} would not be replaced by a variable`;
      this.#report({ message, remedy, rule: "look-alike" }, path);
    }
  }

  #inList(message: string, path: YamlPath): void {
    const remedy = "move it to a setting of its own, outside of a list";
    this.#report({ message, remedy, rule: "reference-in-list" }, path);
  }

  #report(finding: Omit<Finding, "path">, path: YamlPath): void {
    this.problems.push(toProblem({ ...finding, path }, this.#input.place));
  }
}

/** Says where a token is, and is none: `oidc/google/...`, or a variable's name. */
function isPointer(text: string): boolean {
  return text.startsWith("oidc/") || /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/.test(text);
}
