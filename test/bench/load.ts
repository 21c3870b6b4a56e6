// The load generator, a process of its own: sends JSON bodies over kept-alive connections and checks every answer.
import { randomBytes } from "node:crypto";
import type { NetConnectOpts, Socket } from "node:net";
import { connect } from "node:net";

import type { Message } from "./http-reader.ts";
import { createReader } from "./http-reader.ts";
import type { LoadOrder, LoadResult } from "./load-order.ts";
import { percentile } from "./statistics.ts";

const PATH = "/v1/chat/completions";
/** What a request may take before it counts as lost, ms. */
const LOST_AFTER = 10_000;

process.on("message", (order: LoadOrder) => {
  void run(order).then((result) => process.send?.(result));
});
process.on("disconnect", () => process.exit());

async function run(order: LoadOrder): Promise<LoadResult> {
  const latencies: number[] = [];
  const wrong: string[] = [];
  let left = order.requests;
  const started = performance.now();
  const client = async (): Promise<void> => {
    let ask = openConnection(order.target);
    while (left > 0) {
      left -= 1;
      const body = makeBody(left, order);
      const from = performance.now();
      try {
        checkAnswer(await ask(render(order, body)), body, order);
        latencies.push(performance.now() - from);
      } catch (error) {
        wrong.push(String(error));
        ask = openConnection(order.target);
      }
    }
  };
  await Promise.all(Array.from({ length: order.clients }, client));
  return {
    seconds: (performance.now() - started) / 1000,
    answered: latencies.length,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    wrong: wrong.length,
    firstWrong: wrong[0] ?? null,
  };
}

type Ask = (request: Buffer) => Promise<Message>;

function openConnection(target: NetConnectOpts): Ask {
  let settle: { resolve(message: Message): void; reject(error: Error): void } | null = null;
  const socket: Socket = connect(target);
  socket.setNoDelay(true);
  socket.on(
    "data",
    createReader((message) => settle?.resolve(message)),
  );
  socket.on("error", (error) => settle?.reject(error));
  socket.on("close", () => settle?.reject(new Error("closed without an answer")));
  socket.setTimeout(LOST_AFTER, () => socket.destroy(new Error("no answer in time")));
  return (request) =>
    new Promise((resolve, reject) => {
      settle = { resolve, reject };
      if (socket.destroyed) reject(new Error("the connection was closed"));
      socket.write(request);
    });
}

function makeBody(id: number, { mixedSizes, bytes: all = 75 }: LoadOrder): Buffer {
  // 0 to 48 KiB of text, most of it small; 100 bytes when all are alike.
  const bytes = mixedSizes ? (id % 10 === 0 ? 36_000 : id % 997) : all;
  const content = randomBytes(bytes).toString("base64");
  return Buffer.from(JSON.stringify({ model: "bench", id, messages: [{ role: "user", content }] }));
}

function render({ key, host, path = PATH, headers = [] }: LoadOrder, body: Buffer): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: ${host}`,
    `authorization: Bearer ${key}`,
    "content-type: application/json",
    `content-length: ${body.length}`,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}

function checkAnswer({ head, body: answer }: Message, body: Buffer, order: LoadOrder): void {
  if (!head.startsWith("HTTP/1.1 200 "))
    throw new Error(`${head.split("\r\n")[0]} ${answer.toString()}`);
  if (order.answer !== undefined) {
    if (!answer.includes(order.answer)) throw new Error(`another answer: ${answer.toString()}`);
    return;
  }
  if (order.expects === "success") return;
  if (!/^x-request-line: POST \/v1\/chat\/completions HTTP\/1\.1\r?$/im.test(head)) {
    throw new Error(`another request line in ${head}`);
  }
  if (!answer.equals(body)) throw new Error(`${answer.length} bytes came back for ${body.length}`);
}
