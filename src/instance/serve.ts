// Starts what a worker talks to: the runtime, the keeper, the gateway, the first generation.
import type { Config } from "../config/config.ts";
import type { Context } from "../core/context.ts";
import type { Problem } from "../core/errors.ts";
import { problem } from "../core/errors.ts";
import type { GenerationSpec } from "../core/proxy-spec.ts";
import type { Redactor } from "../core/redact.ts";
import { createRedactor } from "../core/redact.ts";
import type { Report } from "../core/report.ts";
import type { Scope } from "../core/scope.ts";
import type { Secret } from "../core/secret.ts";
import { LIMITS } from "../gateway/limits.ts";
import { startGateway } from "../gateway/listener.ts";
import type { Policy } from "../gateway/policy.ts";
import { createPolicy } from "../gateway/policy.ts";
import { RateLimiter } from "../gateway/rate-limit.ts";
import { createUpstreamSet } from "../gateway/upstream-set.ts";
import { openLogFile } from "../platform/log-file.ts";
import { pickPort } from "../platform/port.ts";
import { keepHeapSteady } from "../platform/steady-heap.ts";
import type { Proxy, ProxyFailure } from "../proxy/start.ts";
import type { HeldRuntime } from "../runtime/runtime.ts";
import { storeConfig } from "./config-store.ts";
import type { Prepared } from "./configuration.ts";
import { generateKey } from "./configuration.ts";
import type { Door } from "./door.ts";
import { Front } from "./front.ts";
import { generationOf, isSameGeneration } from "./generation.ts";
import { hostLitellm } from "./host-litellm.ts";
import { LOG_LIMITS, withEventLog, writeLine } from "./instance-log.ts";
import { linkPrograms } from "./links.ts";
import type { Session } from "./session.ts";

export interface Serving {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What the worker gets. */
  readonly key: Secret;
  readonly proxy: Proxy;
  readonly redactor: Redactor;
  /** Names that the configuration serves, patterns included. */
  readonly models: readonly string[];
  /** A new LiteLLM with the same configuration takes over; also after it failed. */
  restart(): void;
  /** Whether LiteLLM would notice nothing of this configuration. */
  isServing(next: Prepared): boolean;
  /** Hands LiteLLM's part to a new generation; the events tell what becomes of it. */
  serve(next: Prepared): Promise<void>;
  /** From now on this configuration's routes; LiteLLM serves it already. */
  apply(next: Prepared): Promise<void>;
}

/** Returns when the gateway listens; LiteLLM boots meanwhile and requests are held. */
export async function startServing(
  scope: Scope,
  session: Session,
  plan: {
    readonly config: Config;
    readonly prepared: Prepared;
    /** null: no model needs LiteLLM. */
    readonly runtime: HeldRuntime | null;
    /** A listener that is open already. */
    readonly door: Door | null;
  },
  context: Context,
): Promise<Serving> {
  keepHeapSteady();
  const { config, prepared, runtime } = plan;
  const key = prepared.sidelite.key ?? generateKey();
  const redactor = createRedactor([prepared.masterKey.secret, key, ...prepared.secrets]);
  if (config.controlPlane.apiKey) redactor.add(config.controlPlane.apiKey);
  const log = openLogFile(session.paths.proxyLog, LOG_LIMITS);
  scope.defer("proxy log", () => log.close());
  const write = writeLine(log, redactor, context);
  const report = withEventLog(context.report, write);

  const upstream = createUpstreamSet({ holdMs: config.proxy.readinessSeconds * 1000 });
  const { env } = context.host;
  const proxy = await hostLitellm(session, plan, { upstream, report, log, redactor }, env);
  scope.defer("proxy", (deadline) => proxy.stop(deadline));

  const rates = new RateLimiter();
  const policy = reportFirstAnswer(createPolicy({ inFlight: LIMITS.inFlight, rates }), () =>
    report.event({ name: "gateway.first-answer" }),
  );
  const parts = { config, env, key, upstream, policy, rates, redactor, log: write };
  const front = await Front.start(parts, prepared);
  scope.defer("direct routes", (deadline) => front.close(deadline));
  const gateway =
    plan.door?.adopt(front.snapshot(), write) ??
    (await startGateway({
      port: config.proxy.port ?? (await pickPort(session.previousPort)),
      movable: config.proxy.port === null,
      snapshot: front.snapshot(),
      log: write,
    }));
  front.onSwap = (snapshot) => gateway.swap(snapshot);
  scope.defer("gateway", (deadline) => gateway.close(deadline));
  report.event({ name: "gateway.listening", fields: { url: gateway.url } });

  let generation: GenerationSpec = await storeGeneration(session, prepared);
  if (runtime) proxy.serve(generation);
  await Promise.all([
    session.update({ url: gateway.url, port: gateway.port }),
    runtime && linkPrograms(session.paths, runtime, ["litellm"]),
  ]);
  void warnWhenDegraded(proxy, report, session.paths.proxyLog);
  return {
    url: gateway.url,
    key,
    proxy,
    redactor,
    get models() {
      return front.models;
    },
    restart: () => proxy.serve(generation),
    isServing: (next) => isSameGeneration(generation, next),
    serve: async (next) => {
      const stored = await storeGeneration(session, next);
      for (const secret of next.secrets) redactor.add(secret);
      proxy.serve(stored);
    },
    apply: async (next) => {
      generation = generationOf(session, next);
      await front.apply(next);
    },
  };
}

async function storeGeneration(session: Session, prepared: Prepared): Promise<GenerationSpec> {
  await storeConfig(session.paths, prepared.digest, prepared.rendered);
  return generationOf(session, prepared);
}

async function warnWhenDegraded(proxy: Proxy, report: Report, logPath: string): Promise<void> {
  const { degraded } = await proxy.ready;
  if (degraded.length === 0) return;
  report.problem({
    severity: "warning",
    message: `LiteLLM serves without ${degraded.join(", ")}: it dropped what it could not use`,
    remedy: `see ${logPath}`,
  });
}

/** What to tell the user when LiteLLM has failed for good. */
export function describeFailure({ cause, lines }: ProxyFailure, logPath: string): Problem {
  const shown = lines.map((line) => `\n    ${line}`).join("");
  return problem(`LiteLLM failed: ${cause.summary}${shown}`, {
    remedy: cause.remedy ?? `see ${logPath}`,
  });
}

function reportFirstAnswer(policy: Policy, told: () => void): Policy {
  let isFirst = true;
  return {
    admit: (request) => policy.admit(request),
    settle: (admission, outcome) => {
      policy.settle(admission, outcome);
      if (!isFirst || outcome.status < 200 || outcome.status > 299) return;
      isFirst = false;
      told();
    },
  };
}
