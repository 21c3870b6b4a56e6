// The schema that editors use says what the program says: made from the same tables, tried on the same files.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../src/core/json.ts";
import { parseYaml } from "../../src/core/yaml.ts";
import { parseDirect } from "../../src/gateway/direct/parse-direct.ts";
import { GENERAL_SETTINGS } from "../../src/litellm/known-general-settings.ts";
import { LITELLM_SETTINGS, ROUTER_SETTINGS, TOP_LEVEL } from "../../src/litellm/known-settings.ts";
import { SEED_BLOCKS } from "../fixtures/seed/index.ts";
import { compileSchema, isSchema } from "./ajv.ts";
import { buildSchema, renderSchema } from "./build.ts";
import { DESCRIPTIONS } from "./descriptions.ts";
import * as direct from "./direct.ts";
import type { JsonSchema } from "./json-schema.ts";

const file = new URL("../../templates/schema/litellm-config.schema.json", import.meta.url);
const schema: unknown = JSON.parse(readFileSync(file, "utf8"));
const faultsOf = compileSchema(schema);

const ofYaml = (text: string) => faultsOf(parseYaml(text, "test.yaml").value);

it("is up to date: npx vitest run test/schema --update", async () => {
  await expect(renderSchema()).toMatchFileSnapshot(file.pathname);
  expect(isSchema(schema)).toBe(true);
});

describe("accepts", () => {
  const templates = new URL("../../templates/init/", import.meta.url);
  it.each(readdirSync(templates))("the template %s", (name) => {
    expect(ofYaml(readFileSync(new URL(name, templates), "utf8"))).toEqual([]);
  });

  it.each(SEED_BLOCKS)("the documentation's $file", ({ file: name }) => {
    const text = readFileSync(new URL(`../fixtures/seed/${name}`, import.meta.url), "utf8");
    const parse = name.endsWith(".json") ? parseJson : parseYaml;
    expect(faultsOf(parse(text, name).value)).toEqual([]);
  });

  it.each([
    ["nothing", ""],
    ["empty sections", "model_list:\nlitellm_settings:\nrouter_settings:\nsidelite:"],
    ["a strategy's short name", "router_settings: {routing_strategy: latency-based}"],
    ["a callback of one's own", "litellm_settings: {callbacks: my_module.handler}"],
    [
      "parameters of providers",
      "model_list: [{model_name: a, litellm_params: {model: b, x-new: 1}}]",
    ],
    ["references", 'litellm_settings: {num_retries: "${env.TRIES:=2}"}'],
    [
      "a provider as Llama Stack writes it",
      "sidelite: {providers: {inference: [{provider_id: a, provider_type: 'remote::passthrough', config: {base_url: 'https://a.example'}}]}}",
    ],
    [
      "an agent as Tracecat writes it",
      "sidelite: {agents: {root: {model_name: a, model_provider: b, base_url: 'https://a.example', passthrough: true}}}",
    ],
    [
      "a switch by reference",
      "sidelite: {providers: {a: {enabled: '${env.X:+true}', retries: 2}}}",
    ],
  ])("%s", (_, text) => {
    expect(ofYaml(text)).toEqual([]);
  });

  it("every key that LiteLLM knows", () => {
    const all = (names: Iterable<string>) =>
      Object.fromEntries([...names].map((name) => [name, null]));
    const sections = {
      litellm_settings: all(LITELLM_SETTINGS),
      router_settings: all(ROUTER_SETTINGS),
      general_settings: all(GENERAL_SETTINGS),
    };
    expect(faultsOf({ ...all(TOP_LEVEL), ...sections })).toEqual([]);
  });
});

describe("refuses", () => {
  it.each([
    ["modle_list: []", " must NOT have additional properties: modle_list"],
    ["model_list: {}", "/model_list must be array"],
    [
      "model_list: [{litellm_params: {model: a}}]",
      "/model_list/0 must have required property 'model_name'",
    ],
    [
      "model_list: [{model_name: a, litellm_params: {}}]",
      "/model_list/0/litellm_params must have required property 'model'",
    ],
    [
      "model_list: [{model_name: a, litellm_param: {}}]",
      "/model_list/0 must NOT have additional properties: litellm_param",
    ],
    [
      "litellm_settings: {drop_parms: true}",
      "/litellm_settings must NOT have additional properties: drop_parms",
    ],
    ["litellm_settings: {fallbacks: [{a: b}]}", "/litellm_settings/fallbacks/0/a must be array"],
    [
      "router_settings: {routing_strategy: fastest}",
      "/router_settings/routing_strategy must be equal to one of the allowed values",
    ],
    [
      "general_settings: {masterkey: x}",
      "/general_settings must NOT have additional properties: masterkey",
    ],
    ["sidelite: {provider: {}}", "/sidelite must NOT have additional properties: provider"],
    [
      "sidelite: {worker: {stop-signal: TERM}}",
      "/sidelite/worker/stop-signal must be equal to one of the allowed values",
    ],
    [
      "sidelite: {providers: {a: {base_uri: x}}}",
      "/sidelite/providers/a must NOT have additional properties: base_uri",
    ],
    ["sidelite: {providers: {a/b: {}}}", "/sidelite/providers must match pattern"],
    [
      "sidelite: {agents: {a: {model: x}}}",
      "/sidelite/agents/a must NOT have additional properties: model",
    ],
  ])("%s", (text, fault) => {
    expect(ofYaml(text)).toContainEqual(expect.stringContaining(fault));
  });
});

describe("knows the fields of direct routes that the gateway reads", () => {
  const cases: readonly (readonly [string, JsonSchema, object])[] = [
    ["a provider", direct.PROVIDER, { providers: { a: { zzzzzz: 1 } } }],
    ["its network", direct.NETWORK, { providers: { a: { network: { zzzzzz: 1 } } } }],
    ["its TLS", direct.TLS, { providers: { a: { network: { tls: { zzzzzz: 1 } } } } }],
    ["its proxy", direct.PROXY, { providers: { a: { network: { proxy: { zzzzzz: 1 } } } } }],
    [
      "its time limits",
      direct.TIMEOUT,
      { providers: { a: { network: { timeout: { zzzzzz: 1 } } } } },
    ],
    ["an agent", direct.AGENT, { agents: { a: { model_name: "m", zzzzzz: 1 } } }],
  ];
  it.each(cases)("%s", (_, part, written) => {
    const fields = Object.keys(part.properties ?? {});
    expect(fields.toSorted()).toEqual(knownFields(written).toSorted());
  });
});

it("describes keys that are there", () => {
  const described = new Set<string>();
  collectDescriptions(buildSchema(), described);
  expect(Object.values(DESCRIPTIONS).filter((text) => !described.has(text))).toEqual([]);
});

/** The parser names all the fields it knows when it meets one that is like none of them. */
function knownFields(written: { providers?: unknown; agents?: unknown }): string[] {
  const place = () => ({ source: "test" });
  const input = { providers: null, agents: null, ...written, env: {}, home: null };
  const { problems } = parseDirect({ ...input, place, baseDir: null });
  const unknown = problems.find(({ message }) => message.includes("zzzzzz"));
  return (unknown?.remedy ?? "").replace(/^known: /, "").split(", ");
}

function collectDescriptions(value: unknown, found: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    if (key === "description" && typeof part === "string") found.add(part);
    collectDescriptions(part, found);
  }
}
