// What the completion scripts know of each verb, from the table of verbs itself.
import { describe, expect, it } from "vitest";
import { quoteFish, quoteShell } from "../../src/ui/completion/quote.ts";
import type { Values } from "../../src/ui/completion/grammar.ts";
import { buildGrammar } from "../../src/ui/completion/grammar.ts";
import { VERBS } from "../../src/verbs/table.ts";

const grammar = buildGrammar(VERBS, { "--client": ["litellm", "all"] });
const find = (name: string) => grammar.find(({ words }) => words.join(" ") === name);
const flag = (verb: string, name: string) =>
  find(verb)?.flags.find(({ names }) => names.includes(name));

/** `@contexts`, `a b`, `files`, `command`, `unknown`. */
function render(values: Values | null | undefined): string | null {
  if (!values) return null;
  if (values.kind === "live") return `@${values.of}`;
  return values.kind === "words" ? values.words.join(" ") : values.kind;
}

it("has every verb but the hidden ones", () => {
  const shown = VERBS.filter(({ hidden }) => !hidden).map(({ name }) => name);
  expect(grammar.map(({ words }) => words.join(" "))).toEqual(shown);
  expect(shown).not.toContain("__complete");
});

describe("the value of", () => {
  it.each([
    ["worker start", "--queue-id", "@instances"],
    ["worker start", "--type", "local"],
    ["worker start", "--context", "@contexts"],
    ["worker start", "--model", "@models"],
    ["worker start", "--proxy-config-file", "files"],
    ["worker start", "--enable-local-proxy", "true false"],
    ["worker start", "--client", "litellm all"],
    ["worker start", "-d", null],
    ["run", "--name", "@instances"],
    ["run", "--proxy-port", "unknown"],
    ["env", "--shell", "bash zsh fish powershell dotenv json"],
    ["worker logs", "--level", "debug info warning error"],
    ["worker logs", "-n", "unknown"],
    ["config view", "-o", "json yaml"],
    ["config get-contexts", "--output", "json yaml name"],
    ["provider add", "--dialect", "auto openai anthropic"],
    ["provider add", "--type", "litellm vllm ollama generic"],
    ["agent add", "--provider", "@providers"],
    ["agent add", "--parent", "@agents"],
    ["config set-context", "--user", "@users"],
    ["init", "--force", null],
  ])("%s %s is %s", (verb, name, expected) => {
    expect(flag(verb, name)).toBeDefined();
    expect(render(flag(verb, name)?.value)).toBe(expected);
  });

  it.each([
    ["worker start", "command"],
    ["worker stop", "@instances"],
    ["proxy logs", "@instances"],
    ["env", "@instances"],
    ["validate", "files"],
    ["init", "@templates"],
    ["completion", "bash zsh fish"],
    ["test", "@models"],
    ["route explain", "@models"],
    ["config use-context", "@contexts"],
    ["config get-contexts", "@contexts"],
    ["config rename-context", "@contexts"],
    ["config set-credentials", "@users"],
    ["config delete-credentials", "@users"],
    ["provider add", "unknown"],
    ["provider show", "@providers"],
    ["provider rm", "@providers"],
    ["agent add", "unknown"],
    ["agent rm", "@agents"],
    ["bridge", "files"],
    ["doctor", null],
  ])("%s's argument is %s", (verb, expected) => {
    expect(find(verb)).toBeDefined();
    expect(render(find(verb)?.positional)).toBe(expected);
  });
});

it("tells values that may be left out, lists, and a worker's own words", () => {
  expect(flag("run", "--enable-local-proxy")).toMatchObject({ isOptional: true, isList: false });
  expect(flag("run", "--client")).toMatchObject({ isOptional: false, isList: true });
  expect(flag("worker start", "--daemon")?.names).toEqual(["-d", "--daemon"]);
  expect(find("run")?.isPassThrough).toBe(true);
  expect(find("worker start")?.isPassThrough).toBe(false);
});

it("quotes for shells", () => {
  expect(quoteShell("it's $HOME")).toBe("'it'\\''s $HOME'");
  expect(quoteFish("it's a \\ and $HOME")).toBe("'it\\'s a \\\\ and $HOME'");
});
