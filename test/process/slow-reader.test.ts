// A client that reads a large stream at 1 KB a second (F87): nobody keeps for it what it does not take.
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { expect, it } from "vitest";

import type { Address } from "../e2e/serve.ts";
import { awaitServed, chat } from "../e2e/serve.ts";
import { until } from "../fixtures/poll.ts";
import { ROUNDS } from "../fixtures/rounds.ts";
import { useInstances } from "../fixtures/use-instances.ts";

const CHUNK_BYTES = 64 * 1024;
const CHUNKS = 1_600;
/** What a chunk is filled up with; nothing else of the answer has it. */
const FILLING = "~".charCodeAt(0);
const SIP_BYTES = 1_024;
const SIP_MS = 1_000;
const SIPS = ROUNDS >= 200 ? 60 : 4;
/** Half of the stream: what keeps it all is far above, a process's ordinary growth far below. */
const MOST_GROWTH = (CHUNKS * CHUNK_BYTES) / 2;

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** A stream's reader that takes one sip at a time, and all the rest at once in the end. */
function openStream({ url, key }: Address, fake: object) {
  const body = JSON.stringify({ model: "m", stream: true, fake });
  const { port, host } = new URL(url);
  const read = { bytes: 0, filling: 0, tail: "" };
  let isSipping = true;
  const socket = connect({
    host: "127.0.0.1",
    port: Number(port),
    onread: {
      buffer: Buffer.alloc(SIP_BYTES),
      callback: (size, buffer) => {
        const part = Buffer.from(buffer.subarray(0, size));
        read.bytes += size;
        for (const byte of part) if (byte === FILLING) read.filling += 1;
        read.tail = (read.tail + part.toString("latin1")).slice(-100);
        return !isSipping;
      },
    },
  });
  const head = [`POST /v1/chat/completions HTTP/1.1`, `Host: ${host}`, "Connection: close"];
  const more = [`Authorization: Bearer ${key}`, `Content-Length: ${body.length}`];
  socket.write(
    `${[...head, ...more, "Content-Type: application/json"].join("\r\n")}\r\n\r\n${body}`,
  );
  const ended = new Promise<void>((resolve, reject) => {
    socket.once("close", () => resolve()).once("error", reject);
  });
  return {
    read,
    sip: () => void socket.resume(),
    readAll: async () => {
      isSipping = false;
      socket.resume();
      await ended;
    },
  };
}

const timeout = SIPS * SIP_MS * 2 + 60_000;

it("costs no memory, delays nobody and gets every byte in the end", { timeout }, async () => {
  const { start, proxied, live } = await useInstances();
  const served = await awaitServed(start(["proxy", "start", ...proxied]));
  expect((await chat(served, "m")).status).toBe(200);
  const generation = (await live("default")).proxy?.generations[0]?.pid ?? 0;
  const pids = [served.cli.pid, generation];
  const before = await Promise.all(pids.map(residentBytes));

  const stream = openStream(served, { chunks: CHUNKS, chunk_bytes: CHUNK_BYTES });
  await until(() => stream.read.bytes > 0, { what: "the stream's beginning" });
  for (let sip = 0; sip < SIPS; sip += 1) {
    await delay(SIP_MS); // how slowly it reads
    stream.sip();
    const now = await Promise.all(pids.map(residentBytes));
    const growth = now.map((bytes, at) => bytes - (before[at] ?? 0));
    expect(Math.max(...growth), `bytes after ${sip + 1} s`).toBeLessThan(MOST_GROWTH);
    expect((await chat(served, "m")).status).toBe(200);
  }
  expect(stream.read.bytes).toBeLessThanOrEqual((SIPS + 1) * SIP_BYTES);

  await stream.readAll();
  const numbers = Array.from({ length: CHUNKS }, (_, index) => `${index} `.length);
  const filling = numbers.reduce((sum, length) => sum + CHUNK_BYTES - length, 0);
  expect(stream.read.filling).toBe(filling);
  expect(stream.read.tail).toMatch(/data: \[DONE\]\n\n\r\n0\r\n\r\n$/);
  await served.cli.stop();
});
