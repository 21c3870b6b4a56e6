import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expandReferences, parseReferences } from "../../src/core/references.ts";

const env = { KEY: "k-123", HOST: "h.example", EMPTY: "", N: "007", lower_case: "l" };

function expand(text: string, credential = false) {
  return expandReferences(text, env, { credential });
}

describe("expandReferences", () => {
  it.each([
    ["plain text", "plain text", []],
    ["", "", []],
    ["os.environ/KEY", "k-123", ["KEY"]],
    ["os.environ/lower_case", "l", ["lower_case"]],
    ["${env.KEY}", "k-123", ["KEY"]],
    ["${env.N}", "007", ["N"]],
    ["https://${env.HOST}/v1?k=${env.KEY}", "https://h.example/v1?k=k-123", ["HOST", "KEY"]],
    ["${env.UNSET:=https://a/b?c=d}", "https://a/b?c=d", []],
    ["${env.EMPTY:=default}", "default", []],
    ["${env.KEY:=default}", "k-123", ["KEY"]],
    ["${env.UNSET:=}", null, []],
    ["a${env.UNSET:=}b", "ab", []],
    ["${env.KEY:+on}", "on", []],
    ["${env.UNSET:+on}", null, []],
    ["x${env.UNSET:+on}", "x", []],
    ["$${env.KEY}", "${env.KEY}", []],
    ["$${KEY}", "${KEY}", []],
    ["$${env.KEY}${env.KEY}", "${env.KEY}k-123", ["KEY"]],
    ["costs $5 {}", "costs $5 {}", []],
    ["${{ secrets.X }}", "${{ secrets.X }}", []],
    ["${1+1}", "${1+1}", []],
    ["${ b ${env.KEY} c", "${ b k-123 c", ["KEY"]],
    ["env:KEY", "env:KEY", []],
  ])("%j gives %j", (text, value, used) => {
    expect(expand(text)).toEqual({ value, used, missing: [], lookAlikes: [] });
  });

  it("takes env:NAME only where the field holds a credential", () => {
    expect(expand("env:KEY", true)).toMatchObject({ value: "k-123", used: ["KEY"] });
    expect(expand("env:KEY is here", true)).toMatchObject({ value: "env:KEY is here", used: [] });
  });

  it.each([
    ["os.environ/UNSET", ["UNSET"]],
    ["os.environ/EMPTY", ["EMPTY"]],
    ["${env.UNSET}-${env.EMPTY}-${env.KEY}", ["UNSET", "EMPTY"]],
    ["env:UNSET", ["UNSET"]],
    ["os.environ/constructor", ["constructor"]],
    ["os.environ/__proto__", ["__proto__"]],
  ])("%j lacks %j", (text, missing) => {
    expect(expand(text, true).missing).toEqual(missing);
  });

  it("does not expand what a variable holds", () => {
    expect(expandReferences("${env.A}", { A: "${env.B}", B: "no" }).value).toBe("${env.B}");
  });
});

describe("look-alikes", () => {
  it.each([
    ["${KEY}", "${env.KEY}"],
    ["${env.key}", "${env.KEY}"],
    ["${ENV.KEY}", "${env.KEY}"],
    ["${env:KEY}", "${env.KEY}"],
    ["${ env.KEY }", "${env.KEY}"],
    ["${env.KEY", "${env.KEY}"],
    ["${env.KEY:?message}", "${env.KEY}"],
    ["${env.KEY:-}", "${env.KEY:=}"],
    ["${env.KEY:-sk-secret}", "${env.KEY:=...}"],
    ["${KEY=sk-secret}", "${env.KEY:=...}"],
    ["${KEY+sk-secret}", "${env.KEY:+...}"],
    ["${env.A:=${env.KEY}}", "${env.A}"],
    ["${A:=$${env.KEY}}", "${env.A}"],
    ["${A=${env.KEY}}", "${env.A}"],
    ["Bearer os.environ/KEY", "${env.KEY}"],
  ])("%j should be %j", (text, suggestion) => {
    const { lookAlikes } = expand(text);
    expect(lookAlikes.map((alike) => alike.suggestion)).toEqual([suggestion]);
    expect(JSON.stringify(lookAlikes)).not.toContain("sk-secret");
  });

  it.each(["$KEY", "ENV:KEY", "env.KEY", "$env.KEY", "os.environ.KEY", 'os.environ["KEY"]'])(
    "%j in a credential field should be os.environ/KEY",
    (text) => {
      expect(expand(text, true).lookAlikes).toEqual([{ text, suggestion: "os.environ/KEY" }]);
      expect(expand(text).lookAlikes).toEqual([]);
    },
  );

  it.each(["$ecret", "$KEY-1", "sk-$KEY", "pass:env:KEY"])("%j may be a credential", (text) => {
    expect(expand(text, true)).toMatchObject({ value: text, lookAlikes: [] });
  });
});

describe("parseReferences", () => {
  it("keeps literals and references in order", () => {
    expect(parseReferences("a$${x}${env.A:=b:c}d").parts).toEqual([
      "a${x}",
      { form: "braces", name: "A", operator: ":=", operand: "b:c" },
      "d",
    ]);
  });

  it("never throws, and text without a reference comes back as it was", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "$",
        "${",
        "}",
        "env.",
        "env:",
        "KEY",
        ":=",
        ":+",
        "os.environ/",
        "__proto__",
      ),
      fc.string(),
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, fc.boolean(), (input, credential) => {
        const { parts } = parseReferences(input, { credential });
        const { value, used, missing } = expandReferences(input, env, { credential });
        expect([...used, ...missing].every((name) => /\S/.test(name))).toBe(true);
        const isLiteral = parts.every((part) => typeof part === "string");
        expect(!isLiteral || value === input.replaceAll("$${", "${")).toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it.each(["${", "${a", "${env.A:=", "$${", "}${"])("is linear in a megabyte of %j", (unit) => {
    const text = unit.repeat(1_000_000 / unit.length) + "}";
    const start = performance.now();
    parseReferences(text, { credential: true });
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
