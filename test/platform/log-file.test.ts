import { execFileSync } from "node:child_process";
import { closeSync, openSync, statSync } from "node:fs";
import {
  chmod,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

import { UserError } from "../../src/core/errors.ts";
import { openLogFile } from "../../src/platform/log-file.ts";
import { until } from "../fixtures/poll.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";

const MEGABYTE = 1 << 20;

async function logPath(): Promise<string> {
  return join(await temporaryFolder(), "worker.log");
}

/** Oldest first. */
async function readAll(path: string, keep: number): Promise<string[]> {
  const ages = Array.from({ length: keep }, (_, index) => keep - index);
  const texts = await Promise.all(
    [...ages.map((age) => `${path}.${age}`), path].map((name) =>
      readFile(name, "utf8").catch(() => ""),
    ),
  );
  return texts;
}

/** Occupies the threads that work for files, as a disk does that others keep busy, until the function is called. */
async function stopDisk(fifo: string): Promise<() => void> {
  execFileSync("mkfifo", [fifo]);
  const readers = Array.from({ length: 4 }, () => open(fifo, "r"));
  let stands = true;
  const goOn = (): void => {
    if (stands) closeSync(openSync(fifo, "w"));
    stands = false;
  };
  onTestFinished(goOn);
  for (const reader of readers) void reader.then((handle) => handle.close());
  return goOn;
}

describe("openLogFile", () => {
  it("appends to what is there, 0600, and ends a line that a killed run left half", async () => {
    const path = await logPath();
    await writeFile(path, "half a li");
    await chmod(path, 0o644);
    const log = openLogFile(path, { maxBytes: MEGABYTE, keep: 1 });
    log.write("next\n");
    log.write(Buffer.from([0xff, 0x00, 0x0a]));
    await log.close();
    const bytes = await readFile(path);
    expect(bytes).toEqual(
      Buffer.concat([Buffer.from("half a li\nnext\n"), Buffer.from([0xff, 0, 0x0a])]),
    );
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("loses and reorders no line over rotations, cuts none, and keeps its limit", async () => {
    const path = await logPath();
    const log = openLogFile(path, { maxBytes: 64 * 1024, keep: 40 });
    let text = "";
    for (let line = 0; line < 200_000; line += 1) {
      text += `${line}\n`;
      // Chunks that end within lines, as a pipe's do.
      if (text.length > 5000) {
        if (!log.write(text.slice(0, 4999))) await log.drained();
        text = text.slice(4999);
      }
    }
    log.write(text);
    await log.close();
    const files = (await readAll(path, 40)).filter((file) => file !== "");
    expect(files.length).toBeGreaterThan(15);
    expect(files.every((file) => file.endsWith("\n") && file.length <= 64 * 1024 + 10)).toBe(true);
    expect(files.join("")).toBe(Array.from({ length: 200_000 }, (_, line) => `${line}\n`).join(""));
    expect(log.dropped).toBe(0);
  });

  it("keeps only the youngest files", async () => {
    const path = await logPath();
    const log = openLogFile(path, { maxBytes: 100, keep: 2 });
    for (let line = 0; line < 100; line += 1) log.write(`line ${line} `.padEnd(49, "x") + "\n");
    await log.close();
    const names = (await readdir(join(path, ".."))).toSorted();
    expect(names).toEqual(["worker.log", "worker.log.1", "worker.log.2"]);
    expect((await readAll(path, 2)).join("")).toMatch(/^line 94 .*line 99 x*\n$/s);
  });

  it("takes a line longer than a file", async () => {
    const path = await logPath();
    const log = openLogFile(path, { maxBytes: 1000, keep: 400 });
    const line = `${"y".repeat(300_000)}\n`;
    log.write(line);
    log.write("after\n");
    await log.close();
    expect((await readAll(path, 400)).join("")).toBe(`${line}after\n`);
  });

  it("asks for a pause when the disk is behind, and takes everything all the same", async () => {
    const path = await logPath();
    const log = openLogFile(path, { maxBytes: 64 * MEGABYTE, keep: 1 });
    const chunk = Buffer.alloc(MEGABYTE / 4, "z");
    const answers = Array.from({ length: 8 }, () => log.write(chunk));
    expect(answers[0]).toBe(true);
    expect(answers.at(-1)).toBe(false);
    await log.drained();
    expect(log.write("more\n")).toBe(true);
    await log.close();
    expect((await stat(path)).size).toBe(2 * MEGABYTE + 5);
  });

  it("slows its writer down while the disk stands still, and stops it only when too much waits (F63)", async () => {
    const path = await logPath();
    const log = openLogFile(path, { maxBytes: 64 * MEGABYTE, keep: 1 });
    const goOn = await stopDisk(`${path}.fifo`);
    const chunk = Buffer.alloc(MEGABYTE / 16, "z");
    let taken = 0;
    const flood = (async () => {
      for (let count = 0; count < 200; count += 1) {
        const hasRoom = log.write(chunk);
        taken += chunk.length;
        if (!hasRoom) await log.room();
      }
    })();
    await until(() => taken > 8 * MEGABYTE, { what: "8 MiB to be taken" });
    const more = until(() => taken > 8 * MEGABYTE + chunk.length, {
      what: "more",
      deadlineMs: 200,
    });
    await expect(more).rejects.toThrow("waited 200 ms for more");
    expect(statSync(path).size).toBe(0);
    goOn();
    await flood;
    await log.close();
    expect((await stat(path)).size).toBe(200 * chunk.length);
  });

  it("counts what it cannot keep when it cannot rotate, and tells of it in the log later", async () => {
    const path = await logPath();
    const folder = join(path, "..");
    const log = openLogFile(path, { maxBytes: 20, keep: 1 });
    log.write("0123456789012345678\n");
    await log.drained();
    // No new file can be made where the folder is gone.
    await rename(folder, `${folder}.gone`);
    onTestFinished(() => rm(`${folder}.gone`, { recursive: true, force: true }));
    log.write("one\ntwo\nhalf");
    await log.drained();
    expect(log.dropped).toBe(3);
    await rename(`${folder}.gone`, folder);
    log.write("back\n");
    await log.close();
    expect(await readFile(path, "utf8")).toMatch(/^\[sidelite: 3 lines dropped.*\]\nback\n$/);
  });

  it("writes through no link, waits on no FIFO and opens no folder (S9)", async () => {
    const path = await logPath();
    await writeFile(`${path}.victim`, "precious");
    await symlink(`${path}.victim`, path);
    expect(() => openLogFile(path, { maxBytes: 10, keep: 1 })).toThrow(UserError);
    await link(`${path}.victim`, `${path}.hard`);
    execFileSync("mkfifo", [`${path}.pipe`]);
    for (const planted of [`${path}.hard`, `${path}.pipe`]) {
      expect(() => openLogFile(planted, { maxBytes: 10, keep: 1 })).toThrow(/not a plain file/);
    }
    await mkdir(`${path}.folder`);
    expect(() => openLogFile(`${path}.folder`, { maxBytes: 10, keep: 1 })).toThrow(
      /a folder is in its place/,
    );
    expect(await readFile(`${path}.victim`, "utf8")).toBe("precious");
  });
});
