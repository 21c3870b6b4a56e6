import { expect, it } from "vitest";

import { prepareSource } from "../../src/instance/configuration.ts";
import { fingerprintOf } from "../../src/instance/fingerprint.ts";
import { createSandbox } from "../config/support.ts";

const TEAM = { base_url: "https://team.test/v1", api_key: "${env.TEAM_KEY}" };
const ENV = { PATH: "/bin", HOME: "/home/user", ONE_KEY: "key-of-one-0123", TEAM_KEY: "team-0123" };

/** `extra` beside one model and one provider. */
function configuration(model = "openai/m", team: object = TEAM, extra: object = {}): object {
  const litellm_params = { model, api_key: "os.environ/ONE_KEY" };
  const sidelite = { providers: { team }, ...extra };
  return { model_list: [{ model_name: "m", litellm_params }], sidelite };
}

async function fingerprint(
  value: object = configuration(),
  env: Readonly<Record<string, string>> = {},
  source = "one.yaml",
): Promise<string> {
  const sandbox = await createSandbox();
  const place = () => ({ source });
  const origin = { layer: "context", place: { source } } as const;
  const written = { kind: "value", value, source, baseDir: "/", place, origin } as const;
  return fingerprintOf(await prepareSource(written, sandbox.host({ ...ENV, ...env })));
}

it("is the same from another file, terminal and start", async () => {
  const first = await fingerprint();
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  const again = { PATH: "/usr/bin", LC_ALL: "C" };
  expect(await fingerprint(configuration(), again, "b.yaml")).toBe(first);
  const fixed = configuration("openai/m", TEAM, { key: "os.environ/FIXED" });
  expect(await fingerprint(fixed, { FIXED: "sk-fixed-0123456789" })).toBe(
    await fingerprint(fixed, { FIXED: "sk-other-0123456789" }),
  );
});

it.each<[string, object, Record<string, string>]>([
  ["a key of LiteLLM's", configuration(), { ONE_KEY: "key-of-two-0123" }],
  ["a provider's key", configuration(), { TEAM_KEY: "team-4567" }],
  ["a model", configuration("openai/n"), {}],
  ["a provider's address", configuration("openai/m", { ...TEAM, base_url: "https://b.test" }), {}],
  ["a corporate proxy", configuration(), { HTTPS_PROXY: "http://proxy.test:3128" }],
  ["an allowed path", configuration("openai/m", TEAM, { "allow-paths": ["/health"] }), {}],
  ["a limit", { ...configuration(), litellm_settings: { rpm: 5 } }, {}],
])("differs by %s", async (_, value, env) => {
  expect(await fingerprint(value, env)).not.toBe(await fingerprint());
});
