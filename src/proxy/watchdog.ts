// Whether a serving generation still lives: signs of life and silence on a clock, to a verdict. Pure.
import type { Activity } from "../core/upstream.ts";

/** One generation's; times in monotonic ms. */
export interface Pulse {
  /** When this was looked at last. */
  readonly tickedAt: number;
  /** The last sign of life: bytes of an answer, or a probe's. */
  readonly aliveAt: number;
  /** The gateway's counters at that look. */
  readonly heard: number;
  readonly broken: number;
  /** When the probe under way began; null: none is. */
  readonly probedAt: number | null;
  /** Requests were under way then. */
  readonly probedBusy: boolean;
  /** Probes in a row that got no answer. */
  readonly failures: number;
  /** Requests were under way when the first of these began. */
  readonly wasBusy: boolean;
}

export type Sign =
  | { readonly type: "tick"; readonly activity: Activity }
  | { readonly type: "answered"; readonly probedAt: number }
  | {
      readonly type: "silent";
      readonly probedAt: number;
      readonly activity: Activity;
      /** By a signal: it will not go on by itself. */
      readonly stopped: boolean;
    };

export interface Verdict {
  readonly pulse: Pulse;
  /** Ask it now. */
  readonly probe: boolean;
  readonly hung: boolean;
}

/** Without a request under way it is asked this often. */
const IDLE_MS = 5_000;
/** A request waits this long before its process is asked. */
const WAITING_MS = 2_000;
/** This many probes in a row without an answer. */
const FAILURES = 3;
/** Above the longest freeze that a healthy LiteLLM recovered from, 120 s: its requests are not to be lost. */
const FREEZE_MS = 150_000;
/** We ourselves stood still (sleep, SIGSTOP, starved): what was silent meanwhile is no news. */
const GAP_MS = 5_000;

export function newPulse(now: number, { heard, broken }: Activity): Pulse {
  return {
    tickedAt: now,
    aliveAt: now,
    heard,
    broken,
    probedAt: null,
    probedBusy: false,
    failures: 0,
    wasBusy: false,
  };
}

export function judge(pulse: Pulse, sign: Sign, now: number): Verdict {
  if (sign.type === "tick") return look(pulse, sign.activity, now);
  // Of a probe that was given up meanwhile.
  if (sign.probedAt !== pulse.probedAt) return rest(pulse);
  if (sign.type === "answered") return rest(alive(pulse, now));
  const { activity, stopped } = sign;
  if (activity.heard !== pulse.heard) return rest(alive({ ...pulse, heard: activity.heard }, now));
  const failures = pulse.failures + 1;
  const wasBusy = pulse.failures === 0 ? pulse.probedBusy : pulse.wasBusy;
  const silent = { ...pulse, failures, wasBusy };
  // Its event loop may only be frozen, and would go on with what it has.
  const mayRecover = wasBusy && activity.inFlight > 0 && !stopped;
  const isOver = failures >= FAILURES && (!mayRecover || now - pulse.aliveAt >= FREEZE_MS);
  return isOver ? { pulse: silent, probe: false, hung: true } : ask(silent, activity, now);
}

function look(pulse: Pulse, activity: Activity, now: number): Verdict {
  if (now - pulse.tickedAt > GAP_MS) return ask(newPulse(now, activity), activity, now);
  const { heard, broken } = activity;
  const seen = { ...pulse, tickedAt: now, heard, broken };
  if (heard !== pulse.heard) return rest(alive(seen, now));
  if (pulse.probedAt !== null) return rest(seen);
  const patience = activity.inFlight > 0 ? WAITING_MS : IDLE_MS;
  const isDue = broken !== pulse.broken || now - pulse.aliveAt >= patience;
  return isDue ? ask(seen, activity, now) : rest(seen);
}

function alive(pulse: Pulse, now: number): Pulse {
  return { ...pulse, aliveAt: now, probedAt: null, failures: 0 };
}

function rest(pulse: Pulse): Verdict {
  return { pulse, probe: false, hung: false };
}

function ask(pulse: Pulse, { inFlight }: Activity, now: number): Verdict {
  return { pulse: { ...pulse, probedAt: now, probedBusy: inFlight > 0 }, probe: true, hung: false };
}
