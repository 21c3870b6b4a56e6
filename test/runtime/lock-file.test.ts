import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import { lockPath, normalizeName, readLock } from "../../src/runtime/lock-file.ts";
import type { LockKind } from "../../src/runtime/runtime.ts";
import { failure } from "./failure.ts";
import { useTemporary } from "./temporary-folder.ts";

const KINDS: readonly LockKind[] = ["litellm", "kubiya-worker", "uv"];

function pinned(hash: string): string {
  return `litellm==9.9 \\\n    --hash=sha256:${hash.repeat(64)}\n`;
}

describe("the shipped locks", () => {
  it.each(KINDS)("%s pins every package by hash and names no address", async (kind) => {
    const text = await readFile(lockPath(kind), "utf8");
    expect(text).not.toMatch(/:\/\/|--(index-url|extra-index-url|find-links|trusted-host)| @ /);
    const entries = text.replace(/^#.*\n/, "").split(/\n(?=\S)/);
    for (const entry of entries) {
      expect(entry).toMatch(
        /^[a-z0-9-]+==\S+( ; [^\\]+)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n?)+$/,
      );
    }
    expect((await readLock(kind)).pins.size).toBe(entries.length);
  });

  it("hold what the worker and the proxy need", async () => {
    const litellm = await readLock("litellm");
    expect(litellm).toMatchObject({ kind: "litellm", version: "1.106.2" });
    expect(litellm.id).toMatch(/^litellm-1\.106\.2-[0-9a-f]{12}$/);
    const worker = await readLock("kubiya-worker");
    expect(worker.version).toBe("1.0.2");
    // A later LiteLLM and a missing greenlet are what break its plain installation.
    expect(worker.pins).toContain("litellm==1.81.11");
    expect([...worker.pins].some((pin) => pin.startsWith("greenlet=="))).toBe(true);
    const needed = ["langfuse==4.", "google-auth==", "azure-identity==", "prometheus-client=="];
    const missing = needed.filter((name) => ![...litellm.pins].some((pin) => pin.startsWith(name)));
    expect(missing).toEqual([]);
  });

  it("are each made from an .in file by the script", async () => {
    const folder = dirname(lockPath("uv"));
    const names = await readdir(folder);
    const script = await readFile(join(folder, "make-locks"), "utf8");
    for (const kind of KINDS) {
      expect(names).toContain(`${kind}.in`);
      expect(script).toContain(`compile ${kind} `);
      expect(await readFile(lockPath(kind), "utf8")).toContain(
        `# Made by make-locks from ${kind}.in`,
      );
    }
  });
});

describe("a lock", () => {
  it("names its folder by its content", async () => {
    const folder = await useTemporary();
    const first = await readLock("litellm", await folder.write("a.txt", pinned("a")));
    const same = await readLock("litellm", await folder.write("b.txt", pinned("a")));
    const other = await readLock("litellm", await folder.write("c.txt", pinned("b")));
    expect(same.id).toBe(first.id);
    expect(other.id).not.toBe(first.id);
    expect(first.version).toBe("9.9");
  });

  it.each(["1.82.7", "1.82.8"])(
    "with litellm %s is refused, however it is written",
    async (version) => {
      const folder = await useTemporary();
      for (const end of [
        " \\\n  --hash=x",
        "\n",
        "",
        ";python_version>'3'",
        " ; python_version > '3' \\\n",
      ]) {
        const text = `kubiya-control-plane-api==1 \\\n  --hash=x\nLiteLLM==${version}${end}`;
        const error = await failure(
          readLock("kubiya-worker", await folder.write("lock.txt", text)),
        );
        expect(error).toMatchObject({ exit: "security", exitCode: 8 });
        expect(error.message).toBe(`litellm==${version} is a malicious release`);
      }
    },
  );

  it("with a longer version number that starts alike is not", async () => {
    const folder = await useTemporary();
    const lock = await readLock("litellm", await folder.write("lock.txt", "litellm==1.82.70\n"));
    expect(lock.version).toBe("1.82.70");
  });
});

it("normalises names as PyPA does", () => {
  expect(normalizeName("Foo_.Bar--baz")).toBe("foo-bar-baz");
});
