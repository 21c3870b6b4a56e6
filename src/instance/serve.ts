// Starts what a worker talks to: LiteLLM where a route needs it, the gateway, the first generation.
import type { Config } from "../config/config.ts";
import { abortAfter } from "../core/abort-after.ts";
import type { Context } from "../core/context.ts";
import type { GenerationSpec } from "../core/proxy-spec.ts";
import type { Redactor } from "../core/redact.ts";
import { createRedactor } from "../core/redact.ts";
import type { Report } from "../core/report.ts";
import type { Scope } from "../core/scope.ts";
import type { Secret } from "../core/secret.ts";
import { LIMITS } from "../gateway/limits.ts";
import { createPolicy } from "../gateway/policy.ts";
import { RateLimiter } from "../gateway/rate-limit.ts";
import { createUpstreamSet } from "../gateway/upstream-set.ts";
import { openLogFile } from "../platform/log-file.ts";
import { pickPort } from "../platform/port.ts";
import { keepHeapSteady } from "../platform/steady-heap.ts";
import type { Proxy } from "../proxy/start.ts";
import { checkInstalled } from "../runtime/check-installed.ts";
import type { HeldRuntime } from "../runtime/runtime.ts";
import { keepAsGood, storeConfig } from "./config-store.ts";
import type { Prepared } from "./configuration.ts";
import { generateKey } from "./configuration.ts";
import type { Door } from "./door.ts";
import { Front } from "./front.ts";
import { generationOf, isSameGeneration } from "./generation.ts";
import type { HeadStart } from "./head-start.ts";
import { DRAIN_SECONDS, GRACE_SECONDS, hostLitellm } from "./host-litellm.ts";
import { LOG_LIMITS, withEventLog, writeLine } from "./instance-log.ts";
import { linkPrograms } from "./links.ts";
import { OnDemandLitellm } from "./on-demand.ts";
import { openGateway } from "./open-gateway.ts";
import { reportFirstAnswer, warnWhenDegraded } from "./serving-reports.ts";
import type { Session } from "./session.ts";

export interface Serving {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What the worker gets. */
  readonly key: Secret;
  /** LiteLLM; always ready while no route needs it. */
  readonly proxy: Pick<Proxy, "state">;
  readonly redactor: Redactor;
  readonly port: number;
  /** In force. */
  readonly prepared: Prepared;
  /** As `Front.admit`. */
  admit(key: Secret, id: string): () => void;
  /** Its events are in the instance's log. */
  readonly report: Report;
  /** Names that the configuration serves, patterns included. */
  readonly models: readonly string[];
  /** A new LiteLLM with the same configuration takes over; also after it failed. */
  restart(): void;
  /** Throws UserError("machine"): LiteLLM's files are gone, so that no new process of it would come up. */
  checkFiles(): Promise<void>;
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
    readonly headStart: HeadStart | null;
  },
  context: Context,
): Promise<Serving> {
  keepHeapSteady();
  const { config, prepared, headStart } = plan;
  const key = prepared.sidelite.key ?? generateKey();
  const redactor = createRedactor([prepared.masterKey.secret, key, ...prepared.secrets]);
  if (config.controlPlane.apiKey) redactor.add(config.controlPlane.apiKey);
  const log = openLogFile(session.paths.proxyLog, LOG_LIMITS);
  scope.defer("proxy log", () => log.close());
  // A stop right after the start would end the process in the middle of it.
  let keeping: Promise<unknown> = Promise.resolve();
  scope.defer("mark of the configuration", async () => {
    await keeping.catch(() => undefined);
  });
  const write = writeLine(log, redactor, context);
  const report = withEventLog(context.report, write);

  const upstream = createUpstreamSet({ holdMs: config.proxy.readinessSeconds * 1000 });
  const { env } = context.host;
  const litellm = new OnDemandLitellm({
    host: async (needed, told) => {
      const runtime = await plan.runtime();
      const deps = { upstream, report: told, log, redactor };
      const [proxy] = await Promise.all([
        hostLitellm(session, { config, prepared: needed, runtime, headStart }, deps, env),
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
  else await headStart?.end();

  const rates = new RateLimiter();
  const policy = reportFirstAnswer(createPolicy({ inFlight: LIMITS.inFlight, rates }), () =>
    report.event({ name: "gateway.first-answer" }),
  );
  const parts = { config, env, key, upstream, policy, rates, redactor, log: write };
  const front = await Front.start(parts, prepared);
  scope.defer("direct routes", (deadline) => front.close(deadline));
  const gateway =
    plan.door?.adopt(front.snapshot(), write) ??
    (await openGateway({
      port: config.proxy.port ?? (await pickPort(session.previousPort)),
      movable: config.proxy.port === null,
      snapshot: front.snapshot(),
      log: write,
    }));
  front.onSwap = (snapshot) => gateway.swap(snapshot);
  // Streams get the grace that LiteLLM would give them; the rest of the budget is for what comes after.
  scope.defer("gateway", (deadline) => gateway.close(abortAfter(GRACE_SECONDS * 1000, deadline)));
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
    port: gateway.port,
    key,
    proxy: litellm,
    redactor,
    admit: (guest, id) => front.admit(guest, id),
    get prepared() {
      return front.prepared;
    },
    report,
    get models() {
      return front.models;
    },
    restart: () => litellm.serve(generation),
    checkFiles: async () => {
      if (litellm.proxy !== null) await checkInstalled(await plan.runtime());
    },
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
    keep: async () => {
      const kept = keepAsGood(session.paths, applied.digest, applied.rendered);
      keeping = kept;
      await kept;
    },
  };
}
