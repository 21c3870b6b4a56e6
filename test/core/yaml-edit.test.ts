import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../../src/core/change.ts";
import { applyChanges, isSameData } from "../../src/core/change.ts";
import { UserError } from "../../src/core/errors.ts";
import { editYaml } from "../../src/core/yaml-edit.ts";
import { parseYaml } from "../../src/core/yaml.ts";

const FILE = `# my file

apiVersion: v1 # pinned
kind: "Config"

# which one
current-context: 'a'
contexts:
- name: a
  context:
    api-url: https://a # prod
    port: 012
    later: 2024-01-01
    note: >-
      folded
      text
    litellm-proxy:
      # on since May
      enabled: yes
      config-json: |
        {
          "model_list": []
        }
- {name: b, context: {}}
my-own: {x: [1,  2], y: *no}
`.replace("*no", "~");

function edit(text: string, ...changes: Change[]): string {
  return editYaml(text, "/f", changes, { joinDuplicateLists: ["contexts"] });
}

function set(path: Change["path"], value: unknown, order?: readonly string[]): Change {
  return { kind: "set", path, value, ...(order && { order }) };
}

describe("a change", () => {
  it("changes its line and no other", () => {
    const changed = edit(FILE, set(["contexts", 0, "context", "litellm-proxy", "enabled"], false));
    const lines = FILE.split("\n").map((line) => line.replace("enabled: yes", "enabled: false"));
    // Only what the writer lays out anew: a folded text and the space after a comma.
    const expected = lines
      .join("\n")
      .replace("folded\n      text", "folded text")
      .replace("1,  2", "1, 2");
    expect(changed).toBe(expected);
  });

  it("keeps the comment beside a value", () => {
    const changed = edit(FILE, set(["contexts", 0, "context", "api-url"], "https://c"));
    expect(changed).toContain("api-url: https://c # prod\n");
    expect(edit(FILE, set(["apiVersion"], "v2"))).toContain("apiVersion: v2 # pinned\n");
  });

  it.each([
    "yes",
    "012",
    "1e3",
    "null",
    "~",
    "",
    "a: b",
    "# x",
    "true",
    "1:30",
    "<<",
    "=",
    "2024-01-01",
    " a ",
    "é\n\tx",
    "a\nb\n",
    "*x",
    "&x",
    "- a",
    "\"'\\",
  ])("writes the text %j so that it is read as that text", (text) => {
    const changed = edit("a: 1\n", set(["b"], text));
    expect(parseYaml(changed, "/f").value).toEqual(
      Object.assign(Object.create(null), { a: 1, b: text }),
    );
  });

  it("writes booleans, numbers, lists and mappings plainly", () => {
    const value = { on: true, n: 12, hosts: ["a.b", "no"], inner: { deep: "x\ny" } };
    expect(edit("", set(["top", "here"], value))).toBe(
      'top:\n  here:\n    on: true\n    n: 12\n    hosts:\n      - a.b\n      - "no"\n    inner:\n      deep: |-\n        x\n        y\n'.replace(
        '    "on"',
        "    on",
      ),
    );
  });

  it("puts a new key where it belongs", () => {
    const order = ["apiVersion", "kind", "current-context", "contexts", "users"];
    const at = (text: string) => edit(text, set(["current-context"], "x", order));
    expect(at("contexts: []\n")).toBe("current-context: x\ncontexts: []\n");
    expect(at("# top\nkind: K\nother: 1\ncontexts: []\n")).toBe(
      "# top\nkind: K\ncurrent-context: x\nother: 1\ncontexts: []\n",
    );
    expect(at("mine: 1\n")).toBe("mine: 1\ncurrent-context: x\n");
    expect(at("# only a comment\n")).toBe("# only a comment\n\ncurrent-context: x\n");
    expect(at("")).toBe("current-context: x\n");
  });

  it("fills what is written as nothing", () => {
    expect(edit("a:\n", set(["a", "b"], "c"))).toBe("a:\n  b: c\n");
    expect(edit("a: ~ # x\n", { kind: "append", path: ["a"], value: { n: "c" } })).toBe(
      "a:\n  - n: c\n",
    );
    expect(edit("a: {}\n", set(["a", "b", "c"], 1))).toBe("a:\n  b:\n    c: 1\n");
  });

  it("removes with the comment above, and leaves the rest", () => {
    const text = "contexts:\n  - name: a\n\n  # about b\n  - name: b\n  # about c\n  - name: c\n";
    expect(edit(text, { kind: "remove", path: ["contexts", 1] })).toBe(
      "contexts:\n  - name: a\n  # about c\n  - name: c\n",
    );
    expect(edit(text, { kind: "remove", path: ["contexts", 0, "nothing"] })).toBe(text);
  });

  it("joins a second list, comments included", () => {
    const text = `contexts:\n  - name: a\n\n# appended\ncontexts:\n  # dev\n  - name: dev\n    context: {}\nusers: []\ncontexts: [{name: f}]\n`;
    expect(edit(text, set(["current-context"], "dev"))).toBe(
      "contexts:\n  - name: a\n  # appended\n  # dev\n  - name: dev\n    context: {}\n  - {name: f}\nusers: []\ncurrent-context: dev\n",
    );
    expect(edit("contexts: []\ncontexts: []\n")).toBe("contexts: []\n");
  });

  it("keeps the file's line ends and lists without indent", () => {
    expect(edit("a:\r\n- b\r\n", set(["c"], "x\ny"))).toBe("a:\r\n- b\r\nc: |-\r\n  x\r\n  y\r\n");
    expect(edit("a: { b: 1 }\n", set(["a", "c"], 2))).toBe("a: { b: 1, c: 2 }\n");
  });
});

describe("what cannot be changed alone", () => {
  it.each([
    ["an alias", "base: &b {x: 1}\nmine: *b\n", set(["mine", "x"], 2)],
    [
      "an anchor in use",
      "base: &b {x: 1}\nmine: *b\n",
      { kind: "remove", path: ["base"] } as const,
    ],
    ["what others repeat", "base: &b {x: 1}\nmine: *b\n", set(["base", "x"], 2)],
    [
      "a merged key",
      "base: &b {x: 1}\nmine: {<<: *b}\n",
      { kind: "remove", path: ["mine", "x"] } as const,
    ],
    ["text", "mine: text\n", set(["mine", "x"], 2)],
    ["a list", "mine: [1]\n", set(["mine", "x"], 2)],
    ["a number too many", "mine: [1]\n", set(["mine", 1], 2)],
  ])("%s is refused", (_, text, change) => {
    expect(() => edit(text, change)).toThrow(UserError);
  });
});

describe("any file and change", () => {
  const key = fc.constantFrom("a", "b", "contexts", "yes", "é");
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom("x", "no", "1", "", " y", "#", "a\nb", true, false, 0, 12, 1.5, null),
      fc.string(),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(key, tie("value"), { maxKeys: 3 }),
    ),
  }));
  const path = fc.array(fc.oneof(key, fc.nat({ max: 2 })), { minLength: 1, maxLength: 3 });
  const change = fc.oneof(
    fc.record({
      kind: fc.constant("set" as const),
      path,
      value: fc.oneof(fc.string(), fc.boolean(), fc.nat()),
    }),
    fc.record({ kind: fc.constant("append" as const), path, value: fc.constant({ name: "n" }) }),
    fc.record({ kind: fc.constant("remove" as const), path }),
  );

  it("gives the changed data, or a refusal with a remedy", () => {
    let done = 0;
    fc.assert(
      fc.property(
        fc.dictionary(key, value, { maxKeys: 4 }),
        fc.array(change, { maxLength: 3 }),
        (data, changes) => {
          const text = JSON.stringify(data, null, 2);
          try {
            const changed = editYaml(text, "/f", changes);
            expect(isSameData(parseYaml(changed, "/f").value, applyChanges(data, changes))).toBe(
              true,
            );
            done += 1;
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
          }
        },
      ),
      { numRuns: 1_000 },
    );
    expect(done).toBeGreaterThan(100);
  });
});
