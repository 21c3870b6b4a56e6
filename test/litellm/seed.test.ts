// Every configuration of the Kubiya page prepares, and nothing of it is lost.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../src/core/json.ts";
import { parseYaml } from "../../src/core/yaml.ts";
import { SEED_BLOCKS } from "../fixtures/seed/index.ts";
import { GENERATED_KEY, prepare, renderedOf } from "./prepared.ts";

const folder = new URL("../fixtures/seed/", import.meta.url);
const textOf = (file: string) => readFileSync(new URL(file, folder), "utf8");

function dataOf(file: string): Record<string, unknown> {
  const parse = file.endsWith(".json") ? parseJson : parseYaml;
  return { ...Object(structuredClone(parse(textOf(file), file).value)) };
}

describe.each(SEED_BLOCKS)("$file", ({ file, env, models }) => {
  const prepared = prepare(textOf(file), { source: `/project/${file}`, env, onlyValidate: true });
  const rendered = renderedOf(prepared);

  it("serves its models", () => {
    expect(prepared.models).toEqual({ exact: models, wildcard: [] });
  });

  it("loses nothing", () => {
    const { environment_variables: variables = {}, ...written } = dataOf(file);
    const expected = structuredClone(written);
    expected["general_settings"] = { master_key: "os.environ/SIDELITE_MASTER_KEY" };
    const settings = { ...Object(expected["litellm_settings"]) };
    const { timeout, rpm, tpm, metadata, ...others } = settings;
    const renamed = timeout === undefined ? others : { ...others, request_timeout: timeout };
    if ("litellm_settings" in expected) expected["litellm_settings"] = renamed;
    if (metadata !== undefined) {
      expected["router_settings"] = { default_litellm_params: { metadata } };
    }
    expect(prepared.limits).toEqual({ rpm: rpm ?? null, tpm: tpm ?? null });
    const text = JSON.stringify(expected)
      .replaceAll('"env:', '"os.environ/')
      .replace('"gpt-4-turbo-preview"', '"openai/gpt-4-turbo-preview"');
    expect(rendered).toEqual(JSON.parse(text));
    expect(prepared.environment).toMatchObject({
      ...Object(variables),
      ...env,
      SIDELITE_MASTER_KEY: GENERATED_KEY,
    });
  });

  it("writes no secret", () => {
    const secrets = [...Object.values(env), GENERATED_KEY, "sk-lf-..."];
    const shown = secrets.filter((secret) => prepared.rendered.includes(secret));
    expect(shown.filter((secret) => secret !== "us-east-1")).toEqual([]);
  });
});
