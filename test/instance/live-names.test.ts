// The names that the shells' completion asks for.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Environment } from "../../src/core/host.ts";
import { readLiveNames } from "../../src/instance/live-names.ts";
import { unquote } from "../../src/instance/unquote.ts";
import { createSandbox } from "../config/support.ts";

const CONTEXTS = `current-context: dev
contexts:
  - {name: prod, context: {litellm-proxy: {enabled: true, config-file: ./prod.yaml}}}
  - {name: dev, context: {}}
  - {name: "two words", context: {}}
  - {name: "line\\nbreak", context: {}}
users:
  - {name: me, user: {token: os.environ/UNSET}}
`;
const MODELS = `include: [more.yaml]
model_list:
  - {model_name: b, litellm_params: {model: openai/b, api_key: os.environ/UNSET}}
  - {model_name: any-*, litellm_params: {model: openai/*}}
router_settings: {model_group_alias: {short: b}}
sidelite:
  providers: {team: {base_url: "no url"}, local: {}}
  agents: {planner: {provider: gone}}
`;
const MORE = "model_list: [{model_name: a, litellm_params: {model: openai/a}}]\n";

async function sandbox() {
  const created = await createSandbox();
  await created.writeContext(CONTEXTS);
  const folder = join(created.home, ".kubiya");
  await writeFile(join(folder, "prod.yaml"), MODELS, { mode: 0o600 });
  await writeFile(join(folder, "more.yaml"), MORE, { mode: 0o600 });
  for (const name of ["q-2", "q-1"])
    await mkdir(join(folder, "workers", name), { recursive: true });
  await writeFile(join(folder, "workers", "a-file"), "");
  const { home, cwd } = created;
  return { home, cwd, host: (env?: Environment) => created.host(env) };
}

describe("live names", () => {
  it("are the file's contexts, each on one line", async () => {
    const { host } = await sandbox();
    expect(await readLiveNames("contexts", ["run", ""], host())).toEqual([
      "dev",
      "prod",
      "two words",
    ]);
  });

  it("are those of the file that the words name", async () => {
    const { host, cwd } = await sandbox();
    await writeFile(join(cwd, "other file"), "contexts: [{name: other}]", { mode: 0o600 });
    const words = ["run", "--config='other file'", "--context", ""];
    expect(await readLiveNames("contexts", words, host())).toEqual(["other"]);
    expect(
      await readLiveNames("contexts", ["run", "--config", "other\\ file", ""], host()),
    ).toEqual(["other"]);
  });

  it("are the instances' folders", async () => {
    const { host } = await sandbox();
    expect(await readLiveNames("instances", [""], host())).toEqual(["q-1", "q-2"]);
  });

  it("are the models of the config that is in force, unset variables or not", async () => {
    const { host, home } = await sandbox();
    const words = (...typed: string[]) => ["run", ...typed, "--model", ""];
    const expected = ["a", "b", "short"];
    const read = (...typed: string[]) => readLiveNames("models", words(...typed), host());
    expect(await read()).toEqual([]);
    expect(await read("--context", "prod")).toEqual(expected);
    expect(await read("--proxy-config-file", "~/.kubiya/prod.yaml")).toEqual(expected);
    expect(await read(`--proxy-config-json='{"model_list":[{"model_name":"j"}]}'`)).toEqual(["j"]);
    const env = { KUBIYA_PROXY_CONFIG_FILE: join(home, ".kubiya/more.yaml") };
    expect(await readLiveNames("models", words(), host(env))).toEqual(["a"]);
  });

  it("are the users of the context file", async () => {
    const { host } = await sandbox();
    expect(await readLiveNames("users", ["config", "set-credentials", ""], host())).toEqual(["me"]);
  });

  it("are the direct providers and agents, sound or not", async () => {
    const { host } = await sandbox();
    const read = (kind: string, ...words: string[]) => readLiveNames(kind, [...words, ""], host());
    expect(await read("providers", "provider", "show", "--context", "prod")).toEqual([
      "local",
      "team",
    ]);
    expect(await read("agents", "agent", "rm", "--context", "prod")).toEqual(["planner"]);
    const listed = `--proxy-config-json={"sidelite":{"providers":[{"provider_id":"stack"},{}]}}`;
    expect(await read("providers", "provider", "rm", `'${listed}'`)).toEqual([]);
    expect(await read("providers", "provider", "rm", listed.replace("=", "='") + "'")).toEqual([
      "stack",
    ]);
    expect(await read("agents", "agent", "rm")).toEqual([]);
  });

  it("leave alone the word to complete and the worker's own", async () => {
    const { host } = await sandbox();
    const read = (...words: string[]) => readLiveNames("models", words, host());
    expect(await read("run", "--context=prod")).toEqual([]);
    expect(await read("run", "--", "x", "--context=prod", "")).toEqual([]);
  });

  it("are the templates; nothing of what is not known", async () => {
    const { host } = await sandbox();
    expect(await readLiveNames("templates", [""], host())).toContain("bedrock-role");
    expect(await readLiveNames("constructor", [""], host())).toEqual([]);
  });
});

it.each([
  ["plain", "plain"],
  ["a\\ b", "a b"],
  ["'a b'c", "a bc"],
  ['"a \\"b\\" \\c"', 'a "b" \\c'],
  ["'a\\'", "a\\"],
  ['"open', "open"],
  ["end\\", "end\\"],
  ["$HOME", "$HOME"],
])("undoes the quotes of %s", (word, text) => {
  expect(unquote(word)).toBe(text);
});
