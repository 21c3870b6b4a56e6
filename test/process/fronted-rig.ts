// A proxy on the stand-in LiteLLM with the real gateway in front, as an instance has them.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";

import type { GenerationSpec } from "../../src/core/proxy-spec.ts";
import { Secret } from "../../src/core/secret.ts";
import { buildAccess } from "../../src/gateway/access.ts";
import { LIMITS } from "../../src/gateway/limits.ts";
import { startGateway } from "../../src/gateway/listener.ts";
import { buildLitellmRouter } from "../../src/gateway/litellm-router.ts";
import { createPolicy } from "../../src/gateway/policy.ts";
import type { UpstreamSet } from "../../src/gateway/upstream-set.ts";
import { createUpstreamSet } from "../../src/gateway/upstream-set.ts";
import type { TestHome } from "../fixtures/home.ts";
import type { TestProxy, TestProxyOptions } from "../proxy/support.ts";
import { fakePython, mockModel, useProxy } from "../proxy/support.ts";
import type { Answer } from "./gateway-client.ts";
import { ask } from "./gateway-client.ts";
import { WORKER_KEY } from "./gateway-rig.ts";

export interface FrontedProxy extends TestProxy {
  /** One completion; `fake` is what the stand-in shall do with it. */
  complete(fake?: object, body?: object): Promise<Answer>;
  /** Generations that were taken out of the choice because they were silent. */
  readonly suspended: readonly string[];
  /** Pids of the generations that serve. */
  serving(): number[];
}

/** `name`: one test may have several. Ready when it returns. */
export async function useFrontedProxy(
  home: TestHome,
  name: string,
  options: Pick<Partial<TestProxyOptions>, "python" | "fork"> & {
    readonly more?: Partial<GenerationSpec>;
  } = {},
): Promise<FrontedProxy> {
  const socketDir = join(home.runDir, name);
  await mkdir(socketDir, { recursive: true, mode: 0o700 });
  const set = createUpstreamSet({ holdMs: 60_000 });
  const suspended: string[] = [];
  const upstream: UpstreamSet = {
    ...set,
    suspend: (id, isSuspended) => {
      if (isSuspended) suspended.push(id);
      set.suspend(id, isSuspended);
    },
  };
  const python = options.python ?? (await fakePython(home));
  const { fork = true } = options;
  const proxy = await useProxy(home, { python, upstream, socketDir, fork });
  const configuration = await proxy.configure([mockModel("m")], options.more);
  const { masterKey } = configuration;
  const credential = "master" as const;
  const gateway = await startGateway({
    port: 0,
    log: () => undefined,
    snapshot: {
      access: buildAccess([
        {
          key: new Secret(WORKER_KEY),
          principal: { id: "worker", role: "worker", models: null, credential },
        },
      ]),
      router: buildLitellmRouter({ upstream, masterKey, allowPaths: [], models: ["m"] }),
      policy: createPolicy({ inFlight: LIMITS.inFlight }),
    },
  });
  onTestFinished(() => gateway.close(AbortSignal.abort()));
  proxy.proxy.serve(configuration);
  await proxy.proxy.ready;
  return {
    ...proxy,
    suspended,
    complete: (fake = {}, body = {}) =>
      ask(gateway.port, { body: JSON.stringify({ model: "m", fake, ...body }) }),
    serving: () =>
      proxy.proxy
        .state()
        .generations.flatMap(({ status, pid }) =>
          status === "serving" && pid !== null ? [pid] : [],
        ),
  };
}
