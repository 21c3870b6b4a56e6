import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { JsonScan } from "../../src/gateway/json-scan.ts";

const REFUSED = new Set(["user_config", "mock_response"]);

/** Scans `text` in pieces of the given sizes, over and over. */
function scan(text: string | Buffer, sizes: readonly number[] = [1_000_000]) {
  const bytes = Buffer.from(text);
  const scanner = new JsonScan(REFUSED);
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    scanner.push(bytes.subarray(at, at + size));
    at += size;
  }
  return { problem: scanner.end()?.kind ?? null, model: scanner.model };
}

describe("finds the model", () => {
  it.each([
    ['{"model":"gpt-4o"}', "gpt-4o"],
    [' \t\r\n{ "messages" : [ {"model":"inner"} ] , "model" : "outer" } \n', "outer"],
    ['\u{feff}{"model":"after a BOM"}', "after a BOM"],
    [String.raw`{"mod\u0065l":"esc\"aped\\"}`, 'esc"aped\\'],
    ['{"a":{"model":"x"},"b":["model","]}"],"c":"\\"model\\":","model":"é€😀"}', "é€😀"],
    ['{"stream":true,"n":1e-3,"x":null,"y":NaN,"model":"m"}', "m"],
    ['{"model":7}', null],
    ['{"model":null,"other":"x"}', null],
    ['{"model":["a"]}', null],
    ['{"Model":"x","model ":"y"}', null],
    ["{}", null],
  ])("in %s", (text, model) => {
    for (const sizes of [[1_000], [1], [2, 3], [7, 1]]) {
      expect(scan(text, sizes)).toEqual({ problem: null, model });
    }
  });

  it("says as soon as it is known", () => {
    const scanner = new JsonScan(REFUSED);
    scanner.push(Buffer.from('{"messages":[],"model":"a'));
    expect(scanner.settled).toBe(false);
    scanner.push(Buffer.from('b",'));
    expect([scanner.settled, scanner.model]).toEqual([true, "ab"]);
  });
});

describe("refuses", () => {
  it.each([
    ['{"user_config":{}}', "refused-key"],
    ['{"x":1,"mock_response":"hi"}', "refused-key"],
    [String.raw`{"\u006d\u006f\u0063\u006b_response":"hi"}`, "refused-key"],
    [String.raw`{"user\u005Fconfig":1}`, "refused-key"],
    ['{"model":"a","model":"b"}', "repeated-model"],
    [String.raw`{"model":"a","\u006dodel":"b"}`, "repeated-model"],
    ['{"model":1,"model":2}', "repeated-model"],
    [`{"model":"${"x".repeat(1025)}"}`, "long-model"],
    ["[]", "not-an-object"],
    ['"text"', "not-an-object"],
    ["", "not-an-object"],
    ["{", "not-an-object"],
    ['{"a":1', "not-an-object"],
    ['{"a":"', "not-an-object"],
    ['{"a"}', "not-an-object"],
    ["{'a':1}", "not-an-object"],
    ['{"a":1,}', "not-an-object"],
    ['{"a":1}{"mock_response":1}', "not-an-object"],
    ['{"a":1} x', "not-an-object"],
    ['{,"a":1}', "not-an-object"],
    ['{"a":/*c*/1}', "not-an-object"],
    ['\u{feff}\u{feff}"x"', "not-an-object"],
  ])("%s", (text, problem) => {
    for (const sizes of [[1_000], [1], [3, 2]]) expect(scan(text, sizes).problem).toBe(problem);
  });

  it("UTF-16, where another reader would see keys", () => {
    const text = '{"mock_response":"x"}';
    for (const bytes of [Buffer.from(text, "utf16le"), Buffer.from(`\u{feff}${text}`, "utf16le")]) {
      expect(scan(bytes).problem).toBe("not-an-object");
    }
  });

  it("half a BOM", () => {
    expect(scan(Buffer.concat([Buffer.from([0xef]), Buffer.from("{}")])).problem).toBe(
      "not-an-object",
    );
  });
});

describe("agrees with a full parser", () => {
  const value = fc.jsonValue({ noUnicodeString: false });
  const key = fc.oneof(
    fc.string(),
    fc.constantFrom("model", "mock_response", "messages", "\\", '"'),
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

  it("on every object, however it is cut", () => {
    fc.assert(
      fc.property(
        fc.dictionary(key, value),
        sizes,
        fc.constantFrom(0, 2),
        (object, cuts, space) => {
          const text = JSON.stringify(object, null, space);
          const expected = Object.hasOwn(object, "mock_response") ? "refused-key" : null;
          const result = scan(text, cuts);
          expect(result.problem).toBe(expected);
          const model = Object.hasOwn(object, "model") ? object["model"] : null;
          if (expected === null && (typeof model !== "string" || model.length < 1_000)) {
            expect(result.model).toBe(typeof model === "string" ? model : null);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("never takes what it must refuse, in any bytes that parse as an object", () => {
    const bytes = fc.array(fc.constantFrom(...'{}[]",:\\u006d1 amodel'.split("")), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(bytes, sizes, (parts, cuts) => {
        const text = parts.join("");
        const whole = scan(text);
        expect(scan(text, cuts)).toEqual(whole);
        let parsed: unknown;
        try {
          parsed = JSON.parse(text);
        } catch {
          return;
        }
        const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
        if (!isObject) expect(whole.problem).toBe("not-an-object");
      }),
      { numRuns: 2_000 },
    );
  });
});

it("passes large strings and deep nesting without keeping them", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const text = `{"image":"${"A".repeat(2_000_000)}","deep":${deep},"model":"m"}`;
  expect(scan(text, [65_536])).toEqual({ problem: null, model: "m" });
});
