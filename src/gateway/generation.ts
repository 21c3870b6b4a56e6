// One serving process as the gateway sees it: its connections, its load, whether it may get requests.
import type {
  Activity,
  Endpoint,
  Exchange,
  Lease,
  RequestBody,
  RequestHead,
  ResponseSink,
} from "../core/upstream.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { UpstreamBroken } from "./upstream-errors.ts";

/**
 * After a failed connect, or a connection that the process ended, it is left alone this long: it is dying
 * (its other connections seem alive until the kernel gets to them), or its backlog is full.
 */
const SUSPECT_MS = 100;

export class Generation {
  readonly id: string;
  readonly authorization: string | undefined;
  readonly #pool: ConnectionPool;
  readonly #onEligible: () => void;
  #suspected = false;
  #suspended = false;
  #drained: Promise<void> | null = null;
  #whenIdle: (() => void) | null = null;
  #inFlight = 0;

  /** `onEligible` is told when it gives leases again. */
  constructor(id: string, endpoint: Endpoint, idleMs: number, onEligible: () => void) {
    this.id = id;
    const masterKey = endpoint.kind === "unix" ? endpoint.masterKey : undefined;
    this.authorization = masterKey && `Bearer ${masterKey.reveal()}`;
    this.#pool = new ConnectionPool(endpoint, idleMs, () => this.#suspect());
    this.#pool.openAhead();
    this.#onEligible = onEligible;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get draining(): boolean {
    return this.#drained !== null;
  }

  get eligible(): boolean {
    return this.#drained === null && !this.#suspected && !this.#suspended;
  }

  get activity(): Activity {
    const { heard, broken } = this.#pool;
    return { inFlight: this.#inFlight, heard, broken };
  }

  lease(): Lease {
    this.#inFlight += 1;
    return new GenerationLease(this);
  }

  send(head: RequestHead, body: RequestBody, sink: ResponseSink): Exchange {
    return this.#pool.send(head, body, sink);
  }

  release(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#whenIdle?.();
  }

  /** Whether it gives leases, until told otherwise. */
  suspend(suspended: boolean): void {
    this.#suspended = suspended;
    if (!suspended) this.#onEligible();
  }

  /** No new lease; resolves when the last one is back and the connections have ended. */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  /** Its process is gone. */
  destroy(): void {
    this.#drained ??= Promise.resolve();
    this.#pool.destroy(new UpstreamBroken("LiteLLM ended"));
    this.#whenIdle?.();
  }

  #suspect(): void {
    if (this.#suspected) return;
    this.#suspected = true;
    setTimeout(() => {
      this.#suspected = false;
      this.#onEligible();
    }, SUSPECT_MS);
  }

  async #drain(): Promise<void> {
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    await this.#pool.close();
  }
}

class GenerationLease implements Lease {
  readonly #generation: Generation;
  #released = false;

  constructor(generation: Generation) {
    this.#generation = generation;
  }

  get id(): string {
    return this.#generation.id;
  }

  get authorization(): string | undefined {
    return this.#generation.authorization;
  }

  send(head: RequestHead, body: RequestBody, sink: ResponseSink): Exchange {
    return this.#generation.send(head, body, sink);
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#generation.release();
  }
}
