// Watches a new configuration's first seconds: one that ends by itself again and again is not to stay.
import { setTimeout as sleep } from "node:timers/promises";
import type { Event } from "../core/report.ts";
import type { Journal } from "./journal.ts";

/** As long as a LiteLLM must have lived to count as stable. Milliseconds. */
const WATCHED_MS = 10_000;
/** One end may be another's doing, such as a kill. */
const TOO_MANY = 2;

/** Why it should go; null: it lived, or `over` fired. */
export async function endsEarly(journal: Journal, over: AbortSignal): Promise<string | null> {
  const until: Promise<null> = sleep(WATCHED_MS, null, { signal: over, ref: false }).catch(
    () => null,
  );
  for (let ends = 0; ;) {
    const ended: Promise<Event> = journal.next("proxy.ended", "proxy.keeper-ended");
    const found = await Promise.race([ended, until]);
    if (found === null) return null;
    if (found.fields?.["asked"] !== false) continue;
    ends += 1;
    if (ends === TOO_MANY) return String(found.fields["cause"]);
  }
}
