// YAML as LiteLLM's own reader (PyYAML) takes it: what we write, and what we read.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { renderYaml } from "../../src/core/render-yaml.ts";
import { parseYaml } from "../../src/core/yaml.ts";
import { testRuntime } from "../fixtures/runtime.ts";

const READER = `
import json, sys, yaml
def read(text):
    try:
        return {"value": yaml.safe_load(text)}
    except Exception as error:
        return {"error": type(error).__name__}
json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout, default=lambda value: {"date": str(value)})
`;

interface Reading {
  readonly value?: unknown;
  readonly error?: string;
}

let python: string;
beforeAll(async () => {
  ({ python } = await testRuntime("litellm"));
});

async function readByPython(texts: readonly string[]): Promise<Reading[]> {
  const running = promisify(execFile)(python, ["-I", "-X", "utf8", "-c", READER], {
    maxBuffer: 64 * 1024 * 1024,
  });
  running.child.stdin?.end(JSON.stringify(texts));
  const { stdout } = await running;
  return JSON.parse(stdout);
}

const ours = (text: string): unknown => structuredClone(parseYaml(text, "text").value);

const TRICKY = [
  "no",
  "Yes",
  "on",
  "OFF",
  "y",
  "null",
  "~",
  "",
  " ",
  "true",
  "012",
  "08",
  "0x1F",
  "0b1",
  "0o17",
  "1e3",
  "1.5e3",
  "1:30",
  "1_000",
  "+.5",
  ".5",
  "-.inf",
  ".NaN",
  "=",
  "<<",
  "2024-02-15",
  "2024-02-15 10:00:00",
  "12e03",
  "1.",
  "- a",
  "a: b",
  "a:",
  ":a",
  "a #b",
  "#a",
  "&a",
  "*a",
  "!a",
  "%a",
  "@a",
  "`a",
  "|",
  ">",
  "?",
  "? a",
  "---",
  "...",
  "[a",
  "{a",
  "a]",
  "'a",
  '"a',
  "a\\b",
  "a\nb",
  "a\n",
  "\ta",
  "a\tb",
  "a ",
  " a",
  "a\u00a0b",
  "\u00e9t\u00e9",
  "\u{1f600}",
  "a\u0000b",
  "\u007f",
  "\u0085",
  "\u2028",
  "\ufeff",
  "\u0007",
  "x".repeat(2000),
  "os.environ/X",
  "https://a.b:1/c?d=e#f",
  "C:\\path",
  "sk-1",
  "a, b",
  "a:b",
  "-",
  "--",
  "-1x",
  "0",
  "00",
  "0_",
  "1__0",
  "0b_",
];

describe("what we write", () => {
  it("is read as it was meant: tricky texts as values, keys and items", async () => {
    const values = TRICKY.map((text) => ({ value: text, [text]: [text, { [text]: text }] }));
    const read = await readByPython(values.map((value) => renderYaml(value)));
    expect(read.map(({ value, error }) => error ?? value)).toEqual(values);
    expect(values.map((value) => ours(renderYaml(value)))).toEqual(values);
  });

  it("is read as it was meant: any data", async () => {
    const text = fc
      .oneof(fc.string({ unit: "binary" }), fc.constantFrom(...TRICKY))
      .filter((value) => value !== "__proto__");
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.integer(),
        fc
          .double({ noNaN: true, noDefaultInfinity: true })
          .map((value) => (value === 0 ? 0 : value)),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(text, tie("tree"), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    const values = fc
      .sample(tree, 1000)
      .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    const read = await readByPython(values.map((value) => renderYaml(value)));
    expect(read.map(({ value, error }) => error ?? value)).toEqual(values);
  });
});

describe("what we read", () => {
  // Numbers to YAML 1.2 alone, what PyYAML makes objects of or stops at, what JSON cannot carry.
  const OURS_ALONE = /^(?:[\d.]+[eE]\d+|=|<<|0b_|\d{4}-.*|-?\.(?:inf|NaN))$/;
  // Not plain scalars by themselves.
  const SYNTAX = /[\p{Cc}\u2028\ufeff#"'\\]|^[-?:[\]{},&*!|>%@`]|: |:$|^\s|\s$|^(?:---|\.\.\.)/u;

  it("means the same to us: plain scalars", async () => {
    const texts = TRICKY.filter(
      (text) => text !== "" && !SYNTAX.test(text) && !OURS_ALONE.test(text),
    );
    expect(texts.length).toBeGreaterThan(30);
    const read = await readByPython(texts.map((text) => `a: ${text}\n`));
    expect(texts.map((text) => ours(`a: ${text}\n`))).toEqual(read.map(({ value }) => value));
  });

  it("means the same to us: structure", async () => {
    const texts = [
      "a: |\n  x\n   y\n\n  z\nb: >-\n  x\n  y\n\n  z\nc: |+\n  k\n\nd: 1\n",
      "a: x\n  y\n  z\nb: 'it''s\n  folded'\nc: \"d\\n\\x41\\u00e9\"\n",
      "base: &b {x: 1, y: [a, {z: 2}]}\nc:\n  <<: *b\n  y: 3\nd: {<<: [{x: 9}, *b]}\n",
      "- a\n-\n  - b\n  - c: 1\n    d: 2\n- - e\n  - f\n",
      "? a\n: b\n? c\n",
      "a:\n- b\n- c\nd: # comment\n  e\n",
      "{a: [1, 2, {b: c}], 'd': \"e\"}\n",
      "--- # start\na: 1\n...\n",
      "a: !!str 12\nb: !!int '3'\nc: !!float 1\n",
      "",
    ];
    const read = await readByPython(texts);
    expect(texts.map((text) => ours(text))).toEqual(read.map(({ value }) => value));
  });
});
