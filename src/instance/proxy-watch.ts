// Waits for what becomes of the proxy, as often as it happens: its own promises tell the first time only.
import { BugError } from "../core/errors.ts";
import type { Proxy, ProxyFailure } from "../proxy/start.ts";
import type { Journal } from "./journal.ts";

type Watched = Pick<Proxy, "state">;

/** At once when it has failed already. */
export async function untilFailed(proxy: Watched, journal: Journal): Promise<ProxyFailure> {
  if (proxy.state().failure === null) await journal.next("proxy.failed");
  const { failure } = proxy.state();
  if (failure === null) throw new BugError("a failed proxy has no failure");
  return failure;
}

/** At once when it serves already. */
export async function untilReady(proxy: Watched, journal: Journal): Promise<void> {
  const { phase } = proxy.state();
  if (phase !== "ready" && phase !== "degraded") await journal.next("proxy.ready");
}
