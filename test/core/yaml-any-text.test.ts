// Reading YAML that nobody wrote by hand: any text, and any value that we render.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { UserError } from "../../src/core/errors.ts";
import { renderYaml } from "../../src/core/render-yaml.ts";
import { parseYaml } from "../../src/core/yaml.ts";

const pieces = fc.constantFrom(
  "a",
  ": ",
  "- ",
  "\n",
  "  ",
  "[",
  "]",
  "{",
  "}",
  ",",
  "&x ",
  "*x",
  "<<: ",
  "|\n",
  ">",
  "'",
  '"',
  "#",
  "!!",
  "? ",
  "---\n",
  "\t",
  "%",
  "\\",
  "0",
  "1e3",
  "\u00e9",
  "\u{1f600}",
  "\r\n",
  "__proto__: ",
);
it("is either read or refused, and leaves no trace in Object", () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      try {
        parseYaml(parts.join(""), "f.yaml", { joinDuplicateLists: ["a"] });
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
      expect(({} as Record<string, unknown>)["a"]).toBe(undefined);
    }),
    { numRuns: 3000 },
  );
});

it("comes back the same when rendered and read", () => {
  const text = fc.oneof(
    fc
      .string({ unit: "binary" })
      .filter((s) => !/[\u2028\u2029\ufffe\uffff]|\p{Surrogate}/u.test(s)),
    fc.constantFrom(
      "no",
      "012",
      "1e3",
      "1:30",
      "=",
      "<<",
      "~",
      "",
      " a",
      "a ",
      "a: b",
      "- a",
      "#a",
      "a #b",
      "2024-01-01",
      "...",
      "---",
      "os.environ/X",
      "!x",
      "&x",
      "*x",
      "%x",
      "@x",
      "`x",
      "x:",
      "null",
      ".5",
      "0x1F",
      "\n",
      "a\nb\n",
    ),
  );
  const keys = text.filter((s) => s !== "__proto__");
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.double({ noNaN: true }).map((n) => (n === 0 ? 0 : n)),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(keys, tie("tree"), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      expect(structuredClone(parseYaml(renderYaml(value), "f.yaml").value)).toEqual(value);
    }),
    { numRuns: 1500 },
  );
});
