// Starts what a worker talks to: LiteLLM where a route needs it, the gateway, the first generation.
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
import type { Proxy, ProxyFailure } from "../proxy/start.ts";
import type { HeldRuntime } from "../runtime/runtime.ts";
import { keepAsGood, storeConfig } from "./config-store.ts";
import type { Prepared } from "./configuration.ts";
import { generateKey } from "./configuration.ts";
import type { Door } from "./door.ts";
import { Front } from "./front.ts";
import { generationOf, isSameGeneration } from "./generation.ts";
import { DRAIN_SECONDS, hostLitellm } from "./host-litellm.ts";
import { LOG_LIMITS, withEventLog, writeLine } from "./instance-log.ts";
import { linkPrograms } from "./links.ts";
import { OnDemandLitellm } from "./on-demand.ts";
import type { Session } from "./session.ts";

export interface Serving {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What the worker gets. */
  readonly key: Secret;
  /** LiteLLM; always ready while no route needs it. */
  readonly proxy: Pick<Proxy, "state">;
  readonly redactor: Redactor;
  /** Its events are in the instance's log. */
  readonly report: Report;
  /** Names that the configuration serves, patterns included. */
  readonly models: readonly string[];
  /** A new LiteLLM with the same configuration takes over; also after it failed. */
  restart(): void;
  /** Whether LiteLLM would notice nothing of this configuration. */
  isServing(next: Prepared): boolean;
  /** Makes ready for a new generation; what it returns starts it, and the events tell what becomes of it. */
  stage(next: Prepared): Promise<() => void>;
  /** From now on this configuration's routes; LiteLLM, if they need it, serves it already. */
  apply(next: Prepared): Promise<void>;
  /** Marks the configuration that is applied as one that has been ready. */
  keep(): Promise<void>;
}

/** Returns when the gateway listens; LiteLLM boots meanwhile and requests are held. */
export async function startServing(
  scope: Scope,
  session: Session,
  plan: {
    readonly config: Config;
    readonly prepared: Prepared;
    /** LiteLLM's, got at the first call. */
    readonly runtime: () => Promise<HeldRuntime>;
    /** A listener that is open already. */
    readonly door: Door | null;
  },
  context: Context,
): Promise<Serving> {
  const { config, prepared } = plan;
  const key = prepared.sidelite.key ?? generateKey();
  const redactor = createRedactor([prepared.masterKey.secret, key, ...prepared.secrets]);
  if (config.controlPlane.apiKey) redactor.add(config.controlPlane.apiKey);
  const log = openLogFile(session.paths.proxyLog, LOG_LIMITS);
  scope.defer("proxy log", () => log.close());
  const write = writeLine(log, redactor, context);
  const report = withEventLog(context.report, write);

  const upstream = createUpstreamSet({ holdMs: config.proxy.readinessSeconds * 1000 });
  const { env } = context.host;
  const litellm = new OnDemandLitellm({
    host: async (needed, told) => {
      const runtime = await plan.runtime();
      const deps = { upstream, report: told, log, redactor };
      const [proxy] = await Promise.all([
        hostLitellm(session, { config, prepared: needed, runtime }, deps, env),
        linkPrograms(session.paths, runtime, ["litellm"]),
      ]);
      return proxy;
    },
    upstream,
    report,
    drainMs: DRAIN_SECONDS * 1000,
  });
  scope.defer("proxy", (deadline) => litellm.stop(deadline));
  if (prepared.needsLitellm) await litellm.ensure(prepared, true);

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
      snapshot: front.snapshot(),
      log: write,
    }));
  front.onSwap = (snapshot) => gateway.swap(snapshot);
  scope.defer("gateway", (deadline) => gateway.close(deadline));
  report.event({ name: "gateway.listening", fields: { url: gateway.url } });

  const stage = async (next: Prepared): Promise<GenerationSpec> => {
    for (const secret of next.secrets) redactor.add(secret);
    await storeConfig(session.paths, next.digest, next.rendered);
    return generationOf(session, next);
  };
  let applied = prepared;
  let generation = await stage(applied);
  if (prepared.needsLitellm) litellm.serve(generation);
  await session.update({ url: gateway.url, port: gateway.port });
  void warnWhenDegraded(litellm.proxy, report, session.paths.proxyLog);
  return {
    url: gateway.url,
    key,
    proxy: litellm,
    redactor,
    report,
    get models() {
      return front.models;
    },
    restart: () => litellm.serve(generation),
    isServing: (next) => litellm.proxy !== null && isSameGeneration(generation, next),
    stage: async (next) => {
      const staged = await stage(next);
      await litellm.ensure(next);
      return () => litellm.serve(staged);
    },
    apply: async (next) => {
      generation = generationOf(session, next);
      applied = next;
      await front.apply(next);
      if (!next.needsLitellm) litellm.leave();
    },
    keep: () => keepAsGood(session.paths, applied.digest, applied.rendered),
  };
}

async function warnWhenDegraded(
  proxy: Proxy | null,
  report: Report,
  logPath: string,
): Promise<void> {
  const degraded = (await proxy?.ready)?.degraded ?? [];
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
