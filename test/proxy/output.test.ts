import { PassThrough } from "node:stream";

import { expect, it } from "vitest";

import { createRedactor } from "../../src/core/redact.ts";
import { Secret } from "../../src/core/secret.ts";
import type { LogFile } from "../../src/platform/log-file.ts";
import { pumpOutput } from "../../src/proxy/output.ts";
import { Tail } from "../../src/proxy/tail.ts";
import { until } from "../fixtures/poll.ts";

interface TestLog extends LogFile {
  text(): string;
  /** From now on writes ask for a pause, until it is called. */
  fill(): () => void;
}

function createLog(): TestLog {
  const written: Buffer[] = [];
  let drained: Promise<void> | null = null;
  return {
    write: (data) => {
      written.push(Buffer.from(data));
      return drained === null;
    },
    room: async () => drained ?? undefined,
    drained: async () => drained ?? undefined,
    close: async () => undefined,
    dropped: 0,
    text: () => Buffer.concat(written).toString(),
    fill: () => {
      let empty!: () => void;
      drained = new Promise((resolve) => {
        empty = resolve;
      });
      return () => {
        drained = null;
        empty();
      };
    },
  };
}

function pump(source: string, ...secrets: string[]) {
  const stream = new PassThrough();
  const log = createLog();
  const tail = new Tail();
  const redactor = createRedactor(secrets.map((secret) => new Secret(secret)));
  pumpOutput(stream, { source, log, redactor, tail });
  const end = async () => {
    stream.end();
    await until(() => stream.closed, { what: "the stream's end" });
  };
  return { stream, log, tail, end };
}

it("writes whole lines, each with its source, whatever the chunks are", async () => {
  const { stream, log, end } = pump("g1");
  for (const chunk of ["one\ntw", "o", "\n\nthr", "ee\nlast"]) stream.write(chunk);
  await end();
  expect(log.text()).toBe("g1 one\ng1 two\ng1 \ng1 three\ng1 last\n");
});

it("hides secrets that come in pieces, in the log and in the tail", async () => {
  const { stream, log, tail, end } = pump("g2", "hunter2hunter2");
  for (const chunk of ["key=hunter2", "hunter2 ok\nnext hunt", "er2hunter2\n"]) stream.write(chunk);
  await end();
  expect(log.text()).toBe("g2 key=*** ok\ng2 next ***\n");
  expect(tail.lines()).toEqual(["key=*** ok", "next ***"]);
});

it("cuts an endless line in parts of 64 KiB and keeps every byte", async () => {
  const { stream, log, end } = pump("g1");
  const line = `${"0123456789 ".repeat(20_000)}end`;
  for (let at = 0; at < line.length; at += 10_000) stream.write(line.slice(at, at + 10_000));
  await end();
  const parts = log.text().split("\n").slice(0, -1);
  expect(parts.length).toBeGreaterThan(3);
  for (const part of parts) expect(part.length).toBeLessThanOrEqual(65_536 + 10);
  expect(parts.map((part) => part.slice(3).replace(/ \.\.\.$/, "")).join("")).toBe(line);
});

it("passes bytes that are no text unchanged", async () => {
  const { stream, log, end } = pump("g1");
  stream.write(Buffer.from([0xff, 0xfe, 0x00, 0x1b, 0x0a]));
  await end();
  expect(Buffer.from(log.text(), "utf8").includes(Buffer.from([0x00, 0x1b, 0x0a]))).toBe(true);
});

it("lets other work in between the chunks of a flood", async () => {
  const { stream, log, end } = pump("g1");
  const lines = () => log.text().split("\n").length - 1;
  for (let chunk = 0; chunk < 20; chunk += 1) stream.write("line\n");
  let turns = 0;
  for (; lines() < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(turns).toBeGreaterThan(10);
  await end();
});

it("stops reading while the disk is behind, and goes on after it", async () => {
  const { stream, log, end } = pump("g1");
  const empty = log.fill();
  stream.write("first\n");
  await until(() => stream.isPaused(), { what: "the pause" });
  stream.write("second\n");
  expect(log.text()).toBe("g1 first\n");
  empty();
  await end();
  expect(log.text()).toBe("g1 first\ng1 second\n");
});

it("remembers the last lines that say anything, at most 20 and 64 KiB", () => {
  const tail = new Tail();
  tail.add(`${Array.from({ length: 30 }, (_, index) => `line ${index}`).join("\n\n")}\n`);
  expect(tail.lines()).toHaveLength(20);
  expect(tail.lines().at(-1)).toBe("line 29");
  for (let index = 0; index < 100; index += 1) tail.add(`${String(index).repeat(5_000)}\n`);
  expect(tail.lines().join("\n").length).toBeLessThanOrEqual(65_536);
  expect(tail.lines().at(-1)).toMatch(/^99/);
});
