// One keeper as the supervisor handles it: spawned under its own cookie, explained and cleaned up after at its end.
import { UserError } from "../core/errors.ts";
import type { KeeperSpec } from "../core/proxy-spec.ts";
import type { Cookie } from "../platform/cookie.ts";
import { sweepCookie } from "../platform/cookie.ts";
import type { ExitStatus } from "../platform/exit-status.ts";
import { watchOomKills } from "../platform/oom-kills.ts";
import type { Keeper, KeeperListener } from "./keeper.ts";
import { superviseKeeper } from "./keeper.ts";
import type { EarlyKeeper } from "./launch-keeper.ts";
import { keeperCookie, launchKeeper } from "./launch-keeper.ts";
import type { Order } from "./protocol.ts";
import type { ProxyDeps } from "./proxy-deps.ts";
import type { ExitCause, ProxyFailure } from "./state-types.ts";
import { Tail } from "./tail.ts";

/** From its first generation's readiness to its warming: the first requests come before the next start. */
const WARM_AFTER_MS = 10_000;

export class KeeperHost {
  hasImported = false;
  /** Settles when it is buried. */
  readonly ended: Promise<void>;
  readonly spec: KeeperSpec;
  readonly #id: number;
  readonly #deps: ProxyDeps;
  readonly #cookie: Cookie | null;
  readonly #tail = new Tail();
  readonly #over = new AbortController();
  /** Ends of its generations that are still looked into. */
  readonly #exits: Promise<void>[] = [];
  #spawnedAt: number | null = performance.now();
  #importLimit: NodeJS.Timeout | undefined;
  #warming: NodeJS.Timeout | undefined;
  #keeper: Keeper | null = null;
  #isOomKilled = (): boolean => false;
  /** Why we killed it. */
  #verdict: ExitCause | null = null;

  constructor(id: number, spec: KeeperSpec, deps: ProxyDeps) {
    this.spec = spec;
    this.#deps = deps;
    this.#id = id;
    this.#cookie = keeperCookie(spec, id);
    this.ended = new Promise((resolve) => {
      this.#over.signal.addEventListener("abort", () => resolve());
    });
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** The variable that marks what this generation starts, also for the keeper: its sweep finds them all. */
  markOf(generation: string): Readonly<Record<string, string>> {
    if (this.#cookie === null) return {};
    const { name, value } = this.#cookie;
    return { [name]: `${value}${generation}.` };
  }

  /** `early`: it runs already. Throws UserError when Python cannot be run. */
  async spawn(
    listener: KeeperListener,
    budgetSeconds: number,
    early: EarlyKeeper | null,
  ): Promise<void> {
    const { log, redactor, reaper } = this.#deps;
    const output = { source: "keeper", log, redactor, tail: this.#tail };
    if (early) this.#spawnedAt = early.spawnedAt;
    const child = early?.child ?? (await launchKeeper(this.spec, this.#id));
    this.#keeper = superviseKeeper(child, output, listener);
    reaper.addGroup(this.#keeper.pid);
    this.#isOomKilled = watchOomKills(this.#keeper.pid);
    if (this.#verdict !== null) return this.#keeper.kill();
    const summary = `LiteLLM was not loaded within ${budgetSeconds} s`;
    const tooSlow = { kind: "unready", summary, remedy: null, permanent: false };
    this.#importLimit = setTimeout(() => this.kill(tooSlow), budgetSeconds * 1000);
  }

  setImported(): void {
    clearTimeout(this.#importLimit);
    this.hasImported = true;
  }

  /** Once its first generation serves: from then on there is time to prepare the next. */
  warmSoon(): void {
    this.#warming ??= setTimeout(() => this.send({ order: "warm" }), WARM_AFTER_MS);
  }

  /** Nobody waits for its import. */
  standBy(): void {
    this.#spawnedAt = null;
  }

  /** From when the time of its next generation counts: the first one waited for the import. */
  takeStart(): number {
    const since = this.#spawnedAt ?? performance.now();
    this.#spawnedAt = null;
    return since;
  }

  send(order: Order): void {
    this.#keeper?.send(order);
  }

  track(exit: Promise<void>): void {
    this.#exits.push(exit);
  }

  /** `verdict`: what its end means; without one it was asked for. */
  kill(verdict?: ExitCause): void {
    const stopped = { kind: "stopped", summary: "stopped", remedy: null, permanent: false };
    this.#verdict ??= verdict ?? stopped;
    this.#keeper?.kill();
  }

  /** Kills what it left behind, wherever that went, and says why it ended. */
  async bury(status: ExitStatus, fatal: string | null): Promise<ProxyFailure> {
    clearTimeout(this.#importLimit);
    clearTimeout(this.#warming);
    if (this.#keeper !== null) this.#deps.reaper.removeGroup(this.#keeper.pid);
    // A machine so ill that /proc cannot be read is not made better by our own death.
    if (this.#cookie !== null) await sweepCookie(this.#cookie).catch(() => 0);
    await Promise.all(this.#exits);
    const lines = this.#tail.lines();
    const cause =
      this.#verdict ?? this.#deps.classify({ ...status, lines, oomKilled: this.#isOomKilled() });
    if (fatal === null) return { cause, lines };
    const summary = cause.permanent ? cause.summary : `LiteLLM cannot be loaded: ${fatal}`;
    return { cause: { ...cause, summary, permanent: true }, lines };
  }

  close(): void {
    this.#over.abort();
  }
}

/** What a keeper that could not even be spawned means. */
export function explainSpawnError(error: unknown): ProxyFailure {
  const problem = error instanceof UserError ? error.problems[0] : undefined;
  const summary = problem?.message ?? String(error);
  const remedy = problem?.remedy ?? null;
  return { cause: { kind: "spawn", summary, remedy, permanent: true }, lines: [] };
}
