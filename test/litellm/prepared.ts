// Helpers: a configuration text prepared as the program would, or its problems in short.
import { UserError } from "../../src/core/errors.ts";
import type { Problem } from "../../src/core/errors.ts";
import { parseJson } from "../../src/core/json.ts";
import { renderPlace } from "../../src/core/place.ts";
import { Secret } from "../../src/core/secret.ts";
import { parseYaml } from "../../src/core/yaml.ts";
import type { LitellmDocument } from "../../src/litellm/document.ts";
import type { LitellmInput, PreparedLitellm } from "../../src/litellm/prepare.ts";
import { prepareLitellm } from "../../src/litellm/prepare.ts";

export const GENERATED_KEY = "sk-generated-0123456789";

export function documentOf(text: string, source = "/project/litellm.yaml"): LitellmDocument {
  const parsed = source.endsWith(".json") ? parseJson(text, source) : parseYaml(text, source);
  const { value, notices } = parsed;
  return { source, value, notices, place: (path) => parsed.place(path), baseDir: "/project" };
}

export type Options = Partial<Omit<LitellmInput, "main">> & { readonly source?: string };

export function prepare(text: string, options: Options = {}): PreparedLitellm {
  const { source, ...rest } = options;
  return prepareLitellm({
    main: documentOf(text, source),
    included: new Map(),
    trust: "local",
    env: {},
    home: "/home/user",
    internalMasterKey: new Secret(GENERATED_KEY),
    strict: false,
    ...rest,
  });
}

/** What LiteLLM would read, as data. */
export function renderedOf(prepared: PreparedLitellm): Record<string, unknown> {
  const value: unknown = structuredClone(parseYaml(prepared.rendered, "rendered").value);
  return { ...Object(value) };
}

// Most test models have no key and a made-up address; lint.test.ts is about these two.
const OF_EVERY_MODEL = new Set(["missing-credential", "messages-url"]);

export function isTold({ rule }: Problem): boolean {
  return rule === undefined || !OF_EVERY_MODEL.has(rule);
}

/** `severity place path: message (remedy)` of each problem; those of a refusal when it is one. */
export function problemsOf(text: string, options: Options = {}): string[] {
  try {
    return prepare(text, options).problems.filter(isTold).map(describe);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.filter(isTold).map(describe);
  }
}

export function exitOf(text: string, options: Options = {}): string {
  try {
    prepare(text, options);
    return "ok";
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.exit;
  }
}

function describe({ severity, place, path, message, remedy }: Problem): string {
  const where = place ? renderPlace(place).replace("/project/litellm.yaml", "") : "";
  return `${severity} ${where} ${path ?? ""}: ${message} (${remedy ?? ""})`;
}

/** One model that needs nothing. */
export const MODEL =
  "model_list:\n  - {model_name: m, litellm_params: {model: openai/gpt-4o, mock_response: hi}}\n";
