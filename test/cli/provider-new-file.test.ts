// `provider add` where the configuration does not exist yet begins it; what only changes one says that it is missing.
import { mkdir, readdir, readFile, stat, symlink } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { awaitServed, chat } from "../e2e/serve.ts";
import { runCli, startCli } from "../fixtures/cli.ts";
import { json, startUpstream } from "../fixtures/direct/raw-upstream.ts";
import { useHome } from "../fixtures/use-home.ts";

const FILE = ["--proxy-config-file", "./new.yaml"];

it("begins a file that can be started, private, with the schema's address", async () => {
  const home = await useHome();
  const upstream = await startUpstream((_, socket) => void socket.write(json({ from: "team" })));
  const env = { TEAM_KEY: home.canary("team", "sk-") };
  const flags = ["--base-url", `${upstream.origin}/v1`, "--api-key-env", "TEAM_KEY"];
  const path = join(home.cwd, "new.yaml");
  const added = await runCli(home, ["provider", "add", "team", ...flags, ...FILE], { env });
  expect(added).toMatchObject({ code: 0, stdout: "" });
  expect(added.stderr).toContain(`sidelite: ${path} is new\n`);
  expect(await readFile(path, "utf8")).toMatch(
    /^# yaml-language-server: \$schema=file:\S+litellm-config\.schema\.json\nsidelite:\n {2}providers:\n {4}team:\n {6}base_url: /,
  );
  expect((await stat(path)).mode & 0o777).toBe(0o600);

  const agent = ["agent", "add", "a", "--model-name", "m", "--provider", "team"];
  expect(await runCli(home, [...agent, ...FILE], { env })).toMatchObject({ code: 0 });
  expect(await runCli(home, ["validate", "./new.yaml"], { env })).toMatchObject({ code: 0 });
  const served = await awaitServed(startCli(home, ["proxy", "start", ...FILE], { env }));
  expect((await chat(served, "m")).json()).toEqual({ from: "team" });
  await served.cli.stop();
});

it("leaves no file behind a provider that would not load, nor where none can be", async () => {
  const home = await useHome();
  await mkdir(join(home.cwd, "links"));
  await symlink("nowhere.yaml", join(home.cwd, "links/c.yaml"));
  const add = async (file: string, url: string, ...more: string[]) =>
    runCli(home, [
      ...["provider", "add", "team", "--base-url", url, ...more],
      ...["--proxy-config-file", file],
    ]);
  const key = ["--api-key-env", "TEAM_KEY"];
  for (const [result, code, message] of [
    [await add("new.yaml", "host:1", ...key), 2, "sidelite.providers.team.base_url"],
    [await add("new.yaml", "https://x"), 2, "credential"],
    [await add("new.json", "https://x", ...key), 2, "a JSON file cannot be edited"],
    [await add("no/new.yaml", "https://x", ...key), 7, "no/new.yaml: cannot be written"],
    [await add("links/c.yaml", "https://x", ...key), 2, "links/c.yaml"],
  ] as const) {
    expect(result).toMatchObject({ code, stderr: expect.stringContaining(message) });
    expect(result.stderr).toMatch(/^ {2}fix: /m);
  }
  expect(await readdir(home.cwd, { recursive: true })).toEqual(["links", "links/c.yaml"]);
});

const OTHERS = [
  ["agent", "add", "a", "--model-name", "m", "--provider", "team"],
  ["agent", "rm", "a"],
  ["agent", "list"],
  ["model", "disable", "team/m"],
  ["provider", "edit", "team", "--base-url", "https://x"],
  ["provider", "list"],
  ["route", "explain", "m"],
];

it("every other verb says what is missing and how to begin", async () => {
  const home = await useHome();
  const missing = `${join(home.cwd, "new.yaml")}: the LiteLLM config does not exist`;
  for (const args of OTHERS) {
    const { code, stderr } = await runCli(home, [...args, ...FILE]);
    expect({ args, code, stderr }).toMatchObject({ code: 2 });
    expect(stderr).toContain(missing);
    expect(stderr).toMatch(/\n {2}fix: .*sidelite provider add NAME/);
  }
  expect(await readdir(home.cwd)).toEqual([]);
});
