import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { REPOSITORY } from "../fixtures/built.ts";
import { startCli } from "../fixtures/cli.ts";
import { useHome } from "../fixtures/use-home.ts";

const run = promisify(execFile);

it("works from the packed tarball in an empty folder", { timeout: 300_000 }, async () => {
  const home = await useHome({ registries: true });
  const env = { ...home.env, npm_config_cache: join(home.dir, "npm-cache") };
  // dist/ is built by the global setup; `prepare` would build it again under other tests.
  const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", home.dir];
  const packed: unknown = JSON.parse((await run("npm", pack, { cwd: REPOSITORY, env })).stdout);
  const [{ filename }] = packed as [{ filename: string }];
  await home.write("package.json", "{}");
  const install = ["install", "--no-audit", "--no-fund", join(home.dir, filename)];
  await run("npm", install, { cwd: home.cwd, env });
  const demo = startCli(home, ["demo"], {
    program: [join(home.cwd, "node_modules/.bin/sidelite")],
  });
  const { code, stdout, stderr } = await demo.finished;
  expect(code, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/chat +Hello from the real LiteLLM\./);
  // The runtime was there, so nothing was installed; else that is a step of its own.
  const shown = stdout.match(/^.+(?= +\d+\.\d\d s$)/gm)?.map((label) => label.trim());
  const steps = ["gateway up", "worker started", "LiteLLM ready", "first answer"];
  expect(shown?.toSorted()).toEqual(steps.toSorted());
  expect([shown?.[0], shown?.at(-1)]).toEqual(["gateway up", "first answer"]);
});
