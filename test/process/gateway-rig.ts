// A gateway in this process with stand-in LiteLLMs on unix sockets; all of it gone at the test's end.
import type { RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";

import { Secret } from "../../src/core/secret.ts";
import type { AccessEntry } from "../../src/gateway/access.ts";
import { buildAccess } from "../../src/gateway/access.ts";
import type { Limits } from "../../src/gateway/limits.ts";
import { LIMITS } from "../../src/gateway/limits.ts";
import type { Gateway } from "../../src/gateway/listener.ts";
import { startGateway } from "../../src/gateway/listener.ts";
import { buildLitellmRouter } from "../../src/gateway/litellm-router.ts";
import { createPolicy } from "../../src/gateway/policy.ts";
import type { RateLimits } from "../../src/gateway/rate-limit.ts";
import { RateLimiter } from "../../src/gateway/rate-limit.ts";
import type { UpstreamSet } from "../../src/gateway/upstream-set.ts";
import { createUpstreamSet } from "../../src/gateway/upstream-set.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";

export const WORKER_KEY = "sk-worker-0123456789abcdef0123456789abcdef";
export const MASTER_KEY = "sk-master-0123456789abcdef0123456789abcdef";
/** Limited to the model `small`. */
export const LIMITED_KEY = "sk-limited-0123456789abcdef0123456789abcdef";

export interface RigOptions {
  readonly limits?: Partial<Limits>;
  readonly holdMs?: number;
  readonly held?: number;
  readonly poolIdleMs?: number;
  readonly inFlight?: number;
  readonly allowPaths?: readonly string[];
  readonly rates?: RateLimits;
}

export interface Rig {
  readonly gateway: Gateway;
  readonly port: number;
  readonly upstreams: UpstreamSet;
  /** Access and event lines. */
  readonly lines: readonly string[];
  /** Starts a stand-in LiteLLM and adds it. */
  serve(listener: RequestListener, id?: string): Promise<StandIn>;
}

export interface StandIn {
  readonly id: string;
  readonly path: string;
  readonly server: Server;
  readonly sockets: ReadonlySet<Socket>;
  /** As a SIGKILL leaves it: connections cut, nothing accepted. */
  kill(): void;
}

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const folder = await temporaryFolder();
  const upstreams = createUpstreamSet({
    holdMs: options.holdMs ?? 20_000,
    ...(options.held !== undefined && { held: options.held }),
    ...(options.poolIdleMs !== undefined && { poolIdleMs: options.poolIdleMs }),
  });
  const lines: string[] = [];
  const rates = new RateLimiter();
  if (options.rates) rates.configure(options.rates);
  const gateway = await startGateway({
    port: 0,
    log: (line) => lines.push(line),
    limits: options.limits ?? {},
    snapshot: {
      access: buildAccess(entries()),
      router: buildLitellmRouter({
        upstream: upstreams,
        masterKey: new Secret(MASTER_KEY),
        allowPaths: options.allowPaths ?? [],
        models: ["small", "large"],
      }),
      policy: createPolicy({ inFlight: options.inFlight ?? LIMITS.inFlight, rates }),
    },
  });
  onTestFinished(() => gateway.close(AbortSignal.abort()));
  let count = 0;
  return {
    gateway,
    port: gateway.port,
    upstreams,
    lines,
    async serve(listener, id = `g${count}`) {
      const standIn = await startStandIn(join(folder, `${count++}.sock`), id, listener);
      upstreams.add(id, { kind: "unix", path: standIn.path });
      return standIn;
    },
  };
}

export async function startStandIn(
  path: string,
  id: string,
  listener: RequestListener,
): Promise<StandIn> {
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, listener);
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
  });
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  const kill = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(kill);
  return { id, path, server, sockets, kill };
}

function entries(): AccessEntry[] {
  const credential = "master" as const;
  return [
    {
      key: new Secret(WORKER_KEY),
      principal: { id: "worker", role: "worker", models: null, credential },
    },
    {
      key: new Secret(MASTER_KEY),
      principal: { id: "master", role: "master", models: null, credential },
    },
    {
      key: new Secret(LIMITED_KEY),
      principal: { id: "limited", role: "worker", models: new Set(["small"]), credential },
    },
  ];
}
