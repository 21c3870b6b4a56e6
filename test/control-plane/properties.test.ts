import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAnswer } from "../../src/control-plane/parse-answer.ts";
import { isReference } from "../../src/control-plane/shape.ts";
import { UserError } from "../../src/core/errors.ts";
import { matchesHost } from "../../src/core/host-pattern.ts";
import { guard } from "./guarded.ts";

const ENV = { OPENAI_API_KEY: "sk-1", AZURE_API_KEY: "a", LANGFUSE_SECRET_KEY: "l", SECRET: "s" };
const EVIL = "evil.example";
const HOSTILE = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "include",
  "environment_variables",
];
const KNOWN = (
  "model_list model_name litellm_params model_info model api_base api_key api_version rpm router_settings " +
  "routing_strategy fallbacks model_group_alias litellm_settings callbacks success_callback drop_params " +
  "LANGFUSE_HOST LANGFUSE_SECRET_KEY LD_PRELOAD base_url id mode custom_auth"
).split(" ");
const TEXTS = [
  "openai/gpt-4",
  "ollama/x",
  "azure/x",
  "gpt-4",
  "least-busy",
  "langfuse",
  "evil.handler",
  `https://${EVIL}/v1`,
  "https://api.openai.com/v1",
  "http://127.0.0.1:1",
  "os.environ/OPENAI_API_KEY",
  "os.environ/SECRET",
  "env:SECRET",
  "${env.SECRET}",
  "sk-literal-0123456789",
  "/etc/passwd",
  "s3://b/m.py",
  "",
];

const scalar = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...TEXTS) },
  fc.string(),
  fc.boolean(),
  fc.double(),
  fc.constant(null),
);
const key = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...KNOWN) },
  fc.constantFrom(...HOSTILE),
  fc.string(),
);

const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.array(fc.tuple(key, tie("tree")), { maxLength: 4 }).map(toJsonObject),
  ),
}));

/** Nearly right, so that the fuzz reaches the inner checks. */
const config = fc.record(
  {
    model_list: fc.array(
      fc.record(
        {
          model_name: fc.constantFrom("a", "b"),
          litellm_params: fc.record(
            {
              model: fc.constantFrom(
                "openai/gpt-4",
                "azure/x",
                "ollama/x",
                "groq/x",
                "hosted_vllm/x",
              ),
              api_base: fc.oneof(fc.constantFrom(...TEXTS), fc.webUrl(), fc.constant(null)),
              api_key: fc.constantFrom(...TEXTS, null),
              rpm: fc.oneof(fc.nat(), scalar),
            },
            { requiredKeys: ["model"] },
          ),
        },
        { requiredKeys: ["model_name", "litellm_params"] },
      ),
      { maxLength: 3 },
    ),
    litellm_settings: fc.record(
      {
        callbacks: fc.array(fc.constantFrom("langfuse", "prometheus", "evil.x"), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
    environment_variables: fc.dictionary(
      fc.constantFrom("LANGFUSE_HOST", "LANGFUSE_SECRET_KEY", "LANGFUSE_PUBLIC_KEY", "LD_PRELOAD"),
      fc.constantFrom(...TEXTS),
      { maxKeys: 2 },
    ),
  },
  { requiredKeys: [] },
);

describe("any settings", () => {
  it("pass or are refused with exit 4 or 8, and pollute nothing", () => {
    fc.assert(
      fc.property(fc.oneof(tree, config), (value) => {
        const error = guard(value, ENV);
        const problems = error?.problems ?? [];
        expect(error?.exitCode ?? 0).toBeOneOf([0, 4, 8]);
        expect(problems.every(({ message, place }) => message !== "" && place)).toBe(true);
        expect(Object.keys(Object.prototype)).toEqual([]);
        expect(Reflect.get({}, "polluted")).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it("that pass send no key to a stranger and read no variable but a provider's", () => {
    let passed = 0;
    fc.assert(
      fc.property(config, (value) => {
        if (guard(value, ENV)) return;
        passed += 1;
        const plain: {
          model_list?: { litellm_params: { api_base?: string | null; api_key?: string | null } }[];
          environment_variables?: Record<string, string>;
        } = JSON.parse(JSON.stringify(value));
        for (const {
          litellm_params: { api_base, api_key },
        } of plain.model_list ?? []) {
          const isForeign = typeof api_base === "string" && matchesHost(new URL(api_base), [EVIL]);
          expect(isForeign && typeof api_key === "string").toBe(false);
          expect(api_key ?? "os.environ/OPENAI_API_KEY").toMatch(/OPENAI_API_KEY$/);
          expect(isReference(api_base ?? "")).toBe(false);
        }
        expect(
          Object.keys(plain.environment_variables ?? {}).filter(
            (name) => !name.startsWith("LANGFUSE_"),
          ),
        ).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
    expect(passed).toBeGreaterThan(20);
  });
});

describe("any bytes", () => {
  it("are an answer or exit 4 or 8", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
      fc.json().map((text) => Buffer.from(text)),
      fc.json().map((text) => Buffer.from(`{"settings":${text}}`)),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        expect(codeOf(body)).toBeOneOf([0, 4, 8]);
      }),
      { numRuns: 2_000 },
    );
  });
});

function codeOf(body: Buffer): number {
  try {
    parseAnswer(body, { source: "q" });
    return 0;
  } catch (error) {
    if (error instanceof UserError) return error.exitCode;
    throw error;
  }
}

/** With own keys, whatever they are called. */
function toJsonObject(entries: readonly [string, unknown][]): unknown {
  return JSON.parse(
    `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value) ?? "null"}`).join(",")}}`,
  );
}
