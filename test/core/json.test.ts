// Reading JSON: data, positions, and every common mistake with its place and remedy.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/core/errors.ts";
import { parseJson } from "../../src/core/json.ts";
import { renderPlace } from "../../src/core/place.ts";

function refusal(text: string): string {
  try {
    parseJson(text, "--proxy-config-json");
    return "";
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [{ place, message, remedy } = { message: "" }] = error.problems;
    return `${place ? renderPlace(place) : ""} ${message} (${remedy ?? "no remedy"})`;
  }
}

// What our reader refuses on purpose.
const UNPLAIN = /__proto__|\p{Cc}|[\u2028\u2029\ufeff\ufffe\uffff]/u;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("parseJson", () => {
  it("keeps data and knows its places", () => {
    const document = parseJson('{"a": [1, {"b": null}],\n "toString": "\\u00e9\\n"}', "x");
    expect(structuredClone(document.value)).toEqual({ a: [1, { b: null }], toString: "\u00e9\n" });
    expect(Object.getPrototypeOf(document.value)).toBe(null);
    expect(renderPlace(document.place(["a", 1, "b"]))).toBe("x:1:12");
    expect(renderPlace(document.place(["toString"]))).toBe("x:2:2");
  });

  it.each([
    ["trailing comma", '{"a": 1,}', /:1:8 .*comma before the closing }.*remove the comma/],
    ["comment", '{"a": 1 // x\n}', /:1:9 .*no comments.*YAML/],
    ["single quotes", "{'a': 1}", /:1:2 .*double quotes.*in a shell/],
    [
      "no quotes, as a shell leaves them",
      "{model_list:[]}",
      /:1:2 .*key in double quotes.*in a shell/,
    ],
    ["value without quotes", '{"a": gpt-4}', /:1:7 .*without quotes.*in a shell/],
    ["empty", "  ", /:1:3 .*is empty/],
    ["truncated", '{"a": [1', /:1:9 .*ends where a comma or \] should come/],
    ["text after", '{"a": 1} }', /:1:10 .*after the end/],
    ["__proto__", '{"a": {"__proto__": {}}}', /:1:8 .*__proto__ is refused/],
    ["escaped __proto__", '{"\\u005f_proto__": 1}', /:1:2 .*__proto__ is refused/],
    ["NaN", '{"a": NaN}', /:1:7 .*NaN/],
    ["1e400", '{"a": 1e400}', /:1:7 .*too large/],
    ["big integer", '{"a": 9007199254740993}', /:1:7 .*too large to keep exactly.*quotes/],
    ["leading zero", '{"a": 012}', /:1:7 .*a value should come here/],
    ["duplicate key", '{"a": 1, "a": 2}', /:1:10 .*the key a stands twice/],
    ["Python", '{"a": True}', /:1:7 .*write true/],
    ["typographic quotes", "{\u201ca\u201d: 1}", /:1:2 .*straight double quotes/],
    ["open text", '{"a": "b\n"}', /:1:7 .*not closed/],
    ["half a character", '{"a": "\\ud800"}', /:1:7 .*half a character/],
    ["NUL", '{"a": "\u0000"}', /:1:8 .*U\+0000/],
    ["depth 5000", "[".repeat(5000), /deeper than 64/],
  ])("%s", (_, text, expected) => {
    expect(refusal(text)).toMatch(expected);
  });

  it("agrees with JSON.parse on what JSON.stringify writes", () => {
    const value = fc.jsonValue().filter((data) => !UNPLAIN.test(JSON.stringify(data)));
    fc.assert(
      fc.property(value, (data) => {
        const text = JSON.stringify(data);
        const isRefused = /too large/.test(refusal(text));
        const read: unknown = isRefused ? JSON.parse(text) : parseJson(text, "x").value;
        expect(structuredClone(read)).toEqual(JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  it("never accepts what JSON.parse refuses, whatever the bytes", () => {
    const pieces = [
      '"a"',
      ":",
      ",",
      "{",
      "}",
      "[",
      "]",
      "1",
      "-",
      "e5",
      ".",
      "null",
      " ",
      "\n",
      "'",
      "\\",
      '"',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (parts) => {
        const text = parts.join("");
        expect(refusal(text)).toMatch(isJson(text) ? /^$|stands twice|too large/ : /./);
      }),
      { numRuns: 3000 },
    );
  });
});
