// LiteLLM's import begins before its configuration is understood: one keeper where that was right, none left where not.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../fixtures/cli.ts";
import { makeFakeRuntimes, steerFakeLitellm } from "../fixtures/fake-litellm.ts";
import { testRuntime } from "../fixtures/runtime.ts";
import { useHome } from "../fixtures/use-home.ts";

const MODELS = "model_list: [{model_name: m, litellm_params: {model: openai/m, api_key: none}}]\n";

/** Prints what the serving stand-in has as PASSED. */
const WORKER = `
const { LITELLM_API_BASE: base, LITELLM_API_KEY: key } = process.env;
const body = { model: "m", messages: [], fake: { environ: ["PASSED"] } };
const headers = { authorization: "Bearer " + key, "content-type": "application/json" };
const request = { method: "POST", headers, body: JSON.stringify(body) };
fetch(base + "/v1/chat/completions", request)
  .then((response) => response.json())
  .then(({ fake }) => console.log(JSON.stringify(fake)));`;

async function start(config: string) {
  const home = await useHome();
  const runtimes = await makeFakeRuntimes(await testRuntime(), join(home.dir, "runtimes"));
  const fake = await steerFakeLitellm(home.home);
  await home.write("litellm.yaml", config);
  const env = { SIDELITE_RUNTIME_DIR: runtimes, PASSED: "yes" };
  const args = ["run", "--wait", "--proxy-config-file", "litellm.yaml", "--"];
  const result = await runCli(home, [...args, process.execPath, "-e", WORKER], { env });
  const imports = (await fake.journal()).filter(({ event }) => event === "import").length;
  return { ...result, imports };
}

describe("a start", () => {
  it("imports LiteLLM once", async () => {
    const { code, stdout, stderr, imports } = await start(MODELS);
    expect(code, stderr).toBe(0);
    expect(stdout).not.toContain("yes");
    expect(imports).toBe(1);
  });

  it("begins anew when the configuration changes what LiteLLM's import sees", async () => {
    const { code, stdout, stderr } = await start(
      `${MODELS}sidelite: {proxy: {pass-env: [PASSED]}}\n`,
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('"PASSED":"yes"');
  });

  it("leaves nothing when the configuration is refused", async () => {
    const { code, stderr } = await start("model_list: 7\n");
    expect(code).toBe(2);
    expect(stderr).toContain("litellm.yaml:1");
  });
});
