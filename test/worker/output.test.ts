import { PassThrough, Readable, Writable } from "node:stream";
import { describe, expect, it } from "vitest";

import { createRedactor } from "../../src/core/redact.ts";
import type { LogFile } from "../../src/platform/log-file.ts";
import { createPartJoiner } from "../../src/instance/join-parts.ts";
import { LineBuffer } from "../../src/worker/line-buffer.ts";
import { carryOutput } from "../../src/worker/output.ts";
import { terminalWriter } from "../../src/worker/terminal-writer.ts";

const SECRET = "sk-a-secret-of-the-worker";

/** A log in memory whose disk is always behind. */
function memoryLog(): { log: LogFile; text: () => string; waits: () => number } {
  let text = "";
  let waits = 0;
  const log: LogFile = {
    write: (data) => ((text += data.toString()), false),
    room: async () => void (waits += 1),
    drained: async () => undefined,
    close: async () => undefined,
    dropped: 0,
  };
  return { log, text: () => text, waits: () => waits };
}

describe("carryOutput", () => {
  it("gives the terminal the bytes as they are and the log redacted whole lines", async () => {
    const { log, text, waits } = memoryLog();
    const redactor = createRedactor();
    redactor.add(SECRET);
    const bytes: Buffer[] = [];
    const chunks = ["\u001b[1mkey sk-a-sec", "ret-of-the-worker\nnext ", "line\nlast"].map((part) =>
      Buffer.from(part),
    );
    await carryOutput(Readable.from(chunks), {
      log,
      redactor,
      terminal: async (chunk) => void bytes.push(chunk),
      onTerminalError: () => undefined,
    });
    expect(Buffer.concat(bytes).toString()).toBe(`\u001b[1mkey ${SECRET}\nnext line\nlast`);
    expect(text()).not.toContain(SECRET);
    expect(text().startsWith("\u001b[1mkey ")).toBe(true);
    expect(text()).toMatch(/key \S+\nnext line\nlast\n$/);
    expect(waits()).toBe(chunks.length);
  });

  it("goes on with the log when the terminal is gone, told once", async () => {
    const { log, text } = memoryLog();
    const errors: unknown[] = [];
    await carryOutput(Readable.from([Buffer.from("a\n"), Buffer.from("b\n")]), {
      log,
      redactor: createRedactor(),
      terminal: () => Promise.reject(new Error("EPIPE")),
      onTerminalError: (error) => errors.push(error),
    });
    expect(errors).toHaveLength(1);
    expect(text()).toBe("a\nb\n");
  });

  it("keeps what came before the stream was destroyed", async () => {
    const { log, text } = memoryLog();
    const source = new PassThrough();
    const carried = carryOutput(source, {
      log,
      redactor: createRedactor(),
      terminal: async () => void source.destroy(),
      onTerminalError: () => undefined,
    });
    source.write("unfinished");
    await carried;
    expect(text()).toBe("unfinished\n");
  });
});

describe("LineBuffer", () => {
  it("gives whole lines", () => {
    const lines = new LineBuffer();
    expect(lines.push(Buffer.from("a")).toString()).toBe("");
    expect(lines.push(Buffer.from("b\nc\nd")).toString()).toBe("ab\nc\n");
    expect(lines.push(Buffer.from("e")).toString()).toBe("");
    expect(lines.end().toString()).toBe("de\n");
    expect(lines.end().toString()).toBe("");
  });

  const mixed = Buffer.from("\0\u001b[31m\u00e9\u{1f600}\u20ac\r");
  const odd = Buffer.concat([mixed, Buffer.from([0xff, 0xfe, 0x80, 0x80, 0x80, 0x80, 0x80])]);

  it.each([
    ["short lines, then one of 300 KB", Buffer.from(`a\n${"x".repeat(300_000)}\nb\n`)],
    ["characters of several bytes", Buffer.from(`${"\u20ac".repeat(100_000)}\n`)],
    ["no text at all", Buffer.concat([...Array.from({ length: 9_000 }, () => odd), Buffer.of(10)])],
    ["one that never ends", Buffer.alloc(200_000, "y")],
    ["exactly one part", Buffer.from(`${"z".repeat(65_536 - 59)}\n`)],
  ])("gives parts that can be joined again: %s (F65)", (_, bytes) => {
    for (const size of [100, 50_000, 65_536, 400_000]) {
      const lines = new LineBuffer();
      const given: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size)
        given.push(lines.push(bytes.subarray(at, at + size)));
      const logged = Buffer.concat([...given, lines.end()]).toString("latin1");
      const parts = logged.split("\n").slice(0, -1);
      expect(Math.max(...parts.map(({ length }) => length + 1))).toBeLessThanOrEqual(65_536);
      const joiner = createPartJoiner();
      const joined = parts.map((part) => joiner.next(part)).join("") + joiner.end();
      const whole = bytes.at(-1) === 10 ? bytes : Buffer.concat([bytes, Buffer.of(10)]);
      expect(Buffer.from(joined, "latin1").equals(whole), `in chunks of ${size}`).toBe(true);
    }
  });

  it("cuts within no character", () => {
    const lines = new LineBuffer();
    const text = lines.push(Buffer.from(`x${"\u{1f600}".repeat(40_000)}\n`)).toString();
    expect(text).not.toContain("\ufffd");
    expect(
      text.match(/\[sidelite: the line goes on\]\n\[sidelite: the line goes on\] /g),
    ).toHaveLength(2);
  });
});

describe("terminalWriter", () => {
  it("writes to a stream without a descriptor and tells its error", async () => {
    const chunks: string[] = [];
    const good = new Writable({ write: (chunk, _, done) => (chunks.push(String(chunk)), done()) });
    await terminalWriter(good)(Buffer.from("x"));
    expect(chunks).toEqual(["x"]);
    const bad = new Writable({ write: (_chunk, _, done) => done(new Error("gone")) });
    bad.on("error", () => undefined);
    await expect(terminalWriter(bad)(Buffer.from("x"))).rejects.toThrow("gone");
  });
});
