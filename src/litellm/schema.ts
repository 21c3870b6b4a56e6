// The types of the settings we know; any other key passes.
import * as z from "zod";
import { renderPath } from "../core/document.ts";
import type { Finding } from "./findings.ts";
import { ROUTING_STRATEGIES } from "./translate.ts";
import { getAt } from "./tree.ts";

const text = z.string();
const full = text.min(1);
const flag = z.boolean();
// References are resolved by LiteLLM, which turns text into numbers itself.
const number = z.union([
  z.number(),
  text.regex(/^(?:-?\d+(?:\.\d+)?|os\.environ\/.+|env:.+|.*\$\{env\..+)$/),
]);
const texts = z.array(full);
const mapping = z.looseObject({});
const fallbacks = z.array(z.record(full, z.array(z.union([full, mapping]))));

const callbacks = {
  success_callback: texts.nullish(),
  failure_callback: texts.nullish(),
  callbacks: z.union([full, texts]).nullish(),
};
const fallbackLists = {
  fallbacks: fallbacks.nullish(),
  context_window_fallbacks: fallbacks.nullish(),
  content_policy_fallbacks: fallbacks.nullish(),
  default_fallbacks: texts.nullish(),
};

const deployment = z.looseObject({
  model_name: full,
  litellm_params: z.looseObject({
    model: full,
    api_key: text.nullish(),
    api_base: text.nullish(),
    base_url: text.nullish(),
    api_version: text.nullish(),
    custom_llm_provider: text.nullish(),
    aws_region_name: text.nullish(),
    rpm: number.nullish(),
    tpm: number.nullish(),
    timeout: number.nullish(),
    stream_timeout: number.nullish(),
    max_tokens: number.nullish(),
    max_retries: number.nullish(),
  }),
  model_info: mapping.nullish(),
});

export const configuration = z.looseObject({
  model_list: z.array(deployment).nullish(),
  litellm_settings: z
    .looseObject({
      ...callbacks,
      ...fallbackLists,
      num_retries: number.nullish(),
      request_timeout: number.nullish(),
      cache: flag.nullish(),
      cache_params: mapping.nullish(),
      custom_provider_map: z
        .array(z.looseObject({ provider: full, custom_handler: full }))
        .nullish(),
      default_team_settings: z.array(z.looseObject({ team_id: full, ...callbacks })).nullish(),
    })
    .nullish(),
  router_settings: z
    .looseObject({
      ...fallbackLists,
      routing_strategy: z.enum(ROUTING_STRATEGIES).nullish(),
      routing_strategy_args: mapping.nullish(),
      model_group_alias: z.record(full, z.union([full, z.looseObject({ model: full })])).nullish(),
      num_retries: number.nullish(),
      timeout: number.nullish(),
      allowed_fails: number.nullish(),
      cooldown_time: number.nullish(),
    })
    .nullish(),
  general_settings: z
    .looseObject({ alerting: texts.nullish(), pass_through_endpoints: z.array(mapping).nullish() })
    .nullish(),
  environment_variables: mapping.nullish(),
  guardrails: z.array(mapping).nullish(),
  credential_list: z.array(mapping).nullish(),
  mcp_servers: mapping.nullish(),
});

/** What does not have the type that LiteLLM needs. */
export function checkTypes(value: unknown): Finding[] {
  const result = configuration.safeParse(value, { reportInput: false });
  return result.success ? [] : result.error.issues.map((issue) => describe(issue, value));
}

function describe(issue: z.core.$ZodIssue, root: unknown): Finding {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  const found = getAt(root, path);
  const rule = "wrong-type";
  if (issue.code === "invalid_value") {
    const known = issue.values.map(String).join(", ");
    return { path, message: "is not known to LiteLLM", remedy: `use one of: ${known}`, rule };
  }
  const expected = expectationOf(issue);
  if (found === undefined)
    return { path, message: "is missing", remedy: `add ${renderPath(path.slice(-1))}`, rule };
  if (found === "")
    return { path, message: "is empty", remedy: "write a value, or remove the key", rule };
  const message = `must be ${expected}, not ${kindOf(found)}`;
  return { path, message, remedy: remedyFor(expected, found), rule };
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
  boolean: "true or false",
  number: "a number",
};

function expectationOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return KINDS[issue.expected] ?? issue.expected;
  // Of all texts only numbers written as text have a form.
  if (issue.code === "invalid_format") return "a number";
  if (issue.code === "invalid_union") {
    const kinds = issue.errors.flat().map((error) => expectationOf(error));
    if (kinds.includes("a number")) return "a number";
    return [...new Set(kinds)].join(" or ");
  }
  return "text";
}

function kindOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "boolean") return `${value} (true, false, yes, no, on, off)`;
  return KINDS[typeof value] ?? typeof value;
}

function remedyFor(expected: string, found: unknown): string {
  const isScalar = typeof found !== "object";
  if (expected === "text" && isScalar) return "put it in quotes if this text is meant";
  if (expected === "a list" && isScalar) return "write it as a list: [value]";
  if (expected === "a list") return "write each entry with a dash before it";
  if (expected === "a mapping" && Array.isArray(found)) return "write `key: value`, without dashes";
  return expected === "a mapping" ? "write `key: value` below it" : `write ${expected}`;
}
