import { describe, expect, it } from "vitest";
import { guardConfig } from "../../src/control-plane/guard.ts";
import { parseAnswer } from "../../src/control-plane/parse-answer.ts";
import { UserError } from "../../src/core/errors.ts";

const place = { source: "queue q" };

function parse(value: unknown) {
  return parseAnswer(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)), place);
}

function fail(value: unknown): UserError {
  try {
    const { settings } = parse(value);
    guardConfig(settings["litellm_config"], { trustedHosts: [], judge: () => null, place });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("it was expected to fail");
}

describe("the answer", () => {
  it("may have no settings, and keys for others", () => {
    const answer = { queue_id: "q", recommended_package_version: "1.82.8", config_version: 7 };
    expect(parse(answer)).toEqual({ status: null, version: "7", settings: {} });
    expect(parse({ ...answer, settings: null }).settings).toEqual({});
    const nulls = { enable_local_litellm_proxy: null, litellm_config: null };
    expect(parse({ settings: nulls }).settings).toEqual({});
  });

  it.each<readonly [unknown, string]>([
    [{ settings: [] }, "/settings"],
    [{ settings: "x" }, "/settings"],
    [{ status: {} }, "/status"],
    [{ config_version: [1] }, "/config_version"],
    [{ settings: { enable_local_litellm_proxy: "true" } }, "/settings/enable_local_litellm_proxy"],
    [{ settings: { enable_local_litellm_proxy: 1 } }, "/settings/enable_local_litellm_proxy"],
    [{ settings: { litellm_config: "{}" } }, "/settings/litellm_config"],
    [{ settings: { litellm_config: [] } }, "/settings/litellm_config"],
    ...["10", 0, -1, 1e9, true].map(
      (value) =>
        [
          { settings: { local_proxy_timeout_seconds: value } },
          "/settings/local_proxy_timeout_seconds",
        ] as const,
    ),
    ...["3", -1, 1.5, 1e9, {}].map(
      (value) =>
        [
          { settings: { local_proxy_max_retries: value } },
          "/settings/local_proxy_max_retries",
        ] as const,
    ),
    ['{"settings":{"local_proxy_timeout_seconds":1e400}}', "/settings/local_proxy_timeout_seconds"],
  ])("%j is exit 4 at %s", (answer, pointer) => {
    const error = fail(answer);
    expect(error.exitCode).toBe(4);
    expect(error.problems.map(({ path }) => path)).toEqual([pointer]);
    expect(error.problems[0]?.remedy).toBeDefined();
  });

  it.each(['{"settings":{"local_proxy_timeout_seconds":NaN}}', "[]", "null", "1", '"x"', "{", ""])(
    "%s is exit 4",
    (text) => {
      expect(fail(text).exitCode).toBe(4);
    },
  );

  it("names every fault of the settings at once", () => {
    const settings = { enable_local_litellm_proxy: "yes", local_proxy_max_retries: "3" };
    expect(fail({ settings }).problems.length).toBe(2);
  });

  it("refuses a setting that is not known, with the near one", () => {
    const error = fail({ settings: { enable_local_litelm_proxy: true } });
    expect(error.exitCode).toBe(8);
    expect(error.problems).toMatchObject([
      {
        path: "settings.enable_local_litelm_proxy",
        remedy: "did you mean enable_local_litellm_proxy?",
      },
    ]);
  });
});

describe("a LiteLLM config that makes no sense", () => {
  it.each([
    [{ model_list: {} }, "/model_list"],
    [{ model_list: ["x"] }, "/model_list/0"],
    [{ model_list: [{ model_name: "a" }] }, "/model_list/0/litellm_params"],
    [{ model_list: [{ litellm_params: { model: "a" } }] }, "/model_list/0/model_name"],
    [
      { model_list: [{ model_name: "a", litellm_params: {} }] },
      "/model_list/0/litellm_params/model",
    ],
    [
      { model_list: [{ model_name: 1, litellm_params: { model: "a" } }] },
      "/model_list/0/model_name",
    ],
    [
      { model_list: [{ model_name: "a\u0000", litellm_params: { model: "a" } }] },
      "/model_list/0/model_name",
    ],
    [
      { model_list: [{ model_name: "a", litellm_params: { model: "a", rpm: "60" } }] },
      "/model_list/0/litellm_params/rpm",
    ],
    [
      { model_list: [{ model_name: "a", litellm_params: { model: "a b" } }] },
      "/model_list/0/litellm_params/model",
    ],
    [
      {
        model_list: [
          { model_name: "a", litellm_params: { model: "huggingface/https://evil.example" } },
        ],
      },
      "/model_list/0/litellm_params/model",
    ],
    [{ router_settings: [] }, "/router_settings"],
    [{ router_settings: { routing_strategy: "fastest" } }, "/router_settings/routing_strategy"],
    [{ router_settings: { fallbacks: { a: ["b"] } } }, "/router_settings/fallbacks"],
    [{ router_settings: { fallbacks: [{ a: "b" }] } }, "/router_settings/fallbacks/0/a"],
    [
      { router_settings: { fallbacks: [{ a: [{ model: "b" }] }] } },
      "/router_settings/fallbacks/0/a/0",
    ],
    [{ litellm_settings: { drop_params: "true" } }, "/litellm_settings/drop_params"],
    [{ litellm_settings: { callbacks: [{}] } }, "/litellm_settings/callbacks/0"],
    [{ environment_variables: ["A=b"] }, "/environment_variables"],
  ])("%j is exit 4 at %s", (config, pointer) => {
    const error = fail({ settings: { litellm_config: config } });
    expect(error.problems.map(({ path }) => path)).toEqual([`/settings/litellm_config${pointer}`]);
    expect(error.exitCode).toBe(4);
  });

  it("is exit 8 where it also has what is refused", () => {
    const config = { model_list: {}, include: ["/etc/passwd"] };
    const error = fail({ settings: { litellm_config: config } });
    expect(error.exitCode).toBe(8);
    expect(error.problems.length).toBe(2);
  });
});

describe("S23: names of prototypes", () => {
  it.each([
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "__defineGetter__",
  ])("%s is refused wherever it stands", (name) => {
    const evil = `{"${name}":{"polluted":true}}`;
    const answers = [
      evil,
      `{"settings":${evil}}`,
      `{"settings":{"litellm_config":${evil}}}`,
      `{"settings":{"litellm_config":{"model_list":[{"litellm_params":${evil}}]}}}`,
      `{"settings":{"litellm_config":{"router_settings":{"model_group_alias":${evil}}}}}`,
    ];
    for (const answer of answers) {
      const error = fail(answer);
      expect([answer, error.exitCode]).toEqual([answer, 8]);
      expect(error.problems[0]?.path).toContain(name);
    }
    expect(Object.getOwnPropertyNames({})).toEqual([]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

describe("S24: bombs", () => {
  it.each([
    ["depth", `{"settings":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}}`],
    ["lists", `{"settings":{"litellm_config":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}}`],
    ["width", `{"settings":{"litellm_config":{"model_list":[${"0,".repeat(1_500_000)}0]}}}`],
    [
      "a long text",
      `{"settings":{"litellm_config":{"router_settings":{"routing_strategy":"${"a".repeat(4_000_000)}"}}}}`,
    ],
    [
      "10,000 models",
      JSON.stringify({
        settings: {
          litellm_config: {
            model_list: Array.from({ length: 10_000 }, (_, index) => ({
              model_name: `m${index}`,
              litellm_params: { model: "openai/x" },
            })),
          },
        },
      }),
    ],
  ])("%s is exit 4 in no time", (_, answer) => {
    const start = process.cpuUsage();
    const error = fail(answer);
    const { user, system } = process.cpuUsage(start);
    expect(error.exitCode).toBe(4);
    expect((user + system) / 1_000).toBeLessThan(1_500);
  });

  it("are told in at most a screenful", () => {
    const keys = Array.from({ length: 5_000 }, (_, index) => [`evil${index}`, 1] as const);
    const error = fail({ settings: { litellm_config: Object.fromEntries(keys) } });
    expect(error.exitCode).toBe(8);
    expect(error.problems.length).toBe(21);
    expect(error.problems.at(-1)?.message).toBe("and 4980 more of the kind");
  });
});
