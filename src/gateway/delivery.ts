// Gets one admitted request to its upstream: waits for a lease, takes the body in, forwards the answer.
import { abortAfter } from "../core/abort-after.ts";
import type { Lease, RequestBody } from "../core/upstream.ts";
import { UpstreamUnavailable } from "../core/upstream.ts";
import { answerJson } from "./answer.ts";
import type { BodyCheck } from "./body-check.ts";
import { ClientGone } from "./body-errors.ts";
import { BodyStream } from "./body-stream.ts";
import { takeBody } from "./body.ts";
import { refusalOf } from "./failure.ts";
import type { Ending } from "./forwarding.ts";
import { Forwarding } from "./forwarding.ts";
import { planHeaders, planUpgradeHeaders } from "./header-plan.ts";
import { renderModels } from "./models.ts";
import { Refusal } from "./refusal.ts";
import type { Route } from "./router.ts";
import type { Incoming, Shared } from "./shared.ts";
import type { UsageTail } from "./usage-tail.ts";

export class Delivery {
  readonly #shared: Shared;
  readonly #incoming: Incoming;
  readonly #route: Route;
  readonly #check: BodyCheck;
  readonly #tail: UsageTail | null;
  /** undefined: not read yet. */
  #body: RequestBody | undefined;
  #forwarding: Forwarding | null = null;
  #holding: AbortController | null = null;
  #cut = false;
  #gone = false;

  /** `body`: what had to be read before the route could be chosen, if anything; `tail` sees the answer. */
  constructor(
    shared: Shared,
    incoming: Incoming,
    route: Route,
    check: BodyCheck,
    body: RequestBody | undefined,
    tail: UsageTail | null,
  ) {
    this.#shared = shared;
    this.#incoming = incoming;
    this.#route = route;
    this.#check = check;
    this.#body = body;
    this.#tail = tail;
  }

  get bytesOut(): number {
    return this.#forwarding?.bytes ?? 0;
  }

  /** The protocol was changed: the answer is a 101. */
  get switched(): boolean {
    return this.#forwarding?.switched ?? false;
  }

  /** The upstream ended in the middle of its answer. */
  get cut(): boolean {
    return this.#cut;
  }

  /** Resolves when the exchange is over; a refusal: nothing has been answered yet. */
  async run(): Promise<Refusal | null> {
    try {
      return await this.#deliver();
    } finally {
      // An answer may come before the body's end: nobody wants the rest.
      if (this.#body instanceof BodyStream) this.#body.destroy();
    }
  }

  /** The client closed its connection. */
  leave(): void {
    this.#gone = true;
    this.#holding?.abort(new ClientGone("the client closed the connection"));
    this.#forwarding?.abort();
  }

  /** The gateway stops: a request that is held will not be served any more. */
  stopHolding(): void {
    this.#holding?.abort(new UpstreamUnavailable("sidelite is stopping", 1));
  }

  async #deliver(): Promise<Refusal | null> {
    const { list, upstream } = this.#route;
    if (list?.always === true) return this.#answerList();
    let giveUp: number | null = null;
    for (;;) {
      const lease = upstream.tryAcquire() ?? (await this.#hold());
      if (lease === null) return this.#answerList();
      try {
        const ending = await this.#attempt(lease);
        if (ending instanceof Refusal) return ending;
        if (ending.kind === "failed") return refusalOf(ending.error);
        this.#cut = ending.kind === "cut";
        if (ending.kind !== "unreached") return null;
      } finally {
        lease.release();
      }
      // Nothing was sent, so another try sends nothing twice.
      giveUp ??= performance.now() + this.#shared.limits.retryMs;
      if (performance.now() > giveUp) throw new UpstreamUnavailable("LiteLLM cannot be reached", 1);
    }
  }

  async #attempt(lease: Lease): Promise<Ending | Refusal> {
    const { head, request, response, expectsContinue, upgrade } = this.#incoming;
    if (this.#body === undefined) {
      if (expectsContinue) response.writeContinue();
      const taken = await takeBody(request, head, this.#check, this.#shared.limits, null);
      if (taken instanceof Refusal) return taken;
      this.#body = taken;
    }
    if (this.#gone) return { kind: "gone" };
    const outgoing = {
      method: head.method,
      path: this.#route.path(head.url),
      headers: (upgrade === null ? planHeaders : planUpgradeHeaders)(
        head,
        this.#route.headers,
        lease.authorization,
      ),
      bodyLength: head.contentLength,
    };
    this.#forwarding = new Forwarding(lease, outgoing, this.#body, this.#incoming, this.#tail);
    return this.#forwarding.ended;
  }

  /** null: a model list has waited long enough. */
  async #hold(): Promise<Lease | null> {
    this.#holding = new AbortController();
    const { signal } = this.#holding;
    if (this.#gone) this.leave();
    if (this.#route.list === null) return this.#route.upstream.acquire(signal);
    const patience = abortAfter(this.#shared.limits.modelsHoldMs, signal);
    try {
      return await this.#route.upstream.acquire(patience);
    } catch (error) {
      if (patience.aborted && !signal.aborted) return null;
      throw error;
    } finally {
      this.#holding = null;
    }
  }

  #answerList(): null {
    const { response, id } = this.#incoming;
    answerJson(response, renderModels(this.#route.list?.names ?? []), id);
    return null;
  }
}
