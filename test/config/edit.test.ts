import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ContextFile } from "../../src/config/context-file.ts";
import { parseContextFile } from "../../src/config/context-file.ts";
import {
  contextsOf,
  deleteContext,
  deleteCredentials,
  renameContext,
  setContext,
  setCredentials,
  useContext,
} from "../../src/config/context-edits.ts";
import { editContextFile } from "../../src/config/edit-context-file.ts";
import { currentContextOf } from "../../src/config/locate.ts";
import type { Change } from "../../src/core/change.ts";
import { UserError } from "../../src/core/errors.ts";

const FILE = `# mine
apiVersion: v1
kind: Config
current-context: default # for now
x-other-program: {a: 1}

contexts:
  # the first
  - name: default
    context:
      api-url: https://control-plane.kubiya.ai
      user: me
      # Add LiteLLM proxy configuration here
      litellm-proxy:
        enabled: true
        config-file: /Users/myuser/.kubiya/litellm_production.yaml
      x-mine: kept
users:
  - name: me
    user: {token: kb-1}

# ... rest of your config (users, organizations)
`;
// The seed's recipe, as `cat >>` leaves it.
const APPENDED = `contexts:
  - name: dev
    context:
      api-url: https://control-plane.kubiya.ai
      litellm-proxy:
        enabled: true
        config-json: |
          {
            "model_list": []
          }
`;

function edit(text: string | null, change: (file: ContextFile) => readonly Change[]): string {
  return editContextFile(text, "/home/u/.kubiya/config", change);
}

describe("an edit", () => {
  it("changes one line and keeps the rest", () => {
    const changed = edit(FILE, (file) =>
      setContext(file, "default", { context: {}, proxy: { enabled: false } }),
    );
    expect(changed).toBe(FILE.replace("enabled: true", "enabled: false"));
  });

  it("makes one list of an appended one", () => {
    const changed = edit(FILE + APPENDED, (file) => useContext(file, "dev"));
    expect(changed.match(/^contexts:/gm)).toHaveLength(1);
    expect(changed).toContain("current-context: dev # for now\n");
    expect(parseContextFile(changed, "/f").document.notices).toEqual([]);
    for (const line of (FILE + APPENDED).split("\n")) {
      const isMoved = /^current-context|^contexts:/.test(line);
      expect(isMoved || changed.includes(line)).toBe(true);
    }
    expect([...parseContextFile(changed, "/f").contexts.keys()]).toEqual(["default", "dev"]);
  });

  it("begins a file with its kind", () => {
    const own = (text: string | null) =>
      edit(text, (file) =>
        setContext(file, "a", { context: { "api-url": "https://a" }, proxy: {} }),
      );
    const expected =
      "apiVersion: v1\nkind: Config\ncontexts:\n  - name: a\n    context:\n      api-url: https://a\n";
    expect(own(null)).toBe(expected);
    expect(own(" \n")).toBe(expected);
  });

  it("is refused where the file is faulty already", () => {
    expect(() => edit("contexts:\n  - name: 5\n", () => [])).toThrow(UserError);
    expect(() => edit(`${FILE}kind: Other\n`, () => [])).toThrow(/already stands/);
    expect(() => edit(`${FILE.trimEnd()}${APPENDED}`, () => [])).toThrow(/wrong list/);
    expect(() => edit(`kind: Config${APPENDED}`, () => [])).toThrow(/glued/);
  });
});

describe("use-context", () => {
  it("writes the current context where it belongs", () => {
    expect(edit(APPENDED, (file) => useContext(file, "dev"))).toBe(
      `current-context: dev\n${APPENDED}`,
    );
  });

  it("names what is near, or what there is", () => {
    expect(() => edit(FILE, (file) => useContext(file, "defualt"))).toThrow(UserError);
    expect(remedyOf(FILE, (file) => useContext(file, "defualt"))).toBe("did you mean default?");
    expect(remedyOf(FILE, (file) => useContext(file, "zzz"))).toBe("there is default");
    expect(remedyOf(null, (file) => useContext(file, "zzz"))).toBe(
      "it has no contexts yet; make one: sidelite config set-context zzz",
    );
  });
});

describe("set-context", () => {
  it("writes only what is given, in its place", () => {
    const changed = edit(FILE, (file) =>
      setContext(file, "default", {
        context: { organization: "acme" },
        proxy: { model: "gpt-4", "config-json": '{\n  "a": 1\n}', "config-file": undefined },
      }),
    );
    const before = "        config-file: /Users/myuser/.kubiya/litellm_production.yaml\n";
    const after =
      '        config-json: |-\n          {\n            "a": 1\n          }\n        model: gpt-4\n';
    expect(changed).toBe(
      FILE.replace(before, after).replace(
        "      user: me\n",
        "      organization: acme\n      user: me\n",
      ),
    );
  });

  it("gives a context its first section", () => {
    const text =
      "contexts:\n- name: a\n  context:\n    x: 1\n    api-url: https://a\n- name: b\n  context:\n- name: c\n";
    const set = (name: string) => (file: ContextFile) =>
      setContext(file, name, { context: {}, proxy: { enabled: true, port: 4100 } });
    const section = "    litellm-proxy:\n      enabled: true\n      port: 4100\n";
    expect(edit(text, set("a"))).toBe(text.replace("https://a\n", `https://a\n${section}`));
    expect(edit(text, set("b"))).toBe(
      text.replace("- name: b\n  context:\n", `- name: b\n  context:\n${section}`),
    );
    expect(edit(text, set("c"))).toBe(`${text}  context:\n${section}`);
  });
});

describe("delete-context and rename-context", () => {
  it("leave no current context that is not there", () => {
    const two = FILE + APPENDED;
    const deleted = edit(two, (file) => deleteContext(file, "default"));
    expect(currentContextOf(parseContextFile(deleted, "/f"))).toBeNull();
    expect(deleted).toContain("x-other-program: {a: 1}");
    const other = edit(two, (file) => deleteContext(file, "dev"));
    expect(currentContextOf(parseContextFile(other, "/f"))).toBe("default");
    const renamed = edit(two, (file) => renameContext(file, "default", "prod"));
    expect(currentContextOf(parseContextFile(renamed, "/f"))).toBe("prod");
    expect(renamed).toContain("- name: prod\n");
    expect(() => edit(two, (file) => renameContext(file, "default", "dev"))).toThrow(/already/);
    expect(() => edit(two, (file) => renameContext(file, "none", "x"))).toThrow(/no context none/);
  });
});

describe("credentials", () => {
  it("are set, replaced and deleted", () => {
    const replaced = edit(FILE, (file) => setCredentials(file, "me", "kb-2"));
    expect(replaced).toBe(FILE.replace("kb-1", "kb-2"));
    const added = edit(APPENDED, (file) => setCredentials(file, "bot", "012"));
    expect(added).toBe(`${APPENDED}users:\n  - name: bot\n    user:\n      token: "012"\n`);
    const deleted = edit(FILE, (file) => deleteCredentials(file, "me"));
    expect(deleted).not.toContain("kb-1");
    expect(() => edit(FILE, (file) => deleteCredentials(file, "mee"))).toThrow(/no user mee/);
    expect(contextsOf(parseContextFile(FILE, "/f"), "me")).toEqual(["default"]);
  });
});

describe("any edits after one another", () => {
  const name = fc.constantFrom("default", "dev", "a", "yes", "012", "x y", "ö", "# c");
  const step = fc.oneof(
    name.map((n) => (file: ContextFile) => useContext(file, n)),
    fc.tuple(name, fc.boolean(), fc.string()).map(
      ([n, enabled, model]) =>
        (file: ContextFile) =>
          setContext(file, n, { context: { user: n }, proxy: { enabled, model } }),
    ),
    name.map((n) => (file: ContextFile) => deleteContext(file, n)),
    fc.tuple(name, name).map(
      ([a, b]) =>
        (file: ContextFile) =>
          renameContext(file, a, b),
    ),
    fc.tuple(name, fc.string()).map(
      ([n, token]) =>
        (file: ContextFile) =>
          setCredentials(file, n, token),
    ),
    name.map((n) => (file: ContextFile) => deleteCredentials(file, n)),
  );

  it("leave a file that is valid and keeps what is not ours", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.boolean(), (steps, isAppended) => {
        let text = isAppended ? FILE + APPENDED : FILE;
        for (const one of steps) {
          try {
            text = edit(text, one);
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
          }
        }
        const file = parseContextFile(text, "/f");
        const current = currentContextOf(file);
        expect(current === null || file.contexts.has(current)).toBe(true);
        expect(text).toContain("# mine\n");
        expect(text).toContain("x-other-program: {a: 1}\n");
      }),
      {
        numRuns: 150,
        examples: [
          [
            [(file) => setCredentials(file, "a", "{ "), (file) => useContext(file, "default")],
            false,
          ],
        ],
      },
    );
  });
});

function remedyOf(
  text: string | null,
  change: (file: ContextFile) => readonly Change[],
): string | undefined {
  try {
    edit(text, change);
  } catch (error) {
    return error instanceof UserError ? error.problems[0]?.remedy : undefined;
  }
  return undefined;
}
