import { once } from "node:events";
import { Readable } from "node:stream";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RequestBody } from "../../../src/core/upstream.ts";
import { FormScan, readBoundary } from "../../../src/gateway/direct/form-scan.ts";
import { findModelSpan, peekModelSpan } from "../../../src/gateway/direct/model-span.ts";
import { formModel, jsonModel, spliceModel } from "../../../src/gateway/direct/model-splice.ts";
import { readPathModel } from "../../../src/gateway/direct/path-model.ts";

async function collect(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function text(body: RequestBody): string {
  if (!Buffer.isBuffer(body)) throw new Error("not a whole body");
  return body.toString();
}

/** `bytes` in pieces that end at the given offsets. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const edges = [
    0,
    ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

describe("T4 L21 the model in a JSON body", () => {
  const body =
    '{"a":"model","model" : "child-alias::agent::analyst", "messages":[{"model":"x"}], "é":1.0e5}';
  const value = '"child-alias::agent::analyst"';
  const start = Buffer.byteLength(body.slice(0, body.indexOf(value)));
  const span = { start, end: start + value.length };
  const expected = body.replace(value, '"child-alias"');

  it("changes the bytes of the value alone", () => {
    const spliced = spliceModel(Buffer.from(body), span, jsonModel("child-alias"));
    expect(text(spliced.body)).toBe(expected);
    expect(Buffer.byteLength(body) + spliced.change).toBe(Buffer.byteLength(expected));
  });

  it("escapes what JSON must escape", () => {
    const spliced = spliceModel(Buffer.from(body), span, jsonModel('a"b\\é'));
    expect(JSON.parse(text(spliced.body))).toMatchObject({ model: 'a"b\\é' });
  });

  it("does the same to a stream, wherever it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(200), { maxLength: 6 }), async (cuts) => {
        const stream = Readable.from(
          pieces(Buffer.from(body), cuts).filter((piece) => piece.length > 0),
        );
        const spliced = spliceModel(stream, span, jsonModel("child-alias"));
        if (!(spliced.body instanceof Readable)) throw new Error("no stream");
        expect((await collect(spliced.body)).toString()).toBe(expected);
      }),
    );
  });

  it("passes the failure of the client's stream on", async () => {
    const stream = new Readable({ read: () => {} });
    const { body: spliced } = spliceModel(stream, span, jsonModel("m"));
    stream.destroy(new Error("gone"));
    await expect(
      collect(spliced instanceof Readable ? spliced : Readable.from([])),
    ).rejects.toThrow("gone");
  });
});

function written(members: readonly (readonly [string, string])[]): string[] {
  return members.map(([key, json]) => `${JSON.stringify(key)} :${json}`);
}

describe("where the model stands", () => {
  const value = fc.json().map((json) => JSON.stringify(JSON.parse(json)));
  const member = fc.tuple(fc.string(), value).filter(([key]) => key !== "model");
  const model = fc.string().map((name) => JSON.stringify(name));

  it("is found in any object, and only at its top level", () => {
    fc.assert(
      fc.property(fc.array(member), model, fc.array(member), (before, name, after) => {
        const parts = [...written(before), `"model": ${name}`, ...written(after)];
        const json = Buffer.from(`\r\n{ ${parts.join(" , ")} }`);
        const span = findModelSpan(json);
        expect(span && json.toString("utf8", span.start, span.end)).toBe(name);
        const without = Buffer.from(`{${written(before).join(",")}}`);
        expect(findModelSpan(without)).toBeNull();
      }),
    );
  });

  it.each(['"mod\\u0065l"', '"\\u006dodel"'])("its key may be written as %s", (key) => {
    const json = Buffer.from(`{"x":{"model":1},${key}:"m"}`);
    const span = findModelSpan(json);
    expect(span && json.toString("utf8", span.start, span.end)).toBe('"m"');
  });

  it.each([
    '{"model":5}',
    '{"model":null}',
    '{"a":1}',
    '{"model":"unfin',
    '["model","x"]',
    '{"a":"model"}',
    "",
  ])("%s has none", (json) => {
    expect(findModelSpan(Buffer.from(json))).toBeNull();
  });

  it("is found in what a stream holds already, which stays in it", async () => {
    const json = `{"pad":"${"x".repeat(70_000)}","model":"m","rest":"${"y".repeat(70_000)}"}`;
    const stream = Readable.from(pieces(Buffer.from(json), [10_000, 20_000, 60_000]), {
      objectMode: false,
    });
    await once(stream, "readable");
    const span = peekModelSpan(stream);
    const whole = (await collect(stream)).toString();
    expect(whole).toBe(json);
    expect(span && whole.slice(span.start, span.end)).toBe('"m"');
  });
});

describe("the model in a multipart form", () => {
  const file = Buffer.concat([
    Buffer.from([0, 255, 13, 10, 45, 45]),
    Buffer.from('name="model"\r\n--bX\r\n'),
    Buffer.alloc(5000, 7),
  ]);
  function form(model: string, order: "first" | "last"): Buffer {
    const field = `--b1\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n`;
    const head =
      '--b1\r\nContent-Disposition: form-data; name="file"; filename="model"\r\nContent-Type: a/b\r\n\r\n';
    const upload = Buffer.concat([Buffer.from(head), file, Buffer.from("\r\n")]);
    const parts = order === "first" ? [Buffer.from(field), upload] : [upload, Buffer.from(field)];
    return Buffer.concat([...parts, Buffer.from("--b1--\r\n")]);
  }

  it.each(["first", "last"] as const)(
    "is found %s, wherever the bytes are cut, and can be replaced",
    (order) => {
      const whole = form("child-alias::agent::a", order);
      fc.assert(
        fc.property(fc.array(fc.nat(6000), { maxLength: 8 }), (cuts) => {
          const scan = new FormScan("b1");
          for (const piece of pieces(whole, cuts)) scan.push(piece);
          expect(scan.model).toBe("child-alias::agent::a");
          expect(scan.settled).toBe(true);
          if (scan.span === null) throw new Error("no span");
          const { body } = spliceModel(whole, scan.span, formModel("child-alias"));
          expect(body).toEqual(form("child-alias", order));
        }),
      );
    },
  );

  it("byte by byte", () => {
    const scan = new FormScan("b1");
    for (const byte of form("m", "last")) scan.push(Buffer.of(byte));
    expect(scan.model).toBe("m");
  });

  it.each([
    ["an empty one", form("", "first"), ""],
    [
      "none",
      Buffer.from("--b1\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--b1--\r\n"),
      null,
    ],
    [
      "one without quotes",
      Buffer.from("--b1\r\ncontent-disposition: form-data; name=model\r\n\r\nm\r\n--b1--"),
      "m",
    ],
    ["a too long one", form("x".repeat(2000), "first"), null],
    ["another boundary", form("m", "first").subarray(0, 0), null],
  ])("%s", (_, body, expected) => {
    const scan = new FormScan("b1");
    scan.push(body);
    expect(scan.model).toBe(expected);
  });

  it.each([
    ["multipart/form-data; boundary=abc", "abc"],
    ['multipart/form-data; charset=x; Boundary="a b"', "a b"],
    ["multipart/form-data", null],
  ])("%s has the boundary %s", (type, expected) => {
    expect(readBoundary(type)).toBe(expected);
  });
});

describe("the model in a path", () => {
  it.each([
    [
      "/openai/deployments/gpt-4o/chat/completions",
      "gpt-4o",
      "/openai/deployments/x%20y/chat/completions",
    ],
    ["/openai/deployments/p/gpt-4o/embeddings", "p/gpt-4o", "/openai/deployments/x%20y/embeddings"],
    ["/v1beta/models/gemini-2:generateContent", "gemini-2", "/v1beta/models/x%20y:generateContent"],
    [
      "/v1beta/models/p%2Fg:streamGenerateContent",
      "p/g",
      "/v1beta/models/x%20y:streamGenerateContent",
    ],
    ["/models/g:countTokens", "g", "/models/x%20y:countTokens"],
  ])("%s names %s", (path, model, replaced) => {
    const found = readPathModel(path);
    expect(found?.model).toBe(model);
    expect(found?.replace("x y")).toBe(replaced);
  });

  it.each([
    "/v1/chat/completions",
    "/v1/models/gpt-4o",
    "/v1beta/models",
    "/openai/deployments/%zz/completions",
  ])("%s names none", (path) => {
    expect(readPathModel(path)).toBeNull();
  });
});
