// sidelite's own section: taken out, strict, with did-you-mean.
import { describe, expect, it } from "vitest";
import { MODEL, prepare, problemsOf } from "./prepared.ts";

describe("sidelite:", () => {
  it("is understood and not seen by LiteLLM", () => {
    const text = `${MODEL}sidelite:
  providers: {p: {base_url: 'http://x'}}
  agents: {a: {model_name: n}}
  proxy: {pass-env: [A, B_*]}
  worker: {hide-env: [C], keep-env: [D], stop-signal: SIGINT}
  allow-paths: [/v1/my]
  key: os.environ/MY_KEY
  max-generations: 2
  recycle-at-mb: 2000
  watch: false
`;
    const { sidelite, rendered, secrets } = prepare(text, {
      env: { MY_KEY: "a-stable-key-of-mine" },
    });
    expect(sidelite).toMatchObject({
      providers: { p: { base_url: "http://x" } },
      agents: { a: { model_name: "n" } },
      proxy: { passEnv: ["A", "B_*"] },
      worker: { hideEnv: ["C"], keepEnv: ["D"], stopSignal: "SIGINT" },
      allowPaths: ["/v1/my"],
      maxGenerations: 2,
      recycleAtMb: 2000,
      watch: false,
    });
    expect(sidelite.key?.reveal()).toBe("a-stable-key-of-mine");
    expect(secrets.map((secret) => secret.reveal())).toContain("a-stable-key-of-mine");
    expect(rendered).not.toContain("sidelite:");
    expect(rendered).not.toContain("base_url");
  });

  it("has nothing in it when absent", () => {
    expect(prepare(MODEL).sidelite).toEqual({
      providers: null,
      agents: null,
      proxy: { passEnv: [] },
      worker: { hideEnv: [], keepEnv: [], stopSignal: null },
      allowPaths: [],
      key: null,
      maxGenerations: null,
      recycleAtMb: null,
      watch: true,
    });
  });

  it.each([
    ["unknown key", "pass-env: [A]", "sidelite.pass-env: is not known (known here: providers"],
    ["slip", "provider: {}", "sidelite.provider: is not known (did you mean providers?)"],
    [
      "slip below worker",
      "worker: {hide_env: [A]}",
      "sidelite.worker.hide_env: is not known (did you mean hide-env?)",
    ],
    [
      "unknown key below proxy",
      "proxy: {x: 1}",
      "sidelite.proxy.x: is not known (known here: pass-env)",
    ],
    ["providers that are text", "providers: x", "sidelite.providers: must be a mapping or a list"],
    ["list for a mapping", "agents: [a]", "sidelite.agents: must be a mapping"],
    ["no name", "proxy: {pass-env: ['A B']}", "sidelite.proxy.pass-env[0]: is no variable's name"],
    [
      "a hosting name",
      "proxy: {pass-env: [DATABASE_URL]}",
      "sidelite.proxy.pass-env[0]: DATABASE_URL is not handed on",
    ],
    ["text for a list", "allow-paths: /x", "sidelite.allow-paths: must be a list"],
    ["relative path", "allow-paths: [x]", "sidelite.allow-paths[0]: is no path"],
    [
      "unknown signal",
      "worker: {stop-signal: SIGKILL}",
      "sidelite.worker.stop-signal: must be one of SIGTERM",
    ],
    ["none", "max-generations: 0", "sidelite.max-generations: must be 1 or more"],
    ["a fraction", "max-generations: 1.5", "sidelite.max-generations: must be a whole number"],
    ["literal key", "key: abcdefghijklmnopqrst", "sidelite.key: must be a reference"],
    ["unset key", "key: os.environ/NOPE", "sidelite.key: the environment variable NOPE is not set"],
    ["short key", "key: os.environ/SHORT", "sidelite.key: needs a key of at least 16"],
  ])("%s is an error", (_, setting, expected) => {
    const text = `${MODEL}sidelite: {${setting}}\n`;
    const [found] = problemsOf(text, { env: { SHORT: "short" } });
    expect(found).toMatch(/^error :3:\d+ /);
    expect(found).toContain(expected);
    expect(found).not.toContain("abcdefghijklmnopqrst");
  });

  it("must be a mapping", () => {
    const [found] = problemsOf(`${MODEL}sidelite: yes\n`);
    expect(found).toMatch(/^error :3:1 sidelite: must be a mapping/);
  });
});
