// One generation as the supervisor handles it: its socket, its output, its readiness, its end.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { abortAfter } from "../core/abort-after.ts";
import type { GenerationSpec } from "../core/proxy-spec.ts";
import type { Endpoint } from "../core/upstream.ts";
import type { ExitStatus } from "../platform/exit-status.ts";
import { watchOomKills } from "../platform/oom-kills.ts";
import { settledWithin } from "../platform/settled-within.ts";
import type { GenerationLog } from "./generation-log.ts";
import { openGenerationLog } from "./generation-log.ts";
import type { KeeperHost } from "./keeper-host.ts";
import type { Readiness } from "./model-list.ts";
import type { StartOrder } from "./protocol.ts";
import type { ProxyDeps } from "./proxy-deps.ts";
import { measureReadiness } from "./readiness.ts";
import type { ProxyFailure } from "./state-types.ts";
import { Tail } from "./tail.ts";

/** uvicorn's; the gateway lets a connection idle for less. */
const KEEP_ALIVE_SECONDS = 300;
/** Output may arrive after the end; a descendant may hold the stream open. */
const LAST_OUTPUT_MS = 100;

export class HostedGeneration {
  readonly number: number;
  /** As the gateway and the log know it. */
  readonly name: string;
  /** It may have open streams. */
  isServing = false;
  /** Settles at its end. */
  readonly ended: Promise<void>;
  #pid: number | null = null;
  #isOomKilled = (): boolean => false;
  readonly #configuration: GenerationSpec;
  readonly #host: KeeperHost;
  readonly #socket: string;
  /** The readiness budget counts from here, monotonic ms. */
  readonly #since: number;
  readonly #tail = new Tail();
  readonly #over = new AbortController();
  #log: GenerationLog | null = null;

  constructor(number: number, configuration: GenerationSpec, socketDir: string, host: KeeperHost) {
    this.number = number;
    this.name = `g${number}`;
    this.#configuration = configuration;
    this.#host = host;
    this.#socket = join(socketDir, this.name);
    this.#since = host.takeStart();
    this.ended = new Promise((resolve) => {
      this.#over.signal.addEventListener("abort", () => resolve());
    });
  }

  /** null until it runs. */
  get pid(): number | null {
    return this.#pid;
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  get socketPath(): string {
    return this.#socket;
  }

  get endpoint(): Endpoint {
    const { masterKey } = this.#configuration;
    return { kind: "unix", path: this.#socket, masterKey };
  }

  /** It runs now. */
  become(pid: number): void {
    this.#pid = pid;
    this.#isOomKilled = watchOomKills(pid);
  }

  /** Opens what its start needs. */
  async prepare(
    { log, redactor }: ProxyDeps,
    { graceSeconds, further }: { readonly graceSeconds: number; readonly further: boolean },
  ): Promise<StartOrder> {
    const path = `${this.#socket}.log`;
    await this.removeSocket(); // an earlier run may have been killed
    const output = { source: this.name, log, redactor, tail: this.#tail };
    this.#log = await openGenerationLog(path, output);
    const { cwd, environment, workerConfig } = this.#configuration;
    return {
      order: "start",
      generation: this.number,
      socket: this.#socket,
      log: path,
      cwd,
      environment: { ...environment, ...this.#host.markOf(this.name) },
      worker_config: workerConfig,
      grace_s: graceSeconds,
      keep_alive_s: KEEP_ALIVE_SECONDS,
      further,
    };
  }

  /** null when it ended first. */
  async measure(budgetSeconds: number): Promise<(Readiness & { readonly ms: number }) | null> {
    const left = this.#since + budgetSeconds * 1000 - performance.now();
    const { masterKey, models } = this.#configuration;
    const signal = abortAfter(left, this.#over.signal);
    const found = await measureReadiness({ socket: this.#socket, masterKey, models, signal });
    if (this.isOver) return null;
    const reason = `LiteLLM was not ready within ${budgetSeconds} s`;
    const ms = Math.round(performance.now() - this.#since);
    return { ...(found ?? { ready: false, reason }), ms };
  }

  /** It ends now; the news of it comes from its keeper. */
  kill(): void {
    this.#over.abort();
    this.#host.send({ order: "signal", generation: this.number, signal: "KILL" });
  }

  close(): void {
    this.#over.abort();
    this.#log?.close();
  }

  /** A file that cannot be removed does no harm. */
  async removeSocket(): Promise<void> {
    await rm(this.#socket, { force: true }).catch(() => undefined);
  }

  /** A failure of our own judgement. */
  describe(summary: string): ProxyFailure {
    const cause = { kind: "unready", summary, remedy: null, permanent: false };
    return { cause, lines: this.#tail.lines() };
  }

  /** Waits for its last output. */
  async explain(status: ExitStatus, classify: ProxyDeps["classify"]): Promise<ProxyFailure> {
    if (this.#log !== null) await settledWithin(this.#log.ended, LAST_OUTPUT_MS);
    await this.removeSocket();
    const lines = this.#tail.lines();
    return { cause: classify({ ...status, lines, oomKilled: this.#isOomKilled() }), lines };
  }
}
