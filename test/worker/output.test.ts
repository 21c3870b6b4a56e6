import { PassThrough, Readable, Writable } from "node:stream";
import { describe, expect, it } from "vitest";

import { createRedactor } from "../../src/core/redact.ts";
import type { LogFile } from "../../src/platform/log-file.ts";
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
  it("gives whole lines, and parts of one that is too long", () => {
    const lines = new LineBuffer();
    expect(lines.push(Buffer.from("a")).toString()).toBe("");
    expect(lines.push(Buffer.from("b\nc\nd")).toString()).toBe("ab\nc\n");
    expect(lines.push(Buffer.alloc(70_000, "x")).length).toBe(70_001);
    expect(lines.end().toString()).toBe("");
    expect(lines.push(Buffer.from("e")).toString()).toBe("");
    expect(lines.end().toString()).toBe("e\n");
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
