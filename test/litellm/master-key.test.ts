// LiteLLM's key: the user's own when it is good, refused when it is weak, generated when there is none.
import { describe, expect, it } from "vitest";
import { exitOf, GENERATED_KEY, MODEL, prepare, problemsOf } from "./prepared.ts";

const GOOD = "sk-0123456789abcdef";
const withKey = (key: string) => `${MODEL}general_settings:\n  master_key: ${key}\n`;

describe("general_settings.master_key", () => {
  it("is generated when absent, whatever the shell holds", () => {
    const prepared = prepare(MODEL, { env: { LITELLM_MASTER_KEY: GOOD } });
    expect(prepared.masterKey).toMatchObject({ fromUser: false });
    expect(prepared.masterKey.secret.reveal()).toBe(GENERATED_KEY);
    expect(prepared.environment).not.toHaveProperty("LITELLM_MASTER_KEY");
    expect(prepared.environment["SIDELITE_MASTER_KEY"]).toBe(GENERATED_KEY);
  });

  it.each([
    ["a literal", withKey(GOOD), {}],
    ["a reference", withKey("os.environ/MY_KEY"), { MY_KEY: GOOD }],
    ["env:", withKey("env:MY_KEY"), { MY_KEY: GOOD }],
    [
      "the shell's variable by name",
      withKey("os.environ/LITELLM_MASTER_KEY"),
      { LITELLM_MASTER_KEY: GOOD },
    ],
    ["environment_variables", `${MODEL}environment_variables: {LITELLM_MASTER_KEY: ${GOOD}}\n`, {}],
    [
      "a reference to environment_variables",
      `${withKey("os.environ/K")}environment_variables: {K: ${GOOD}}\n`,
      {},
    ],
  ])("is taken from %s, and stands in no file", (_, text, env) => {
    const prepared = prepare(text, { env });
    expect(prepared.masterKey.fromUser).toBe(true);
    expect(prepared.masterKey.secret.reveal()).toBe(GOOD);
    expect(prepared.environment["SIDELITE_MASTER_KEY"]).toBe(GOOD);
    expect(prepared.rendered).toContain("master_key: os.environ/SIDELITE_MASTER_KEY");
    expect(prepared.rendered).not.toContain(GOOD);
    expect(JSON.stringify(prepared.importEnvironment)).not.toContain(GOOD);
  });

  it.each([
    ["unset", "os.environ/NOPE", /the environment variable NOPE is not set/],
    ["an empty variable", "os.environ/EMPTY", /EMPTY is not set/],
    ["empty", "''", /is empty/],
    ["null", "", /is empty/],
    ["a number", "12345678901234", /must be text/],
    ["documentation's", "sk-1234", /is publicly known/],
    ["short", "sk-abc", /too short: it needs at least 16/],
    ["without sk-", "abcdefghijklmnopqrst", /must begin with sk-/],
    ["with a space", "'sk-abcdefgh ijklmnop'", /white space/],
    ["$NAME", "$MY_KEY", /no reference.*os\.environ\/MY_KEY/],
  ])("is refused when %s, never replaced", (_, key, expected) => {
    const [found] = problemsOf(withKey(key), { env: { EMPTY: "" } });
    expect(found).toMatch(/^error :4:3 general_settings\.master_key: /);
    expect(found).toMatch(expected);
    expect(exitOf(withKey(key))).toBe("usage");
  });

  it("is not shown when refused", () => {
    expect(problemsOf(withKey("not-sk-canary-canary")).join()).not.toContain("canary");
  });
});
