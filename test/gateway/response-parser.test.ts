import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { ResponseHead } from "../../src/core/upstream.ts";
import { MalformedResponse, ResponseParser } from "../../src/gateway/response-parser.ts";

interface Seen {
  readonly heads: ResponseHead[];
  body: string;
  done: boolean[];
  rest: string;
}

function parse(text: string, options: { sizes?: readonly number[]; isHead?: boolean } = {}) {
  const { sizes = [100_000], isHead = false } = options;
  const seen: Seen = { heads: [], body: "", done: [], rest: "" };
  const parser = new ResponseParser({
    head: (head) => seen.heads.push(head),
    data: (chunk) => {
      seen.body += chunk.toString("latin1");
    },
    done: (reusable, rest) => {
      seen.done.push(reusable);
      seen.rest = rest.toString("latin1");
    },
  });
  parser.start(isHead);
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    parser.push(bytes.subarray(at, at + size));
    at += size;
  }
  return { ...seen, parser };
}

const ok = (lines: readonly string[], body = "") =>
  `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n${body}`;

describe("where the body ends", () => {
  it.each([
    ["by its length", ok(["content-length: 5"], "hello"), "hello", true],
    ["with nothing", ok(["content-length: 0"]), "", true],
    [
      "in chunks",
      ok(["Transfer-Encoding: chunked"], "5\r\nhello\r\n1;x=y\r\n!\r\n0\r\n\r\n"),
      "hello!",
      true,
    ],
    [
      "with trailers",
      ok(["transfer-encoding: chunked"], "0A\r\n0123456789\r\n0\r\na: b\r\n\r\n"),
      "0123456789",
      true,
    ],
    ["and the connection too", ok(["content-length: 2", "connection: close"], "ok"), "ok", false],
    ["of HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok", false],
    ["without content", "HTTP/1.1 204 No Content\r\n\r\n", "", true],
    ["unmodified", "HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n", "", true],
    [
      "behind an interim answer",
      `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${ok(["content-length: 1"], "x")}`,
      "x",
      true,
    ],
  ])("%s", (_, text, body, reusable) => {
    for (const sizes of [[100_000], [1], [3, 7], [64]]) {
      const seen = parse(text, { sizes });
      expect([seen.body, seen.done, seen.heads.length]).toEqual([body, [reusable], 1]);
    }
  });

  it("for a HEAD request", () => {
    const seen = parse(ok(["content-length: 500"]), { isHead: true });
    expect([seen.body, seen.done]).toEqual(["", [true]]);
  });

  it("at the connection's end, when nothing else says", () => {
    const seen = parse(ok(["x: y"], "all of it"));
    expect([seen.body, seen.done]).toEqual(["all of it", []]);
    expect(seen.parser.end()).toBe(true);
  });

  it("nowhere, when the connection ends early", () => {
    expect(parse(ok(["content-length: 5"], "hell")).parser.end()).toBe(false);
    expect(parse(ok(["transfer-encoding: chunked"], "5\r\nhello\r\n")).parser.end()).toBe(false);
    expect(parse("HTTP/1.1 200").parser.end()).toBe(false);
  });
});

it("keeps headers as they came", () => {
  const { heads } = parse(
    ok(["X-One: 1", "x-one:2", "Empty:", "Latin: \u00e9", "content-length: 0"]),
  );
  expect(heads[0]).toEqual({
    status: 200,
    headers: ["X-One", "1", "x-one", "2", "Empty", "", "Latin", "\u00e9", "content-length", "0"],
  });
});

it("hands over what follows a protocol switch", () => {
  const seen = parse("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n\u0081early");
  expect([seen.heads[0]?.status, seen.rest, seen.done]).toEqual([101, "\u0081early", [false]]);
});

describe("refuses", () => {
  it.each([
    ["another protocol", "HTTP/2 200\r\n\r\n"],
    ["no protocol", "hello\r\n\r\n"],
    ["a folded line", ok([" x: y"])],
    ["a line without colon", ok(["nothing"])],
    ["two lengths", ok(["content-length: 1", "content-length: 1"])],
    ["a bad length", ok(["content-length: 1x"])],
    ["a length and chunks", ok(["content-length: 1", "transfer-encoding: chunked"])],
    ["another coding", ok(["transfer-encoding: gzip, chunked"])],
    ["a bad chunk size", ok(["transfer-encoding: chunked"], "x\r\n")],
    ["a huge chunk size", ok(["transfer-encoding: chunked"], "fffffffffffffffff\r\n")],
    ["a chunk longer than its size", ok(["transfer-encoding: chunked"], "1\r\nab\r\n")],
    ["a bare line feed", ok(["transfer-encoding: chunked"], "1\nab\r\n")],
    ["an endless size line", ok(["transfer-encoding: chunked"], "1;".padEnd(5_000, "x"))],
    ["an endless head", `HTTP/1.1 200 OK\r\nx: ${"y".repeat(70_000)}`],
    ["bytes behind the response", ok(["content-length: 1"], "ab")],
  ])("%s", (_, text) => {
    for (const sizes of [[100_000], [1_000], [1]]) {
      expect(() => parse(text, { sizes })).toThrow(MalformedResponse);
    }
  });
});

it("gives the same body however its bytes are cut", () => {
  const part = fc.string({ unit: "binary", minLength: 1, maxLength: 50 });
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), sizes, (parts, cuts) => {
      const chunks = parts.map((text) => Buffer.from(text, "utf8").toString("latin1"));
      const framed = chunks.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join("");
      const text = ok(["transfer-encoding: chunked"], `${framed}0\r\n\r\n`);
      const seen = parse(text, { sizes: cuts });
      expect([seen.body, seen.done]).toEqual([chunks.join(""), [true]]);
    }),
    { numRuns: 300 },
  );
});

it("says nothing more once it is stopped", () => {
  let bytes = 0;
  const parser = new ResponseParser({
    head: () => parser.stop(),
    data: (chunk) => {
      bytes += chunk.length;
    },
    done: () => {
      bytes += 1;
    },
  });
  parser.start(false);
  parser.push(Buffer.from(ok(["content-length: 5"], "hello")));
  expect(bytes).toBe(0);
});
