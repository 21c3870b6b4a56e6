import { describe, expect, it } from "vitest";

import { checkWish, listProcessState } from "../../src/litellm/process-state.ts";

const model = (parameters: object = {}) => ({
  model_name: "m",
  litellm_params: { model: "openai/gpt-4o", ...parameters },
});

const kept: [string, object, string[]][] = [
  ["a plain model", {}, []],
  ["a Redis cache", { litellm_settings: { cache: true, cache_params: { type: "redis" } } }, []],
  ["a cache of the default type, Redis", { litellm_settings: { cache: true } }, []],
  [
    "a cache that is switched off",
    { litellm_settings: { cache: false, cache_params: { type: "local" } } },
    [],
  ],
  [
    "a cache in memory",
    { litellm_settings: { cache: true, cache_params: { type: "local" } } },
    ["an in-memory cache"],
  ],
  ["a deployment's rpm", { model_list: [model(), model({ rpm: 6 })] }, ["rate limits"]],
  [
    "parallel requests",
    { general_settings: { global_max_parallel_requests: 3 } },
    ["limits of parallel requests"],
  ],
  ["a budget", { litellm_settings: { max_budget: 5 } }, ["budgets"]],
  ["a deployment's budget", { model_list: [model({ max_budget: 5 })] }, ["budgets"]],
  ["simple-shuffle", { router_settings: { routing_strategy: "simple-shuffle" } }, []],
  ["latencies", { router_settings: { routing_strategy: "latency-based-routing" } }, []],
  ["least-busy", { router_settings: { routing_strategy: "least-busy" } }, ["routing by use"]],
  [
    "a group's routing",
    { router_settings: { routing_groups: [{ routing_strategy: "least-busy" }] } },
    ["routing by use"],
  ],
  [
    "usage in Redis",
    { router_settings: { routing_strategy: "usage-based-routing-v2", redis_host: "127.0.0.1" } },
    [],
  ],
  [
    "prompt caching",
    { router_settings: { optional_pre_call_checks: ["prompt_caching"] } },
    ["the router's memory of earlier requests"],
  ],
  [
    "a check that remembers nothing",
    { router_settings: { optional_pre_call_checks: ["responses_api_deployment_check"] } },
    [],
  ],
  ["Prometheus", { litellm_settings: { callbacks: ["prometheus"] } }, ["Prometheus counters"]],
  [
    "Prometheus, one name",
    { litellm_settings: { success_callback: "prometheus" } },
    ["Prometheus counters"],
  ],
  ["Langfuse", { litellm_settings: { success_callback: ["langfuse"] } }, []],
  [
    "paid health checks",
    { general_settings: { background_health_checks: true } },
    ["health checks in the background"],
  ],
  ["alerts", { general_settings: { alerting: ["slack"] } }, ["alerts"]],
  ["MCP servers", { mcp_servers: { a: { url: "http://127.0.0.1:1" } } }, ["MCP sessions"]],
  [
    "several",
    { litellm_settings: { max_budget: 5, callbacks: ["prometheus"] } },
    ["budgets", "Prometheus counters"],
  ],
];

describe("state in the process", () => {
  for (const [name, settings, words] of kept) {
    it(`${words.length === 0 ? "none for" : "for"} ${name}`, () => {
      expect(listProcessState({ model_list: [model()], ...settings })).toEqual(words);
    });
  }
});

it("says so where several were wished for in vain", () => {
  const wish = (maxGenerations: number | null) => ({
    providers: null,
    agents: null,
    proxy: { passEnv: [] },
    worker: { hideEnv: [], keepEnv: [], stopSignal: null },
    allowPaths: [],
    key: null,
    watch: true,
    recycleAtMb: null,
    maxGenerations,
  });
  expect(checkWish(wish(4), ["budgets"])).toMatchObject([
    { path: ["sidelite", "max-generations"], severity: "notice" },
  ]);
  expect(checkWish(wish(4), [])).toEqual([]);
  expect(checkWish(wish(1), ["budgets"])).toEqual([]);
  expect(checkWish(wish(null), ["budgets"])).toEqual([]);
});
