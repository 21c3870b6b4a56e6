// `sidelite models` and `sidelite test`, on the stand-in LiteLLM.
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { CliOptions } from "../fixtures/cli.ts";
import { runCli, startCli } from "../fixtures/cli.ts";
import { makeFakeRuntimes, steerFakeLitellm } from "../fixtures/fake-litellm.ts";
import type { TestHome } from "../fixtures/home.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { testRuntime } from "../fixtures/runtime.ts";
import { useHome } from "../fixtures/use-home.ts";

const CONFIG = `model_list:
  - {model_name: small, litellm_params: {model: openai/x, api_key: dummy}}
  - {model_name: "large/*", litellm_params: {model: "openai/*", api_key: dummy}}
router_settings: {model_group_alias: {other: small}}
`;
const FILE = ["--proxy-config-file", "c.yaml"];

async function setUp() {
  const home = await useHome();
  await home.write("c.yaml", CONFIG);
  const runtimes = await makeFakeRuntimes(await testRuntime(), join(home.dir, "runtimes"));
  const fake = await steerFakeLitellm(home.home);
  const options: CliOptions = { env: { SIDELITE_RUNTIME_DIR: runtimes } };
  const run = (...args: readonly string[]) => runCli(home, args, options);
  return { home, fake, options, run };
}

async function serve(home: TestHome, options: CliOptions) {
  const cli = startCli(home, ["proxy", "start", ...FILE], options);
  await cli.waitFor(/^export LITELLM_API_KEY=/m);
  return cli;
}

describe("models", () => {
  it("are those of the configuration where nothing runs", async () => {
    const { run } = await setUp();
    const found = await run("models", ...FILE);
    expect(found).toMatchObject({ code: 0, stdout: "large/*\nother\nsmall\n" });
    expect(found.stderr).toContain("nothing is running");
    const json = await run("models", ...FILE, "--json");
    expect(parseObject(json.stdout)).toEqual({
      schemaVersion: 1,
      instance: null,
      models: ["large/*", "other", "small"],
    });
  });

  it("are those that the running instance lists", async () => {
    const { home, options, run } = await setUp();
    await serve(home, options);
    const json = await run("models", "--json");
    expect(parseObject(json.stdout)).toMatchObject({
      instance: "default",
      models: expect.arrayContaining(["small"]),
    });
    expect(await run("models", "--name", "nobody")).toMatchObject({ code: 1, stdout: "" });
    expect(await run("models", "--name", "default", ...FILE)).toMatchObject({ code: 2 });
  });

  it("need a configuration or an instance", async () => {
    const { run } = await setUp();
    const found = await run("models");
    expect(found).toMatchObject({ code: 2, stdout: "" });
    expect(found.stderr).toContain("--proxy-config-file");
  });
});

describe("test", () => {
  it("sends nothing unless it may", async () => {
    const { home, fake, run } = await setUp();
    const found = await run("test", "small", ...FILE);
    expect(found).toMatchObject({ code: 2, stdout: "" });
    expect(found.stderr).toContain("--yes");
    expect(await fake.journal()).toEqual([]);
    await expect(readdir(join(home.state, "workers"))).rejects.toThrow("ENOENT");
  });

  it("asks a person", async () => {
    const { home, options } = await setUp();
    const program = ["python3", join(import.meta.dirname, "../fixtures/pty.py")];
    const sidelite = [process.execPath, join(import.meta.dirname, "../../bin/sidelite.js")];
    const ask = (answer: string) => {
      const args = [...sidelite, "test", "small", ...FILE];
      const cli = startCli(home, args, { ...options, program, openInput: true });
      return cli.waitFor(/\[y\/N\]: /).then(() => {
        cli.stdin.write(`${answer}\n`);
        return cli;
      });
    };
    const no = await ask("");
    await no.waitFor(/nothing was sent/);
    const yes = await ask("y");
    await yes.waitFor(/pong from small/);
    await Promise.all([no.finished, yes.finished]);
    expect(yes.stdout()).toMatch(/small answered in \d+\.\d\d s/);
  });

  it("starts an instance for it where none runs, and leaves nothing of it", async () => {
    const { home, run } = await setUp();
    const found = await run("test", "small", ...FILE, "--yes");
    expect(found).toMatchObject({ code: 0, stdout: "pong from small\n" });
    expect(found.stderr).toMatch(/small answered in \d+\.\d\d s/);
    expect(await readdir(join(home.state, "workers"))).toEqual([]);
  });

  it("asks the running instance, and says what it refused", async () => {
    const { home, options, run } = await setUp();
    await serve(home, options);
    const json = await run("test", "small", "--yes", "--json");
    expect(json.code).toBe(0);
    expect(parseObject(json.stdout)).toMatchObject({
      schemaVersion: 1,
      ok: true,
      model: "small",
      status: 200,
      text: "pong from small",
      servedBy: "small",
    });
    const refused = await run("test", "nothing", "--yes");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/nothing answered 400 after .*Invalid model name/);
  });

  it("names near models before anything starts", async () => {
    const { fake, run } = await setUp();
    const found = await run("test", "smal", ...FILE, "--yes");
    expect(found).toMatchObject({ code: 2, stdout: "" });
    expect(found.stderr).toContain("small");
    expect(await fake.journal()).toEqual([]);
  });
});
