import { randomBytes } from "node:crypto";

import { array, assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";

import { createRedactor } from "../../src/core/redact.ts";
import { Secret } from "../../src/core/secret.ts";

const KEY = 'Zx8/q+Lm=3~r!aB c"d';
const PEM = `-----BEGIN PRIVATE KEY-----\n${"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n".repeat(3)}-----END PRIVATE KEY-----`;

function redact(text: string, ...secrets: string[]): string {
  return createRedactor(secrets.map((value) => new Secret(value))).text(text);
}

/** Pushes `text` in pieces of the given sizes, then the rest. */
function inPieces(text: string, sizes: readonly number[], ...secrets: string[]): string {
  const stream = createRedactor(secrets.map((value) => new Secret(value))).stream();
  const bytes = Buffer.from(text);
  const out: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    out.push(stream.push(bytes.subarray(at, at + size)));
    at += size;
  }
  out.push(stream.push(bytes.subarray(at)), stream.end());
  return Buffer.concat(out).toString();
}

describe("exact values", () => {
  const forms: Record<string, string> = {
    plain: KEY,
    "JSON-escaped": JSON.stringify(KEY).slice(1, -1),
    "URL-encoded by JavaScript": encodeURIComponent(KEY),
    "URL-encoded by Python's quote": "Zx8/q%2BLm%3D3~r%21aB%20c%22d",
    "URL-encoded by a form": "Zx8%2Fq%2BLm%3D3~r%21aB+c%22d",
    "URL-encoded in lower case": "Zx8%2fq%2bLm%3d3~r%21aB%20c%22d",
  };
  for (const [name, form] of Object.entries(forms)) {
    it(`hides the ${name} form`, () => {
      expect(redact(`before<${form}>after`, KEY)).toBe("before<***>after");
    });
  }

  it("hides base64 at any alignment, with both alphabets", () => {
    for (const prefix of ["", "u", "us", "usr:"]) {
      const text = Buffer.from(`${prefix}${KEY}:tail`);
      for (const encoding of ["base64", "base64url"] as const) {
        const masked = redact(`Basic ${text.toString(encoding)}.`, KEY);
        expect(masked).toContain("***");
        const left = Buffer.from(masked.replaceAll("***", ""), "base64").toString("latin1");
        expect(left).not.toContain(KEY.slice(2, -2));
      }
    }
  });

  it("hides a key file as a whole and line by line", () => {
    expect(redact(`key: ${PEM}.`, PEM)).toBe("key: ***.");
    expect(redact(JSON.stringify({ key: PEM }), PEM)).toBe('{"key":"***"}');
    const [, line = ""] = PEM.split("\n");
    expect(redact(`| ${line} |`, PEM)).toBe("| *** |");
  });

  it("leaves values under 8 bytes alone, and all else byte for byte", () => {
    expect(redact("a port of 4000, no", "4000", "no")).toBe("a port of 4000, no");
    const bytes = Buffer.from([0, 255, 254, 10, 195, 40, 13, 27, 91, 109]);
    const stream = createRedactor([new Secret(KEY)]).stream();
    expect(Buffer.concat([stream.push(bytes), stream.end()])).toEqual(bytes);
  });

  it("hides values with other than ASCII characters", () => {
    expect(redact("<pässwörd-✓>", "pässwörd-✓")).toBe("<***>");
  });

  it("hides the longer of two that begin alike, and one that is added later in a stream under way", () => {
    expect(redact("abcdefgh1 abcdefgh", "abcdefgh", "abcdefgh1")).toBe("*** ***");
    const redactor = createRedactor();
    const stream = redactor.stream();
    expect(stream.push(Buffer.from("late-secret\n")).toString()).toBe("late-secret\n");
    redactor.add("late-secret");
    expect(stream.push(Buffer.from("late-secret\n")).toString()).toBe("***\n");
  });
});

describe("patterns", () => {
  const table: [string, string][] = [
    ["key=sk-proj-Abc_123456", "key=sk-***"],
    ["Authorization: Bearer abc.def-ghi123", "Authorization: Bearer ***"],
    ["token eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeKKF2Q!", "token ***!"],
    [`"AIza${"a".repeat(35)}"`, '"***"'],
    ["id AKIAIOSFODNN7EXAMPLE", "id ***"],
    ["postgres://user:pa%20ss@db:5432/x", "postgres://***@db:5432/x"],
    ["https://token@example.com/a@b", "https://***@example.com/a@b"],
  ];
  for (const [text, expected] of table) {
    it(`masks ${text.slice(0, 20)}`, () => expect(redact(text)).toBe(expected));
  }

  it("leaves what only resembles one", () => {
    const text =
      "disk-something-long risk-averse task https://example.com/a@b eyJ AKIA bearer of news";
    expect(redact(text)).toBe(text);
  });
});

describe("streams", () => {
  const text = [
    `start ${KEY} middle ${Buffer.from(`user:${KEY}`).toString("base64")}`,
    `Authorization: Bearer ${"t".repeat(40)} and sk-${"k".repeat(30)} done`,
    PEM,
    `{"url":"redis://me:pw-pw-pw@host/0","key":${JSON.stringify(PEM)}} end`,
  ].join("\n");
  const whole = redact(text, KEY, PEM);

  it("gives the same whatever the chunks are", () => {
    expect(whole).not.toContain("MIIEvQIB");
    assert(
      property(array(integer({ min: 0, max: 60 }), { maxLength: 80 }), (sizes) => {
        expect(inPieces(text, sizes, KEY, PEM)).toBe(whole);
      }),
      { numRuns: 300 },
    );
  });

  it("gives out finished lines at once", () => {
    const stream = createRedactor([new Secret(KEY)]).stream();
    expect(stream.push(Buffer.from("ready to serve\n")).toString()).toBe("ready to serve\n");
    expect(stream.push(Buffer.from("half a wo")).toString()).toBe("half a ");
    expect(stream.end().toString()).toBe("wo");
  });

  it("bounds what it keeps of an endless word", () => {
    const stream = createRedactor([new Secret(KEY)]).stream();
    let given = 0;
    for (let chunk = 0; chunk < 20; chunk += 1)
      given += stream.push(Buffer.alloc(65_536, 97)).length;
    expect(20 * 65_536 - given).toBeLessThanOrEqual(65_536);
  });

  it("passes 100 MB/s of log with 30 secrets", () => {
    const secrets = Array.from(
      { length: 30 },
      () => new Secret(randomBytes(24).toString("base64url")),
    );
    const line = `2026-01-01 10:00:00,000 - LiteLLM Router - INFO - acompletion(model=openai/gpt-4o) 200 OK id=8f2c\n`;
    const chunk = Buffer.from(line.repeat(700).slice(0, 65_536));
    let fastest = 0;
    for (let attempt = 0; attempt < 8 && fastest <= 100; attempt += 1) {
      const stream = createRedactor(secrets).stream();
      const started = process.cpuUsage();
      for (let count = 0; count < 160; count += 1) stream.push(chunk);
      const { user, system } = process.cpuUsage(started);
      fastest = Math.max(fastest, (160 * chunk.length) / (user + system));
    }
    expect(fastest).toBeGreaterThan(100);
  });
});
