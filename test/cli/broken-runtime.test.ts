// A LiteLLM environment that is not what it was when it was marked complete: what a start and an audit say.
import { chmod, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { CliResult } from "../fixtures/cli.ts";
import { runCli } from "../fixtures/cli.ts";
import { makeFakeRuntimes } from "../fixtures/fake-litellm.ts";
import { testRuntime } from "../fixtures/runtime.ts";
import { useHome } from "../fixtures/use-home.ts";

const CONFIG = `model_list:
  - model_name: m
    litellm_params: {model: openai/m, api_key: none, mock_response: pong}
`;

interface Broken {
  /** The runtime's folder. */
  readonly dir: string;
  readonly sitePackages: string;
  readonly run: (...args: string[]) => Promise<CliResult>;
}

async function useBroken(): Promise<Broken> {
  const home = await useHome();
  await home.write("c.yaml", CONFIG);
  const real = await testRuntime();
  const runtimes = await makeFakeRuntimes(real, join(home.dir, "runtimes"));
  const dir = join(runtimes, real.id);
  const [python = ""] = await readdir(join(dir, "lib"));
  const env = { SIDELITE_RUNTIME_DIR: runtimes };
  return {
    dir,
    sitePackages: join(dir, "lib", python, "site-packages"),
    run: (...args) => runCli(home, args, { env }),
  };
}

const START = ["run", "--proxy-config-file", "c.yaml", "--", "true"];

describe("a start", () => {
  it("says that LiteLLM is gone from it, and what makes it anew", async () => {
    const { sitePackages, run } = await useBroken();
    await rm(join(sitePackages, "fake.pth"));
    const { code, stderr } = await run(...START);
    expect({ code, stderr }).toMatchObject({ code: 7 });
    expect(stderr).toMatch(/error: .*litellm/);
    expect(stderr).toMatch(/fix: .*runtime install --rebuild/);
  });

  it("refuses one that others may write", async () => {
    const { dir, run } = await useBroken();
    await chmod(dir, 0o777);
    const { code, stderr } = await run(...START);
    expect({ code, stderr }).toMatchObject({ code: 8 });
    expect(stderr).toContain(dir);
    expect(stderr).toMatch(/fix: chmod/);
  });

  it("refuses a link in its place", async () => {
    const { dir, run } = await useBroken();
    await rename(dir, `${dir}-elsewhere`);
    await symlink(`${dir}-elsewhere`, dir);
    const { code, stderr } = await run(...START);
    expect({ code, stderr }).toMatchObject({ code: 8 });
    expect(stderr).toContain(dir);
    expect(stderr).toMatch(/fix: rm/);
  });
});

describe("an audit", () => {
  it("refuses code that would run at every start", async () => {
    const { sitePackages, run } = await useBroken();
    await writeFile(join(sitePackages, "evil.pth"), "import os; os.system('true')\n");
    const { code, stderr } = await run("runtime", "audit");
    expect({ code, stderr }).toMatchObject({ code: 8 });
    expect(stderr).toMatch(/error: .*evil\.pth/);
    expect(stderr).toMatch(/fix: .*runtime install --rebuild/);
  });

  it("says that nothing is installed", async () => {
    const { dir, run } = await useBroken();
    await rm(dir, { recursive: true });
    const { code, stderr } = await run("runtime", "audit");
    expect({ code, stderr }).toMatchObject({ code: 7 });
    expect(stderr).toMatch(/fix: sidelite runtime install/);
  });
});
