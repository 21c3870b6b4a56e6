// The gateway in a process of its own, keys and rules on, in front of the bench's upstream.
import { buildAccess } from "../../src/gateway/access.ts";
import { LIMITS } from "../../src/gateway/limits.ts";
import { startGateway } from "../../src/gateway/listener.ts";
import { buildLitellmRouter } from "../../src/gateway/litellm-router.ts";
import { createPolicy } from "../../src/gateway/policy.ts";
import { createUpstreamSet } from "../../src/gateway/upstream-set.ts";
import { Secret } from "../../src/core/secret.ts";
import { keepHeapSteady } from "../../src/platform/steady-heap.ts";

keepHeapSteady();
const [socketPath = ""] = process.argv.slice(2);
const key = process.env["SIDELITE_BENCH_KEY"] ?? "";
const masterKey = new Secret("sk-the-master-key-of-the-bench");

const upstream = createUpstreamSet({ holdMs: 10_000 });
upstream.add("bench", { kind: "unix", path: socketPath });
const worker = { id: "worker", role: "worker", models: null, credential: "master" } as const;
const gateway = await startGateway({
  port: 0,
  snapshot: {
    access: buildAccess([{ key: new Secret(key), principal: worker }]),
    router: buildLitellmRouter({ upstream, masterKey, allowPaths: [], models: ["bench"] }),
    policy: createPolicy({ inFlight: LIMITS.inFlight }),
  },
  log: () => {},
});
process.send?.({ ready: true, port: gateway.port });
process.on("disconnect", () => process.exit());
