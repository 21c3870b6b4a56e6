// `validate` as a user runs it: a file, stdin, `--strict`, `--json`; nothing is started and nothing is written.
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { runCli } from "../fixtures/cli.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { useHome } from "../fixtures/use-home.ts";

const GOOD = `model_list:
  - model_name: m
    litellm_params: {model: openai/m, api_key: os.environ/KEY, mock_response: hi}
`;
/** A warning, and nothing worse. */
const SLIP = `${GOOD}litellm_settings: {drop_param: true}\n`;
const MODULE = `${GOOD}litellm_settings: {callbacks: [mine.deep.handler]}\n`;
const env = { KEY: "made-up" };

describe("validate", () => {
  it("says what a file serves, and what is doubtful about it", async () => {
    const home = await useHome();
    await home.write("good.yaml", GOOD);
    const good = await runCli(home, ["validate", "good.yaml"], { env });
    expect(good).toMatchObject({ code: 0, stdout: "valid: 1 model: m\n", stderr: "" });
    const file = await home.write("slip.yaml", SLIP);
    const slip = await runCli(home, ["validate", "slip.yaml"], { env });
    expect(slip).toMatchObject({ code: 0, stdout: "valid: 1 model: m\n" });
    expect(slip.stderr).toBe(
      `sidelite: warning: ${file}:4:20: litellm_settings.drop_param: is not known to LiteLLM [unknown-key]\n  fix: did you mean drop_params?\n`,
    );
  });

  it("--strict refuses what is doubtful, and takes what is not", async () => {
    const home = await useHome();
    await home.write("good.yaml", GOOD);
    await home.write("slip.yaml", SLIP);
    await home.write("module.yaml", MODULE);
    const strict = (file: string) => runCli(home, ["validate", file, "--strict"], { env });
    expect(await strict("good.yaml")).toMatchObject({ code: 0, stderr: "" });
    const slip = await strict("slip.yaml");
    expect(slip).toMatchObject({ code: 2, stdout: "" });
    expect(slip.stderr).toMatch(/error: .*slip\.yaml:4:20: .*\[unknown-key\]/);
    expect(await strict("module.yaml")).toMatchObject({ code: 2, stdout: "" });
  });

  it("--json gives all of it to a program, valid or not", async () => {
    const home = await useHome();
    const file = await home.write("slip.yaml", SLIP);
    const slip = await runCli(home, ["validate", "slip.yaml", "--json"], { env });
    expect(slip).toMatchObject({ code: 0, stderr: "" });
    expect(parseObject(slip.stdout)).toEqual({
      schemaVersion: 1,
      valid: true,
      models: ["m"],
      problems: [
        {
          severity: "warning",
          rule: "unknown-key",
          path: "litellm_settings.drop_param",
          place: { source: file, line: 4, column: 20 },
          message: "is not known to LiteLLM",
          remedy: "did you mean drop_params?",
        },
      ],
    });
    const unset = await runCli(home, ["validate", "slip.yaml", "--json"]);
    expect(unset).toMatchObject({ code: 2, stderr: "" });
    expect(parseObject(unset.stdout)).toMatchObject({
      valid: false,
      models: [],
      problems: [{ severity: "error", rule: "unset-variable" }, { rule: "unknown-key" }],
    });
  });

  it("- reads stdin, YAML or JSON", async () => {
    const home = await useHome();
    const read = (input: string, ...flags: string[]) =>
      runCli(home, ["validate", "-", ...flags], { env, input });
    expect(await read(GOOD)).toMatchObject({ code: 0, stdout: "valid: 1 model: m\n", stderr: "" });
    const json = '{"model_list": [{"model_name": "j", "litellm_params": {"model": "openai/j"}}]}';
    expect(await read(json)).toMatchObject({ code: 0, stdout: "valid: 1 model: j\n" });
    const broken = await read("model_list: [\n", "--json");
    expect(broken).toMatchObject({ code: 2, stderr: "" });
    expect(parseObject(broken.stdout)).toMatchObject({
      valid: false,
      problems: [{ severity: "error", place: { source: "<stdin>", line: 2 } }],
    });
    expect(await read("")).toMatchObject({ code: 2, stdout: "" });
  });

  it("warns of a module that is not beside the file", async () => {
    const home = await useHome();
    const file = await home.write("module.yaml", MODULE);
    const validate = () => runCli(home, ["validate", "module.yaml"], { env });
    expect((await validate()).stderr).toBe(
      `sidelite: warning: ${file}:4:32: litellm_settings.callbacks[0]: names the module mine/deep.py, which is not in ${home.cwd} [missing-module]\n  fix: put it there, beside the configuration file, or correct the name\n`,
    );
    await home.write(join(home.cwd, "mine/deep.py"), "handler = None\n");
    expect(await validate()).toMatchObject({ code: 0, stderr: "" });
    await home.write(
      "module.yaml",
      MODULE.replace("mine.deep.handler", "litellm.integrations.custom_logger.CustomLogger"),
    );
    expect(await validate()).toMatchObject({ code: 0, stderr: "" });
  });
});
