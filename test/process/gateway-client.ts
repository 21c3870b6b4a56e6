// Clients of the gateway for tests: one on node:http that keeps raw bytes, one on a bare socket.
import type { IncomingMessage, RequestOptions } from "node:http";
import { request as httpRequest } from "node:http";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { onTestFinished } from "vitest";

import { until } from "../fixtures/poll.ts";
import { WORKER_KEY } from "./gateway-rig.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface Question extends RequestOptions {
  readonly body?: string | Buffer;
  /** null: none. */
  readonly key?: string | null;
}

/** POST /v1/chat/completions as JSON, unless told otherwise. Rejects when the answer is cut. */
export async function ask(port: number, question: Question = {}): Promise<Answer> {
  const response = await open(port, question);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks),
  };
}

/** As `ask`, with the answer's body still to come. */
export function open(port: number, question: Question = {}): Promise<IncomingMessage> {
  const { body, key = WORKER_KEY, headers, ...rest } = question;
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: "127.0.0.1",
      port,
      method: "POST",
      path: "/v1/chat/completions",
      agent: false,
      headers: {
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(headers as Record<string, string>),
      },
      ...rest,
    });
    request.on("response", resolve).on("error", reject);
    request.end(body);
  });
}

export interface RawClient {
  readonly socket: Socket;
  /** All that came so far, as latin1. */
  text(): string;
  /** Waits until what came matches. */
  expect(pattern: RegExp, deadlineMs?: number): Promise<string>;
  /** Waits for the end of the connection; gives all that came. */
  closed(deadlineMs?: number): Promise<string>;
}

export async function openRaw(port: number, bytes: string | Buffer = ""): Promise<RawClient> {
  const chunks: Buffer[] = [];
  let isClosed = false;
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket
    .on("data", (chunk: Buffer) => chunks.push(chunk))
    .on("error", () => undefined)
    .on("close", () => {
      isClosed = true;
    });
  await new Promise<void>((resolve) => {
    socket.once("connect", resolve);
  });
  if (bytes.length > 0) socket.write(bytes, "latin1");
  const text = (): string => Buffer.concat(chunks).toString("latin1");
  return {
    socket,
    text,
    async expect(pattern, deadlineMs = 5_000) {
      await until(() => pattern.test(text()), { what: `bytes like ${pattern}`, deadlineMs });
      return text();
    },
    async closed(deadlineMs = 5_000) {
      await until(() => isClosed, { what: "the connection's end", deadlineMs });
      return text();
    },
  };
}

/** A request's bytes with Host and key; `lines` are further header lines. */
export function rawRequest(
  port: number,
  start: string,
  lines: readonly string[] = [],
  body = "",
): string {
  const head = [`Host: 127.0.0.1:${port}`, `Authorization: Bearer ${WORKER_KEY}`, ...lines];
  return `${start} HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n${body}`;
}
