// Makes the JSON Schema of the config file from what the program itself checks by: types, tables of keys, and `sidelite:`.
import * as z from "zod";
import { CALLBACKS } from "../../src/litellm/check-callbacks.ts";
import { GENERAL_SETTINGS } from "../../src/litellm/known-general-settings.ts";
import { LITELLM_PARAMS, MODEL_INFO } from "../../src/litellm/known-model-keys.ts";
import { LITELLM_SETTINGS, ROUTER_SETTINGS, TOP_LEVEL } from "../../src/litellm/known-settings.ts";
import { PROVIDERS } from "../../src/litellm/providers.ts";
import { configuration } from "../../src/litellm/schema.ts";
import { section } from "../../src/litellm/sidelite-section.ts";
import { ROUTING_STRATEGIES } from "../../src/litellm/translate.ts";
import { DESCRIPTIONS } from "./descriptions.ts";
import { AGENTS, PROVIDER, PROVIDERS as DIRECT_PROVIDERS } from "./direct.ts";
import type { JsonSchema } from "./json-schema.ts";
import { extendMapping, suggested, withKnown } from "./json-schema.ts";

/** Read by sidelite where LiteLLM ignores them (translate.ts). */
const TRANSLATED = ["metadata", "rpm", "timeout", "tpm"];
/** Beside them in an entry of `model_list`. */
const DEPLOYMENT = ["blocked"];
const CACHES = ["redis", "local", "s3", "gcs", "azure-blob", "redis-semantic", "qdrant-semantic"];
const MODELS = [
  "openai/gpt-5.6",
  "anthropic/claude-sonnet-5-5",
  "bedrock/global.anthropic.claude-sonnet-5-5",
  "azure/YOUR-DEPLOYMENT",
  "vertex_ai/gemini-3.8-flash",
  "ollama_chat/llama3.2",
];

export function renderSchema(): string {
  return `${JSON.stringify(buildSchema(), null, 1)}\n`;
}

export function buildSchema(): JsonSchema {
  const types = toSchema(configuration);
  const properties = {
    ...types.properties,
    model_list: extendList(types.properties?.["model_list"]),
    litellm_settings: close(types, "litellm_settings", [...LITELLM_SETTINGS, ...TRANSLATED], {
      callbacks: callbackList(true),
      success_callback: callbackList(false),
      failure_callback: callbackList(false),
      cache_params: { type: ["object", "null"], properties: { type: suggested(CACHES) } },
    }),
    router_settings: close(types, "router_settings", ROUTER_SETTINGS, {
      routing_strategy: { enum: [...ROUTING_STRATEGIES, ...shortStrategies(), null] },
    }),
    general_settings: close(types, "general_settings", GENERAL_SETTINGS, {}),
    sidelite: buildSidelite(),
  };
  const schema = withKnown({ type: ["object", "null"], properties }, TOP_LEVEL);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $comment: "Made from sidelite's own tables: npx vitest run test/schema --update",
    title: "LiteLLM config, with sidelite's own section",
    ...describe({ ...schema, additionalProperties: false }, []),
    definitions: { provider: describe(PROVIDER, ["sidelite", "providers", "*"]) },
  };
}

function toSchema(type: z.ZodType): JsonSchema {
  // What zod returns has its own type, wider than ours.
  const { $schema: _, ...schema }: JsonSchema = JSON.parse(
    JSON.stringify(z.toJSONSchema(type, { target: "draft-7", io: "input" })),
  );
  return schema;
}

/** A section with all its known keys, and no other. */
function close(
  types: JsonSchema,
  name: string,
  known: Iterable<string>,
  better: NonNullable<JsonSchema["properties"]>,
): JsonSchema {
  return extendMapping(types.properties?.[name], (mapping) => ({
    ...withKnown({ ...mapping, properties: { ...mapping.properties, ...better } }, known),
    additionalProperties: false,
  }));
}

function extendList(list: JsonSchema | boolean | undefined): JsonSchema {
  if (typeof list !== "object" || !list.anyOf) throw new Error("model_list is no list or null");
  return {
    ...list,
    anyOf: list.anyOf.map((each) =>
      each.items ? { ...each, items: extendDeployment(each.items) } : each,
    ),
  };
}

function extendDeployment(deployment: JsonSchema): JsonSchema {
  const { model_info: info, litellm_params: parameters } = deployment.properties ?? {};
  const better = {
    ...deployment.properties,
    litellm_params: extendMapping(parameters, (mapping) => {
      const own = {
        ...mapping.properties,
        model: { type: "string", minLength: 1, examples: MODELS },
        custom_llm_provider: suggested(PROVIDERS),
      };
      return withKnown({ ...mapping, properties: own }, LITELLM_PARAMS);
    }),
    model_info: extendMapping(info, (mapping) => withKnown(mapping, MODEL_INFO)),
  };
  const known = withKnown({ ...deployment, properties: better }, DEPLOYMENT);
  return { ...known, additionalProperties: false };
}

function callbackList(isAlsoText: boolean): JsonSchema {
  const list: JsonSchema = { type: ["array", "null"], items: suggested(CALLBACKS) };
  return isAlsoText ? { anyOf: [list, { type: "string" }] } : list;
}

/** Spellings that sidelite passes on with `-routing`. */
function shortStrategies(): string[] {
  return ROUTING_STRATEGIES.filter((name) => name.endsWith("-routing")).map((name) =>
    name.replace(/-routing$/, ""),
  );
}

function buildSidelite(): JsonSchema {
  const schema = toSchema(section);
  const properties = { ...schema.properties, providers: DIRECT_PROVIDERS, agents: AGENTS };
  return { ...schema, type: ["object", "null"], properties };
}

/** Adds the description of each path, in every alternative. */
function describe(schema: JsonSchema, path: readonly string[]): JsonSchema {
  const text = DESCRIPTIONS[path.join(".")];
  const inner = (part: JsonSchema | boolean, name: string): JsonSchema | boolean =>
    typeof part === "boolean" && DESCRIPTIONS[[...path, name].join(".")] === undefined
      ? part
      : describe(typeof part === "boolean" ? {} : part, [...path, name]);
  const parts = Object.entries(schema.properties ?? {});
  const { additionalProperties: others } = schema;
  return {
    ...(text === undefined ? {} : { description: text }),
    ...schema,
    ...(schema.properties && {
      properties: Object.fromEntries(parts.map(([name, part]) => [name, inner(part, name)])),
    }),
    ...(schema.items && { items: describe(schema.items, [...path, "*"]) }),
    ...(typeof others === "object" && { additionalProperties: describe(others, [...path, "*"]) }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map((each) => describeInside(each, path)) }),
  };
}

/** An alternative's own description is that of the whole. */
function describeInside(schema: JsonSchema, path: readonly string[]): JsonSchema {
  const { description: _, ...rest } = describe(schema, path);
  return rest;
}
