// One request's way through the gateway: guard, key, route, admission, delivery, log line.
import type { RequestBody } from "../core/upstream.ts";
import type { Principal } from "./access.ts";
import { renderAccess } from "./access-log.ts";
import { answerHealth, answerRefusal, HEALTH_PATH, linger } from "./answer.ts";
import { BodyCheck, tooLarge } from "./body-check.ts";
import { ClientGone } from "./body-errors.ts";
import { BodyStream } from "./body-stream.ts";
import { takeBody } from "./body.ts";
import { Delivery } from "./delivery.ts";
import { refusalOf } from "./failure.ts";
import { FormScan } from "./direct/form-scan.ts";
import { checkRequest } from "./guard.ts";
import { JsonScan } from "./json-scan.ts";
import type { Outcome } from "./policy.ts";
import { Refusal } from "./refusal.ts";
import type { Need } from "./router.ts";
import type { Incoming, Shared } from "./shared.ts";
import type { Snapshot } from "./snapshot.ts";
import { UsageTail } from "./usage-tail.ts";

const NO_KEYS: ReadonlySet<string> = new Set();

export class RequestRun {
  readonly #shared: Shared;
  readonly #snapshot: Snapshot;
  readonly #incoming: Incoming;
  readonly #started = performance.now();
  #who: Principal | null = null;
  #check: BodyCheck | null = null;
  #delivery: Delivery | null = null;
  #gone = false;

  constructor(shared: Shared, snapshot: Snapshot, incoming: Incoming) {
    this.#shared = shared;
    this.#snapshot = snapshot;
    this.#incoming = incoming;
  }

  /** Never rejects. */
  async run(): Promise<void> {
    const { request, response, head, id } = this.#incoming;
    let refusal: Refusal | null = null;
    try {
      refusal = await this.#serve();
    } catch (error) {
      if (!(error instanceof ClientGone)) refusal = refusalOf(error);
      if (refusal?.kind === "internal") this.#shared.log(`gateway bug ${id}: ${String(error)}`);
    }
    if (!this.#gone) {
      if (refusal !== null && !response.headersSent) answerRefusal(response, head, refusal, id);
      linger(request, this.#shared.limits.lingerMs);
    }
    this.#shared.log(this.#line());
  }

  /** The client closed its connection. */
  leave(): void {
    this.#gone = true;
    this.#delivery?.leave();
  }

  /** The gateway stops: a request that is held will not be served any more. */
  stopHolding(): void {
    this.#delivery?.stopHolding();
  }

  async #serve(): Promise<Refusal | null> {
    const { head, response, id } = this.#incoming;
    const { access, router } = this.#snapshot;
    const refused = checkRequest(head, this.#shared.hosts);
    if (refused !== null) return refused;
    if (head.path === HEALTH_PATH) {
      answerHealth(response, id);
      return null;
    }
    const who = access.authenticate(head);
    if (who instanceof Refusal) return who;
    this.#who = who;
    const need = router.needs(head, who);
    if (need instanceof Refusal) return need;
    const { bodyBytes } = this.#shared.limits;
    if ((head.contentLength ?? 0) > bodyBytes) return tooLarge(bodyBytes);
    const check = this.#buildCheck(need);
    this.#check = check;
    return need.model ? this.#deliverByModel(who, check) : this.#deliver(who, check, undefined);
  }

  /** The body is kept in memory from its beginning to its `model`, at least. */
  async #deliverByModel(who: Principal, check: BodyCheck): Promise<Refusal | null> {
    const { request, response, head, expectsContinue } = this.#incoming;
    const { budget, limits } = this.#shared;
    const share = budget.reserve();
    try {
      if (expectsContinue) response.writeContinue();
      const body = await takeBody(request, head, check, limits, share);
      if (body instanceof Refusal) return body;
      const refusal = await this.#deliver(who, check, body);
      if (body instanceof BodyStream) body.destroy();
      return refusal;
    } finally {
      share.release();
    }
  }

  async #deliver(
    principal: Principal,
    check: BodyCheck,
    body: RequestBody | undefined,
  ): Promise<Refusal | null> {
    const { policy, router } = this.#snapshot;
    const route = router.select(this.#incoming.head, principal, check.model);
    if (route instanceof Refusal) return route;
    const { method } = this.#incoming.head;
    const admission = policy.admit({ principal, route, model: check.model, method });
    if (admission instanceof Refusal) return admission;
    const tail = admission.countsTokens ? new UsageTail() : null;
    this.#delivery = new Delivery(this.#shared, this.#incoming, route, check, body, tail);
    if (this.#gone) this.#delivery.leave();
    try {
      return await this.#delivery.run();
    } finally {
      policy.settle(admission, this.#outcome(tail));
    }
  }

  #buildCheck({ scan, refusedKeys, boundary }: Need): BodyCheck {
    const json = scan ? new JsonScan(refusedKeys ?? NO_KEYS) : null;
    return new BodyCheck({
      limit: this.#shared.limits.bodyBytes,
      scan: boundary === undefined ? json : new FormScan(boundary),
      strict: refusedKeys !== null || boundary !== undefined,
    });
  }

  #outcome(tail: UsageTail | null): Outcome {
    const { response } = this.#incoming;
    const cutByUpstream = this.#delivery?.cut === true;
    const sent = response.headersSent ? response.statusCode : 0;
    return {
      status: this.#delivery?.switched === true ? 101 : sent,
      ms: performance.now() - this.#started,
      bytesIn: this.#check?.bytes ?? 0,
      bytesOut: this.#delivery?.bytesOut ?? 0,
      cut: this.#gone ? "client" : cutByUpstream ? "upstream" : null,
      tokens: tail?.tokens ?? 0,
    };
  }

  #line(): string {
    const { id, head } = this.#incoming;
    return renderAccess({
      id,
      principal: this.#who?.id ?? null,
      method: head.method,
      path: head.path,
      model: this.#check?.model ?? null,
      ...this.#outcome(null),
    });
  }
}
