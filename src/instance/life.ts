// One running instance as other commands see it over the control socket: its state, and what they may ask of it.
import { abortAfter } from "../core/abort-after.ts";
import { problem, UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import { renderPlace } from "../core/place.ts";
import { readVersion } from "../platform/version.ts";
import type { Answers, Order } from "./control-protocol.ts";
import type { ControlHandlers } from "./control-server.ts";
import type { ForegroundPlan } from "./foreground.ts";
import { kindOf } from "./instance-kind.ts";
import type { InForce } from "./in-force.ts";
import type { ConfigView, InstanceStatus, ProxyView, WorkerView } from "./instance-status.ts";
import { JoinedRuns } from "./joined-runs.ts";
import type { Journal } from "./journal.ts";
import type { Serving } from "./serve.ts";
import type { Session } from "./session.ts";
import type { StopRequests } from "./stop-requests.ts";
import type { WorkerLoop } from "./worker-loop.ts";

export interface LifeParts {
  readonly plan: ForegroundPlan;
  readonly session: Session;
  readonly journal: Journal;
  readonly stop: StopRequests;
  readonly host: Host;
}

/** Seconds that a worker may drain when only it is restarted. */
const RESTART_DRAIN_SECONDS = 30;

export class Life {
  phase: "starting" | "running" | "failed" = "starting";
  failure: string | null = null;
  serving: Serving | null = null;
  worker: WorkerLoop | null = null;
  readonly joined: JoinedRuns;
  /** What sidelite set in the worker's environment; keys masked. */
  workerEnvironment: Readonly<Record<string, string>> = {};
  /** Applies the configuration as it is now; returns what was done. null: this instance cannot. */
  reload: (() => Promise<string>) | null = null;
  /** null: no proxy is enabled. */
  inForce: InForce | null = null;
  readonly #parts: LifeParts;
  readonly #startedAt: Date;
  readonly #version = readVersion();
  #resume: (() => void) | null = null;

  constructor(parts: LifeParts) {
    this.#parts = parts;
    this.#startedAt = parts.host.now();
    this.joined = new JoinedRuns(parts.host);
  }

  readonly handlers: ControlHandlers = {
    status: ({ environment }) => this.#status(environment === true),
    stop: ({ force }) => {
      this.#parts.stop.ask(force);
      return { pid: process.pid };
    },
    restart: (order) => this.#restart(order),
    reload: async () => {
      if (this.reload !== null) return { done: await this.reload() };
      throw refusal("this instance cannot reload", "stop it and start it again");
    },
    env: () => {
      if (this.serving === null) {
        throw refusal("this instance has no LiteLLM, so there is no address to give", "enable it");
      }
      const { url, key } = this.serving;
      return { url, key: key.reveal(), model: this.#parts.plan.config.proxy.model };
    },
    join: (order, connection) => {
      const { abort } = this.#parts.stop.signals;
      if (this.serving === null || this.phase === "failed" || abort.aborted) {
        throw refusal("this instance cannot be joined now", "see `sidelite worker status`");
      }
      this.joined.admit(this.serving, order, connection);
      const trusted = this.worker?.status().state === "running";
      return { url: this.serving.url, ready: this.phase === "running", trusted };
    },
  };

  get files(): InstanceStatus["files"] {
    const { configCopy, proxyLog, workerLog } = this.#parts.session.paths;
    return {
      ...(this.serving === null ? {} : { config: configCopy, proxyLog }),
      ...(this.#parts.plan.worker === null ? {} : { workerLog }),
    };
  }

  /** A failed instance waits here until `restart`. */
  async untilResumed(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  async #restart({ part }: Extract<Order, { order: "restart" }>): Promise<Answers["restart"]> {
    const resume = this.phase === "failed" ? this.#resume : null;
    if (resume !== null || part === "proxy") await this.serving?.checkFiles();
    if (resume !== null) return this.#comeBack(resume);
    if (part === "proxy") return this.#restartProxy();
    if (this.worker === null || this.phase !== "running") {
      throw refusal("there is no running worker to restart", "see `sidelite worker status`");
    }
    const { signals } = this.#parts.stop;
    await this.worker.restart(abortAfter(RESTART_DRAIN_SECONDS * 1000, signals.force));
    return { done: `the worker runs again, pid ${this.worker.status().pid}` };
  }

  async #comeBack(resume: () => void): Promise<Answers["restart"]> {
    const outcome = this.#parts.journal.next("instance.ready", "instance.failed");
    this.#resume = null;
    resume();
    const { name, fields } = await outcome;
    if (name === "instance.ready") return { done: "it runs again" };
    throw new UserError("proxy", problem(`it failed again: ${String(fields?.["cause"])}`));
  }

  async #restartProxy(): Promise<Answers["restart"]> {
    if (this.serving === null) throw refusal("this instance has no LiteLLM", "enable it");
    const outcome = this.#parts.journal.next("proxy.ready", "proxy.rejected", "proxy.failed");
    this.serving.restart();
    const { name, fields } = await outcome;
    if (name === "proxy.ready") return { done: "a new LiteLLM serves, the old one drains" };
    const message = `the new LiteLLM did not come up: ${String(fields?.["cause"])}`;
    throw new UserError("proxy", problem(message));
  }

  async #status(environment: boolean): Promise<InstanceStatus> {
    const { plan, session, stop } = this.#parts;
    const { name } = session;
    return {
      name,
      kind: kindOf(plan),
      state: stop.signals.abort.aborted ? "stopping" : this.phase,
      pid: process.pid,
      daemon: plan.daemon !== undefined,
      startedAt: this.#startedAt.toISOString(),
      version: this.#version,
      url: this.serving?.url ?? null,
      proxy: this.#proxyView(),
      worker: this.#workerView(environment),
      joined: this.joined.list(),
      config: await this.#configView(),
      files: this.files,
      failure: this.failure,
    };
  }

  #proxyView(): ProxyView | null {
    if (this.serving === null) return null;
    const { proxy, models } = this.serving;
    return { ...proxy.state(), models, restarts: this.#parts.journal.restarts };
  }

  #workerView(environment: boolean): WorkerView | null {
    const { worker } = this.#parts.plan;
    if (worker === null) return null;
    const waiting = { state: "waiting", pid: null, restarts: 0, lastExit: null } as const;
    const view = this.worker?.status() ?? waiting;
    return environment ? { ...view, environment: this.workerEnvironment } : view;
  }

  async #configView(): Promise<ConfigView> {
    const { config, prepared } = this.#parts.plan;
    const now = this.inForce?.config ?? config;
    const { litellm } = now.proxy;
    return {
      origin: litellm && `${litellm.origin.layer} ${renderPlace(litellm.origin.place)}`,
      file: litellm?.kind === "file" ? litellm.path : null,
      digest: this.inForce?.digest ?? prepared?.digest ?? null,
      context: now.context.name,
      unapplied: (await this.inForce?.unapplied()) ?? [],
      pending: this.inForce?.pending ?? [],
    };
  }

  /** A configuration that came up is as good as a restart. */
  comeBackIfFailed(): void {
    if (this.phase !== "failed" || this.#resume === null) return;
    this.#resume();
    this.#resume = null;
  }
}

function refusal(message: string, remedy: string): UserError {
  return new UserError("failed", problem(message, { remedy }));
}
