// A gateway with as many agents and providers as it is told, one of which leads to the bench's upstream.
import { Secret } from "../../src/core/secret.ts";
import { buildAccess } from "../../src/gateway/access.ts";
import { buildDirectRouter } from "../../src/gateway/direct/direct-router.ts";
import { buildNoLitellmRouter } from "../../src/gateway/direct/no-litellm-router.ts";
import { parseDirect } from "../../src/gateway/direct/parse-direct.ts";
import { ProviderUpstreams } from "../../src/gateway/direct/provider-upstreams.ts";
import { RouteTable } from "../../src/gateway/direct/route-table.ts";
import { DirectSelector } from "../../src/gateway/direct/select-direct.ts";
import { LIMITS } from "../../src/gateway/limits.ts";
import { startGateway } from "../../src/gateway/listener.ts";
import { createPolicy } from "../../src/gateway/policy.ts";

const [port = "", count = "1"] = process.argv.slice(2);
const key = process.env["SIDELITE_BENCH_KEY"] ?? "";
const range = Array.from({ length: Number(count) }, (_, index) => index);
const providers = Object.fromEntries(
  range.map((index) => [
    `provider-${index}`,
    { base_url: `http://127.0.0.1:${port}/v1`, api_key: `sk-bench-provider-${index}` },
  ]),
);
const agents = Object.fromEntries(
  range.map((index) => {
    const model = index === 0 ? "bench" : `model-${index}`;
    const provider = `provider-${index}`;
    return [`agent-${index}`, { model_name: model, provider, passthrough: true }];
  }),
);
globalThis.gc?.();
const before = process.memoryUsage().rss;
const from = performance.now();
const place = () => ({ source: "bench" });
const input = { providers, agents, place, env: {}, home: null, baseDir: null };
const { config } = parseDirect(input);
const table = new RouteTable({ config, modelNames: new Set(), discovered: new Map() });
const loadMs = performance.now() - from;
const worker = { id: "worker", role: "worker", models: null, credential: "master" } as const;
const gateway = await startGateway({
  port: 0,
  snapshot: {
    access: buildAccess([{ key: new Secret(key), principal: worker }]),
    router: buildDirectRouter({
      table,
      selector: new DirectSelector(new ProviderUpstreams(null)),
      fallback: buildNoLitellmRouter(),
      log: () => {},
    }),
    policy: createPolicy({ inFlight: LIMITS.inFlight }),
  },
  log: () => {},
});
const megabytes = (process.memoryUsage().rss - before) / 1024 / 1024;
process.send?.({ ready: true, port: gateway.port, loadMs, megabytes });
process.on("disconnect", () => process.exit());
