import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { refuseFaults } from "../../src/runtime/refuse-faults.ts";
import { findStartHooks } from "../../src/runtime/start-hooks.ts";
import { verifyFiles } from "../../src/runtime/verify.ts";
import { failure } from "./failure.ts";
import type { TemporaryFolder } from "./temporary-folder.ts";
import { useTemporary } from "./temporary-folder.ts";

const SITE = "lib/python3.12/site-packages";
const INFO = `${SITE}/pkg-1.0.dist-info`;
const { signal } = new AbortController();

function row(path: string, text: string): string {
  return `${path},sha256=${createHash("sha256").update(text).digest("base64url")},${text.length}\n`;
}

/** An environment with one package; `extra` rows go into its RECORD. */
async function environment(extra = ""): Promise<TemporaryFolder> {
  const folder = await useTemporary();
  await folder.write(`${SITE}/pkg/__init__.py`, "x = 1\n");
  await folder.write(`${SITE}/pkg/__pycache__/__init__.pyc`, "any");
  await folder.write("bin/tool", "#!/bin/sh\n");
  const rows = row("pkg/__init__.py", "x = 1\n") + row("../../../bin/tool", "#!/bin/sh\n");
  await folder.write(`${INFO}/RECORD`, `${rows}${extra}pkg-1.0.dist-info/RECORD,,\n`);
  return folder;
}

async function faults(folder: TemporaryFolder): Promise<readonly string[]> {
  return (await verifyFiles(folder.path, signal)).faults;
}

describe("the files of an environment", () => {
  it("are as their packages list them", async () => {
    const folder = await environment();
    const verified = await verifyFiles(folder.path, signal);
    expect(verified.faults).toEqual([]);
    expect(verified.files).toBe(3);
    expect(verified.records.packages).toEqual(["pkg==1.0"]);
    expect(verified.records.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it("with names in quotes are found", async () => {
    const name = 'pkg/a "b", c.txt';
    const folder = await environment(row(`"${name.replaceAll('"', '""')}"`, "x"));
    expect(await faults(folder)).toEqual([`${SITE}/${name}: missing`]);
    await folder.write(`${SITE}/${name}`, "x");
    expect(await faults(folder)).toEqual([]);
  });

  it("changed, missing, planted or listed without a hash are told", async () => {
    const folder = await environment("pkg/naked.py,,\n");
    await folder.write(`${SITE}/pkg/naked.py`, "");
    await folder.write(`${SITE}/pkg/__init__.py`, "x = 2\n");
    await folder.write(`${SITE}/planted.py`, "");
    await rm(join(folder.path, "bin/tool"));
    expect((await faults(folder)).toSorted()).toEqual([
      "bin/tool: missing",
      `${SITE}/pkg/__init__.py: changed`,
      `${SITE}/pkg/naked.py: listed without a hash`,
      `${SITE}/planted.py: not part of any package`,
    ]);
  });

  it("may not lie outside it, whatever a package lists", async () => {
    const folder = await environment(row("../../../../outside", "x"));
    expect(await faults(folder)).toEqual(["../outside: outside the runtime"]);
  });
});

describe("code that runs at every start", () => {
  it.each([
    ["evil.pth", "import os; os.system('x')", "evil.pth: import os; os.system('x')"],
    ["tab.pth", "/folder\nimport\tos", "tab.pth: import\tos"],
    ["cr.pth", "/folder\rimport os", "cr.pth: import os"],
    ["ff.pth", "/folder\fimport os", "ff.pth: import os"],
    ["bom.pth", "\uFEFFimport os", "bom.pth: import os"],
    ["_virtualenv.pth", "import _virtualenv, os", "_virtualenv.pth: import _virtualenv, os"],
    ["sitecustomize.py", "", "sitecustomize.py"],
    [
      "usercustomize.cpython-312-x86_64-linux-gnu.so",
      "",
      "usercustomize.cpython-312-x86_64-linux-gnu.so",
    ],
  ])("is found in %s", async (name, text, expected) => {
    const folder = await environment();
    await folder.write(`${SITE}/${name}`, text);
    expect(await findStartHooks(folder.path)).toEqual([expected]);
  });

  it("is not what only adds a folder, nor what is known to be harmless", async () => {
    const folder = await environment();
    await folder.write(`${SITE}/folders.pth`, "/a\n# import os\n importlib\nimportlib_path\n");
    await folder.write(`${SITE}/_virtualenv.pth`, "import _virtualenv");
    await folder.write(`${SITE}/pkg/not-top.pth`, "import os");
    expect(await findStartHooks(folder.path)).toEqual([]);
  });
});

it("every kind of finding is told at once, long lists cut", async () => {
  const found = {
    faults: ["1", "2", "3", "4", "5", "6", "7"],
    hooks: ["h.pth: import h"],
    foreign: ["x==1"],
    packages: ["x==1"],
  };
  const error = await failure(Promise.resolve().then(() => refuseFaults("LiteLLM 1", found)));
  expect(error.exitCode).toBe(8);
  expect(error.problems.map(({ message }) => message)).toEqual([
    "LiteLLM 1: code that would run at every start of Python: h.pth: import h",
    "LiteLLM 1: files are not as their package lists them: 1; 2; 3; 4; 5; and 2 more",
    "LiteLLM 1: packages that the lock does not name: x==1",
  ]);
});
