// Reading YAML: meaning of scalars, positions, limits, and every refusal with its place.
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/core/errors.ts";
import { renderPlace } from "../../src/core/place.ts";
import type { YamlOptions } from "../../src/core/yaml.ts";
import { parseYaml } from "../../src/core/yaml.ts";

const read = (text: string, options?: YamlOptions) => parseYaml(text, "f.yaml", options);
const valueOf = (text: string): unknown => structuredClone(read(text).value);

/** `place message` of each problem. */
function refusals(text: string, options?: YamlOptions): string[] {
  try {
    read(text, options);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map(
      ({ place, message }) => `${place ? renderPlace(place) : ""} ${message}`,
    );
  }
  return [];
}

describe("values", () => {
  it("reads scalars as LiteLLM's own reader does", () => {
    expect(valueOf("[yes, No, on, OFF, true, ~, null, y, n]")).toEqual([
      true,
      false,
      true,
      false,
      true,
      null,
      null,
      "y",
      "n",
    ]);
    expect(valueOf("[12, -3, 1_000, 0x1F, 0b11, 012, 1:30, 1.5, .5, 6e3, 1.0e+3]")).toEqual([
      12, -3, 1000, 31, 3, 10, 90, 1.5, 0.5, 6000, 1000,
    ]);
    expect(valueOf("[08, 0o17, +.5, =, 2024-02-15, 1.2.3, '12', \"no\"]")).toEqual([
      "08",
      "0o17",
      "+.5",
      "=",
      "2024-02-15",
      "1.2.3",
      "12",
      "no",
    ]);
    expect(valueOf("[!!str 12, !!int '3', !!float 1, !!bool yes]")).toEqual(["12", 3, 1, true]);
    expect(valueOf("a: |\n  x\n  y\nb: >-\n  x\n  y\nc: 'it''s'\n")).toEqual({
      a: "x\ny\n",
      b: "x y",
      c: "it's",
    });
  });

  it("warns where a number hides in what looks like text", () => {
    const { notices } = read("a: 012\nb: 1:30\nc: 1e3\nd: 12\n");
    expect(notices.map(({ place }) => place?.line)).toEqual([1, 2, 3]);
    expect(notices.every(({ remedy }) => remedy?.includes("quote"))).toBe(true);
  });

  it("keeps keys as text and mappings without a prototype", () => {
    const { value } = read("1: a\nno: b\ntoString: c\nconstructor: {prototype: d}\n");
    expect(Object.getPrototypeOf(value)).toBe(null);
    expect(Object.keys(Object(value))).toEqual(["1", "no", "toString", "constructor"]);
    expect(({} as Record<string, unknown>).prototype).toBe(undefined);
  });

  it("resolves anchors and merge keys", () => {
    const text =
      "base: &b {x: 1, y: 2}\nc: {<<: *b, y: 3}\nd: {<<: [{z: 0, x: 9}, *b]}\nl: [&a 1, *a, &a 2, *a]";
    expect(valueOf(text)).toEqual({
      base: { x: 1, y: 2 },
      c: { x: 1, y: 3 },
      d: { z: 0, x: 9, y: 2 },
      l: [1, 1, 2, 2],
    });
    expect(valueOf('"<<": {a: 1}')).toEqual({ "<<": { a: 1 } });
  });

  it("takes an empty text, a comment, a byte order mark and CRLF", () => {
    expect(valueOf("")).toBe(null);
    expect(valueOf("# nothing\n")).toBe(null);
    expect(valueOf("\ufeffa: 1\r\nb: 2\r\n")).toEqual({ a: 1, b: 2 });
    expect(valueOf("---\na: 1\n...\n")).toEqual({ a: 1 });
  });
});

describe("positions", () => {
  const document = read(
    "model_list:\n  - model_name: a\n    litellm_params:\n      model: x/y\nempty:\n",
  );
  it.each([
    [["model_list"], "f.yaml:1:1"],
    [["model_list", 0], "f.yaml:2:5"],
    [["model_list", 0, "litellm_params", "model"], "f.yaml:4:7"],
    [["model_list", 0, "litellm_params", "absent", "deeper"], "f.yaml:3:5"],
    [["empty"], "f.yaml:5:1"],
    [[], "f.yaml:1:1"],
  ] as const)("%j stands at %s", (path, place) => {
    expect(renderPlace(document.place(path))).toBe(place);
  });
});

describe("joined lists", () => {
  const text = "contexts:\n  - name: a\nusers: []\ncontexts:\n  - name: b\n";
  it("joins a list that may stand twice and says so", () => {
    const document = read(text, { joinDuplicateLists: ["contexts"] });
    expect(document.value).toMatchObject({ contexts: [{ name: "a" }, { name: "b" }] });
    expect(document.notices).toMatchObject([{ severity: "notice", place: { line: 4, column: 1 } }]);
    expect(renderPlace(document.place(["contexts", 1, "name"]))).toBe("f.yaml:5:5");
  });
  it("refuses any other key that stands twice", () => {
    expect(refusals(text)).toEqual(["f.yaml:4:1 the key contexts already stands in line 1"]);
    expect(refusals("a:\n  b: 1\n  b: 2\n", { joinDuplicateLists: ["b"] })).toHaveLength(1);
  });
  it("names a glued line first", () => {
    const glued = "users:\n  - file: /a/b.yamlcontexts:\n  - name: b\n";
    expect(refusals(glued, { joinDuplicateLists: ["contexts"] })[0]).toBe(
      "f.yaml:2:20 `contexts:` is glued to the end of the line before it",
    );
  });
});

describe("refusals", () => {
  it.each([
    ["tab indent", "a:\n\tb: 1\n", /^f\.yaml:2:1 .*[Tt]abs/],
    [
      "too little indent",
      "- a: 1\n b: 2\n",
      /^f\.yaml:2:1 .*neither an item .* nor a key of its last/,
    ],
    ["duplicate key", "a: 1\nb: 2\na: 3\n", /^f\.yaml:3:1 the key a already stands in line 1/],
    ["second document", "a: 1\n---\nb: 2\n", /^f\.yaml:2:1 .*second YAML document/],
    [
      "python tag",
      "a: !!python/object:os.system x\n",
      /^f\.yaml:1:30 the tag !!python\/object:os.system is refused/,
    ],
    ["own tag", "a: !env X\n", /^f\.yaml:1:9 the tag !env is refused/],
    ["set tag", "a: !!set {b}\n", /^f\.yaml:1:10 the tag !!set is refused/],
    ["unknown alias", "a: *hidden\n", /^f\.yaml:1:4 an alias \(`\*`\) has no anchor/],
    ["recursive alias", "a: &x [*x]\n", /^f\.yaml:1:8 an alias .* contains itself/],
    ["merge of text", "a: {<<: b}\n", /^f\.yaml:1:9 `<<` needs a mapping/],
    ["complex key", "? [a]\n: b\n", /^f\.yaml:1:3 a key must be plain text/],
    ["__proto__", "a: {__proto__: {b: 1}}\n", /^f\.yaml:1:5 the key __proto__ is refused/],
    ["big integer", "a: 12345678901234567890\n", /^f\.yaml:1:4 an integer is too large/],
    ["unclosed quote", 'a: "b\nc: d\n', /^f\.yaml:\d:\d .*quote/],
    ["NUL", "a: b\u0000\n", /^f\.yaml:1:5 .*U\+0000/],
    ["DEL", "a: b\u007f\n", /^f\.yaml:1:5 .*U\+007F/],
    ["NEL", "a: b\n\u0085", /^f\.yaml:2:1 .*U\+0085/],
    ["line separator", "a: b\u2028c\n", /^f\.yaml:1:5 .*U\+2028/],
    ["lone surrogate", "a: \ud800\n", /^f\.yaml:1:4 .*U\+D800/],
    ["long key", `${"k".repeat(2000)}: 1\n`, /1024/],
  ])("%s", (_, text, expected) => {
    expect(refusals(text)[0]).toMatch(expected);
  });

  it("tells one mistake once", () => {
    expect(refusals("a:\n  b: 1\n   c: 2\n")).toHaveLength(1);
  });

  it("stops at limits, in little time, without ending the process", () => {
    const bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 10; i++) {
      bomb.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(", ")}]`);
    }
    expect(refusals(bomb.join("\n"))[0]).toMatch(/stand for more than/);
    for (const piece of ["[", "{a: ", "- ", "? ", "[{"]) {
      for (let round = 0; round < 20; round++) {
        expect(refusals(piece.repeat(2000))[0]).toMatch(/nested deeper than 64/);
      }
    }
    expect(refusals(`a: ${"x".repeat(2 ** 20)}`)[0]).toMatch(/limit is 1048576/);
    expect(refusals("1: a\n".repeat(180_000))[0]).toMatch(/too many values/);
    expect(refusals(`a: ${"[".repeat(63)}${"]".repeat(63)}`)).toEqual([]);
  });

  it("shows no value", () => {
    for (const text of [
      "a: sk-canary: b",
      "a: [&x *x sk-canary]",
      "a: |sk-canary\n b",
      "a: @sk-canary",
      'a: "sk-canary\\q"',
      "a: [sk-canary",
      "%sk-canary\na: b",
      "a: 'b' sk-canary",
      "a: *sk-canary",
    ]) {
      const found = refusals(text);
      expect(found).not.toEqual([]);
      expect(found.join()).not.toContain("canary");
    }
  });
});
