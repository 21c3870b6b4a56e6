// The processes behind the state: spawns keepers, starts, probes and stops generations, tells what happens to them.
import { BugError } from "../core/errors.ts";
import type { GenerationSpec, KeeperSpec, ProxyLimits } from "../core/proxy-spec.ts";
import type { ExitStatus } from "../platform/exit-status.ts";
import { settledWithin } from "../platform/settled-within.ts";
import { HostedGeneration } from "./hosted-generation.ts";
import { canHost, keeperFor } from "./import-key.ts";
import { explainSpawnError, KeeperHost } from "./keeper-host.ts";
import type { KeeperListener } from "./keeper.ts";
import type { EarlyKeeper } from "./launch-keeper.ts";
import type { ProxyDeps } from "./proxy-deps.ts";
import type { RefusalReason } from "./protocol.ts";
import type { Input, StartEffect } from "./state-types.ts";
import { stopGeneration, stopKeeper } from "./stop-steps.ts";

export interface ProxySpec {
  readonly keeper: KeeperSpec;
  /** The first keeper, spawned already to the same specification. */
  readonly early?: EarlyKeeper | null;
  readonly limits: ProxyLimits;
}

export class Hosting {
  readonly #spec: ProxySpec;
  readonly #deps: ProxyDeps;
  readonly #tell: (input: Input) => void;
  readonly #keepers = new Map<number, KeeperHost>();
  readonly #running = new Map<number, { host: KeeperHost; generation: HostedGeneration }>();
  #early: EarlyKeeper | null;

  constructor(spec: ProxySpec, deps: ProxyDeps, tell: (input: Input) => void) {
    this.#spec = spec;
    this.#deps = deps;
    this.#tell = tell;
    this.#early = spec.early ?? null;
  }

  find(generation: number): HostedGeneration | null {
    return this.#running.get(generation)?.generation ?? null;
  }

  /** For this configuration, if there is one yet. Returns what prevented it. */
  async spawn(id: number, wanted: GenerationSpec | null, standby = false): Promise<Error | null> {
    const { keeper } = this.#spec;
    const host = new KeeperHost(id, wanted ? keeperFor(keeper, wanted) : keeper, this.#deps);
    if (standby) host.standBy();
    this.#keepers.set(id, host);
    const early = this.#early;
    this.#early = null;
    try {
      await host.spawn(this.#listen(id, host), this.#spec.limits.readinessSeconds, early);
      return null;
    } catch (error) {
      this.#keepers.delete(id);
      this.#tell({ type: "keeper-ended", keeper: id, end: explainSpawnError(error) });
      host.close();
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async start(effect: StartEffect, configuration: GenerationSpec): Promise<void> {
    const { generation: id, keeper, further } = effect;
    const host = this.#keepers.get(keeper);
    if (host === undefined) throw new BugError(`there is no keeper ${keeper}`);
    if (!canHost(host.spec, configuration)) return this.#refuse(id, "import-environment", null);
    const generation = new HostedGeneration(id, configuration, this.#spec.keeper.socketDir, host);
    this.#running.set(id, { host, generation });
    try {
      const { graceSeconds } = this.#spec.limits;
      const order = await generation.prepare(this.#deps, { graceSeconds, further });
      if (!generation.isOver) return host.send(order);
      this.#forget(generation);
      this.#tell({ type: "ended", generation: id, end: generation.describe("stopped") });
    } catch (error) {
      this.#forget(generation);
      const errno = error instanceof Error && "errno" in error ? Number(error.errno) : null;
      this.#refuse(id, "log-connect", errno);
    }
  }

  #refuse(generation: number, reason: RefusalReason, errno: number | null): void {
    this.#tell({ type: "refused", generation, reason, errno });
  }

  async probe(id: number): Promise<void> {
    const generation = this.#running.get(id)?.generation;
    if (generation === undefined) return;
    const found = await generation.measure(this.#spec.limits.readinessSeconds);
    if (found === null) return;
    if (found.ready)
      this.#tell({ type: "ready", generation: id, missing: found.missing, ms: found.ms });
    else this.#tell({ type: "unready", generation: id, end: generation.describe(found.reason) });
  }

  add(id: number): void {
    const { host, generation } = this.#running.get(id) ?? {};
    if (host === undefined || generation === undefined) return;
    generation.isServing = true;
    host.warmSoon();
    this.#deps.upstream.add(generation.name, generation.endpoint);
  }

  async drain(id: number): Promise<void> {
    const generation = this.#running.get(id)?.generation;
    if (generation === undefined) return;
    const drained = this.#deps.upstream.drain(generation.name);
    await settledWithin(drained, this.#spec.limits.drainSeconds * 1000);
    this.#tell({ type: "drained", generation: id });
  }

  async stop(id: number): Promise<void> {
    const running = this.#running.get(id);
    if (running === undefined) return;
    await stopGeneration(running.host, running.generation, this.#spec.limits.graceSeconds);
  }

  kill(id: number): void {
    this.#running.get(id)?.generation.kill();
  }

  async quit(keeper: number): Promise<void> {
    const host = this.#keepers.get(keeper);
    if (host === undefined) return;
    await stopKeeper(host, this.#hostedBy(host), this.#spec.limits.graceSeconds);
  }

  #hostedBy(host: KeeperHost): HostedGeneration[] {
    const all = [...this.#running.values()];
    return all.flatMap((running) => (running.host === host ? [running.generation] : []));
  }

  /** The stop ladder for all there is. */
  async shutDown(): Promise<void> {
    for (const { generation } of this.#running.values())
      void this.#deps.upstream.drain(generation.name);
    await Promise.all([...this.#keepers.keys()].map((keeper) => this.quit(keeper)));
  }

  killAll(): void {
    for (const host of this.#keepers.values()) host.kill();
  }

  #listen(id: number, host: KeeperHost): KeeperListener {
    return {
      imported: (fork) => {
        host.setImported();
        this.#tell({ type: "imported", keeper: id, fork });
      },
      warmed: (ms, skipped) => {
        const fields = { keeper: id, ms, skipped: skipped.join("; ") || null };
        this.#deps.report.event({ name: "proxy.warmed", fields });
      },
      started: (generation, pid) => {
        this.#running.get(generation)?.generation.become(pid);
        this.#deps.reaper.addGroup(pid);
        this.#tell({ type: "started", generation });
      },
      refused: (generation, reason, errno) => {
        this.#forget(this.#running.get(generation)?.generation);
        this.#refuse(generation, reason, errno);
      },
      exited: (generation, status) => host.track(this.#exited(generation, status)),
      ended: (status, fatal) => void this.#ended(id, host, status, fatal),
    };
  }

  async #exited(id: number, status: ExitStatus): Promise<void> {
    const generation = this.#running.get(id)?.generation;
    if (generation === undefined) return;
    this.#forget(generation);
    const end = await generation.explain(status, this.#deps.classify);
    this.#tell({ type: "ended", generation: id, end });
  }

  /** The kernel has killed the generations that are left. */
  async #ended(
    id: number,
    host: KeeperHost,
    status: ExitStatus,
    fatal: string | null,
  ): Promise<void> {
    const lost = this.#hostedBy(host);
    for (const generation of lost) this.#forget(generation);
    const end = await host.bury(status, fatal);
    await Promise.all(lost.map((generation) => generation.removeSocket()));
    this.#keepers.delete(id);
    this.#tell({ type: "keeper-ended", keeper: id, end });
    host.close();
  }

  /** Nothing more comes from it, and no request goes to it. */
  #forget(generation: HostedGeneration | undefined): void {
    if (generation === undefined) return;
    const { number, name, pid } = generation;
    this.#running.delete(number);
    this.#deps.upstream.remove(name);
    if (pid !== null) this.#deps.reaper.removeGroup(pid);
    generation.close();
  }
}
