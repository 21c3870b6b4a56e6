// Which test through the built program proves each rule of direct routes; a row without one fails here.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { REPOSITORY } from "./fixtures/built.ts";

type Proof = readonly [file: string, test: string];

const BAD: Proof = [
  "cli/direct-bad-config.test.ts",
  "is told about all of them at once, by `validate` and at a start alike",
];
const MIXED: Proof = [
  "e2e/direct.test.ts",
  "mixed Claude Code and OpenAI traffic never crosses over",
];
const TLS: Proof = [
  "cli/direct-network.test.ts",
  "L5 L6 L7 L8 own authorities, versions, ciphers, client certificates",
];
const PROXY: Proof = [
  "cli/direct-network.test.ts",
  "L9 L10 L11 tunnels, full URLs, TLS to the proxy, interception, no_proxy",
];
const URLS: Proof = [
  "cli/direct-requests.test.ts",
  "T6 L1 a base URL in every form gives the right paths, discovery included",
];
const MODELS: Proof = [
  "cli/direct-requests.test.ts",
  "T3 T4 L21 L22 T23 keys, scoped names, prefixes, endpoints, forms, presets",
];
const HEADERS: Proof = [
  "cli/direct-requests.test.ts",
  "T10 T11 T19 L13 fixed headers, the key's header, what a dialect does not know",
];
const CREDENTIALS: Proof = [
  "cli/direct-requests.test.ts",
  "L2 L14 L16 the order of credentials, and what provider data may bring",
];
const STREAMS: Proof = [
  "cli/direct-exchange.test.ts",
  "T21 bytes as they come: encoding kept, events one by one, back-pressure, abort",
];
const FAILURES: Proof = [
  "cli/direct-exchange.test.ts",
  "T18 T22 L12 L19 L20 failures and limits: status, code, request id, no second hit",
];
const LISTS: Proof = [
  "cli/direct-exchange.test.ts",
  "L3 L4 allowed_models and refresh_models at list, at call, at discovery",
];
const LLAMA: Proof = [
  "cli/direct-seeds.test.ts",
  "L17 L18 Llama Stack's spelling, references, and a provider that is off",
];
const TRACECAT: Proof = [
  "cli/direct-seeds.test.ts",
  "T1 T7 Tracecat's blocks: each agent's own base_url, one custom provider's key",
];
const VERBS: Proof = [
  "cli/direct-verbs.test.ts",
  "T9 T13 T14 prints JSON, takes effect without a restart, and keeps the file's comments",
];
const EDITS: Proof = [
  "cli/direct-live.test.ts",
  "take effect at the next request, and no stream is dropped",
];

const ROWS: Readonly<Record<string, readonly [Proof, ...Proof[]]>> = {
  T1: [TRACECAT, MIXED],
  T2: [MIXED],
  T3: [MODELS],
  T4: [MODELS, MIXED],
  T5: [MIXED],
  T6: [URLS, ["cli/route.test.ts", "T6 prints what a base URL gives"]],
  T7: [TRACECAT, MIXED],
  T8: [MIXED, HEADERS],
  T9: [VERBS],
  T10: [HEADERS, VERBS],
  T11: [HEADERS, VERBS],
  T12: [
    [
      "cli/provider.test.ts",
      "T12 tests providers: latency and models, or the reason and what to try",
    ],
  ],
  T13: [VERBS, ["cli/direct-live.test.ts", "gives a running instance the new list"]],
  T14: [VERBS, EDITS],
  T15: [["cli/direct-live.test.ts", "T15 the model that `env` gives may be a direct one"]],
  T16: [
    EDITS,
    [
      "cli/provider.test.ts",
      "T16 another host clears the key, unless told to keep it or given one",
    ],
  ],
  T17: [
    [
      "cli/direct-live.test.ts",
      "puts the gateway on a socket of the user's alone, and such a socket on a port",
    ],
  ],
  T18: [FAILURES],
  T19: [HEADERS, MIXED],
  T20: [MIXED, FAILURES],
  T21: [STREAMS],
  T22: [FAILURES],
  T23: [MODELS, ["cli/route.test.ts", "T23 presets have their address and need a key or none"]],
  L1: [URLS],
  L2: [CREDENTIALS],
  L3: [LISTS],
  L4: [LISTS],
  L5: [TLS],
  L6: [TLS],
  L7: [TLS],
  L8: [TLS],
  L9: [PROXY],
  L10: [PROXY],
  L11: [PROXY],
  L12: [FAILURES],
  L13: [HEADERS],
  L14: [CREDENTIALS],
  L15: [BAD],
  L16: [BAD],
  L17: [LLAMA, BAD],
  L18: [LLAMA, BAD],
  L19: [FAILURES],
  L20: [FAILURES],
  L21: [MODELS],
  L22: [MODELS],
};
/** A test reaches the built program through one of these. */
const BUILT = /from "(?:\.\.\/fixtures\/cli|\.\.\/e2e\/serve|\.\/serve)\.ts"/;

describe("the rules of direct routes", () => {
  const ids = (letter: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);

  it("each have a test", () => {
    expect(Object.keys(ROWS)).toEqual([...ids("T", 23), ...ids("L", 22)]);
  });

  it.each(Object.entries(ROWS))(
    "%s: its tests are there, and use the built program",
    async (_, proofs) => {
      for (const [file, name] of proofs) {
        const text = await readFile(join(REPOSITORY, "test", file), "utf8");
        expect(text.split(JSON.stringify(name)).length - 1, `${file}: ${name}`).toBe(1);
        expect(text).toMatch(BUILT);
      }
    },
  );
});
