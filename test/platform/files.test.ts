import { execFileSync } from "node:child_process";
import { chmod, link, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

import {
  ensurePrivateDir,
  readLimited,
  sweepTemporaries,
  writeAtomic,
} from "../../src/platform/files.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { userErrorOf } from "../fixtures/user-error.ts";

const LIMITS = { maxBytes: 1024, what: "LiteLLM config" };

async function fileWith(content: string | Buffer): Promise<string> {
  const path = join(await temporaryFolder(), "config.yaml");
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

describe("readLimited", () => {
  it("reads text with its mode and time, without the BOM", async () => {
    const path = await fileWith("\uFEFFa: \u00e9\n");
    const file = await readLimited(path, LIMITS);
    expect(file).toMatchObject({ text: "a: \u00e9\n", path, mode: 0o600 });
    expect(file.mtimeMs).toBe((await stat(path)).mtimeMs);
  });

  it("follows a link of the user's, and refuses links where only our own files are read", async () => {
    const path = await fileWith("x");
    await symlink(path, `${path}.soft`);
    await link(path, `${path}.hard`);
    expect((await readLimited(`${path}.soft`, LIMITS)).text).toBe("x");
    for (const name of [`${path}.soft`, `${path}.hard`]) {
      await userErrorOf(readLimited(name, { ...LIMITS, follow: false }));
    }
  });

  it("takes a file of exactly the limit and refuses one byte more", async () => {
    expect((await readLimited(await fileWith("x".repeat(1024)), LIMITS)).text).toHaveLength(1024);
    const error = await userErrorOf(readLimited(await fileWith("x".repeat(1025)), LIMITS));
    expect(error).toMatchObject({ exit: "usage" });
    expect(error.message).toContain("larger than 1024 bytes");
  });

  it.each<[string, (folder: string) => Promise<string>, string, RegExp]>([
    [
      "missing",
      async (folder) => join(folder, "none"),
      "usage",
      /the LiteLLM config does not exist/,
    ],
    ["a folder", async (folder) => folder, "usage", /is a folder, not a file/],
    ["a device", async () => "/dev/zero", "usage", /is a device, not a file/],
    ["a pipe", async (folder) => pipeIn(folder), "usage", /is a pipe, not a file/],
    ["a socket", async (folder) => socketIn(folder), "usage", /is a socket, not a file/],
    [
      "a dangling link",
      async (folder) => linkTo(folder, "nowhere"),
      "usage",
      /link to nowhere, which does not exist/,
    ],
    ["a link loop", async (folder) => linkTo(folder, "link"), "usage", /cannot be followed/],
    ["a too long path", async (folder) => join(folder, "x".repeat(5000)), "usage", /too long/],
    [
      "under a file",
      async () => join(await fileWith(""), "x"),
      "usage",
      /the LiteLLM config does not exist/,
    ],
    [
      "writable by anyone",
      async () => withMode(await fileWith("x"), 0o666),
      "security",
      /anyone on this machine may change it/,
    ],
  ])("refuses a path that is %s, with a remedy", async (_, make, exit, message) => {
    const path = await make(await temporaryFolder());
    const error = await userErrorOf(readLimited(path, LIMITS));
    expect(error).toMatchObject({ exit });
    expect(error.message).toMatch(message);
    expect(error.problems[0]).toMatchObject({
      place: { source: path },
      remedy: expect.any(String),
    });
  });

  it.each<[string, Buffer, RegExp, object]>([
    [
      "UTF-16 with BOM",
      Buffer.from("\uFEFFa: 1\n", "utf16le"),
      /is UTF-16, not UTF-8/,
      { line: 1, column: 1 },
    ],
    ["UTF-16 without", Buffer.from("a: 1\n", "utf16le"), /is UTF-16LE/, { line: 1 }],
    ["UTF-16 big end first", Buffer.from("a: 1\n", "utf16le").swap16(), /is UTF-16BE/, { line: 1 }],
    [
      "Latin-1",
      Buffer.from("a: 1\nb\u00e9: caf\u00e9\n", "latin1"),
      /byte 0xe9/,
      { line: 2, column: 2 },
    ],
    [
      "a lone surrogate",
      Buffer.from([0x61, 0xed, 0xa0, 0x80]),
      /byte 0xed/,
      { line: 1, column: 2 },
    ],
    [
      "a cut sequence",
      Buffer.from([0x61, 0x0a, 0xc3, 0xa9, 0xc3]),
      /byte 0xc3/,
      { line: 2, column: 2 },
    ],
  ])("names %s and where", async (_, bytes, message, place) => {
    const error = await userErrorOf(readLimited(await fileWith(bytes), LIMITS));
    expect(error).toMatchObject({ exit: "usage", problems: [{ place }] });
    expect(error.message).toMatch(message);
  });
});

describe("writeAtomic", () => {
  it("writes 0600 whatever the umask and the old file's mode, and leaves no temporary file", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "state.json");
    await writeFile(path, "old", { mode: 0o644 });
    const umask = process.umask(0);
    onTestFinished(() => void process.umask(umask));
    await writeAtomic(path, "new");
    expect(await readFile(path, "utf8")).toBe("new");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await writeAtomic(path, Buffer.from("newer"), { mode: 0o755 });
    expect((await stat(path)).mode & 0o777).toBe(0o755);
    expect(await readdir(folder)).toEqual(["state.json"]);
  });

  it("replaces a planted link and never writes through it", async () => {
    const folder = await temporaryFolder();
    const victim = join(folder, "victim");
    await writeFile(victim, "precious");
    await symlink(victim, join(folder, "soft"));
    await link(victim, join(folder, "hard"));
    for (const name of ["soft", "hard"]) await writeAtomic(join(folder, name), "ours");
    expect(await readFile(victim, "utf8")).toBe("precious");
  });

  it("says what to do when the place takes no file", async () => {
    const folder = await temporaryFolder();
    const error = await userErrorOf(writeAtomic(join(folder, "none", "file"), "x"));
    expect(error).toMatchObject({
      exit: "machine",
      problems: [{ remedy: expect.stringContaining("SIDELITE_HOME") }],
    });
    await mkdir(join(folder, "taken", "inside"), { recursive: true });
    const taken = await userErrorOf(writeAtomic(join(folder, "taken"), "x"));
    expect(taken.message).toMatch(/a folder is in its place/);
    expect(await readdir(folder)).toEqual(["taken"]);
  });

  it("leaves to the next start only what a killed run wrote", async () => {
    const folder = await temporaryFolder();
    const dead = execFileSync("sh", ["-c", "echo $$"]).toString().trim();
    const names = [
      `.a.${dead}.0123456789ab.tmp`,
      `.a.${process.ppid}.0123456789ab.tmp`,
      "a.tmp",
      ".b",
    ];
    for (const name of names) await writeFile(join(folder, name), "");
    expect(await sweepTemporaries(folder)).toBe(1);
    expect((await readdir(folder)).toSorted()).toEqual(names.slice(1).toSorted());
    expect(await sweepTemporaries(join(folder, "none"))).toBe(0);
  });
});

describe("ensurePrivateDir", () => {
  it("makes every missing folder 0700 and tightens a loose one", async () => {
    const folder = await temporaryFolder();
    const umask = process.umask(0);
    onTestFinished(() => void process.umask(umask));
    await ensurePrivateDir(join(folder, "a", "b"));
    for (const name of ["a", "a/b"])
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o700);
    await chmod(join(folder, "a", "b"), 0o755);
    await ensurePrivateDir(join(folder, "a", "b"));
    expect((await stat(join(folder, "a/b"))).mode & 0o777).toBe(0o700);
  });

  it("refuses a link, a file and a shared folder above", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "real"));
    await symlink(join(folder, "real"), join(folder, "link"));
    expect(await userErrorOf(ensurePrivateDir(join(folder, "link")))).toMatchObject({
      exit: "security",
    });
    await writeFile(join(folder, "file"), "");
    expect(await userErrorOf(ensurePrivateDir(join(folder, "file")))).toMatchObject({
      exit: "machine",
    });
    await mkdir(join(folder, "shared"));
    await chmod(join(folder, "shared"), 0o777);
    const error = await userErrorOf(ensurePrivateDir(join(folder, "shared", "ours")));
    expect(error).toMatchObject({
      exit: "security",
      problems: [{ remedy: expect.stringContaining("chmod o-w") }],
    });
    await chmod(join(folder, "shared"), 0o1777);
    await ensurePrivateDir(join(folder, "shared", "ours"));
  });
});

async function pipeIn(folder: string): Promise<string> {
  execFileSync("mkfifo", [join(folder, "pipe")]);
  return join(folder, "pipe");
}

async function socketIn(folder: string): Promise<string> {
  const path = join(folder, "socket");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => void server.close());
  return path;
}

async function linkTo(folder: string, target: string): Promise<string> {
  await symlink(target, join(folder, "link"));
  return join(folder, "link");
}

async function withMode(path: string, mode: number): Promise<string> {
  await chmod(path, mode);
  return path;
}
