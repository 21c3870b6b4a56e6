// The words of the state machine: what is there, what may happen, what is to be done about it.
import type { RefusalReason } from "./protocol.ts";

/** Why something ended or was given up, in words for the user. */
export interface ExitCause {
  readonly kind: string;
  /** One line, without a final full stop. */
  readonly summary: string;
  readonly remedy: string | null;
  /** Starting again would end the same way. */
  readonly permanent: boolean;
}

export interface ProxyFailure {
  readonly cause: ExitCause;
  /** The last lines of its output, redacted. */
  readonly lines: readonly string[];
}

export interface KeeperState {
  readonly id: number;
  /** used: it starts no further generation; closing: it takes no order any more. */
  readonly status: "importing" | "idle" | "used" | "closing";
  /** false: it serves once, itself. */
  readonly fork: boolean;
}

export interface GenerationState {
  readonly id: number;
  readonly keeper: number;
  /** Number of the `serve` call whose configuration it has. */
  readonly spec: number;
  readonly status: "ordered" | "booting" | "serving" | "draining" | "stopping";
  /** Monotonic ms; null: never. */
  readonly readyAt: number | null;
  /** Configured names that it does not list. */
  readonly missing: readonly string[];
  /** Its memory passed the limit: it goes when another is ready in its place. */
  readonly tired: boolean;
}

export interface ProxyState {
  readonly mode: "running" | "stopping" | "stopped" | "failed";
  readonly keepers: readonly KeeperState[];
  readonly generations: readonly GenerationState[];
  /** The configuration to serve; null: none was given yet. */
  readonly wanted: number | null;
  /** The last one that was ready. */
  readonly proven: number | null;
  /** When something died unasked, monotonic ms, within the window. */
  readonly deaths: readonly number[];
  /** Deaths since the last stable run: the exponent of the pause. */
  readonly failures: number;
  /** A restart waits for its time. */
  readonly pausing: boolean;
  readonly failure: ProxyFailure | null;
  /** How many shall serve; the configuration's own limit comes on top. */
  readonly target: number;
  /** How often one took the place of another that had grown too large. */
  readonly recycled: number;
  /** Of the next standby keeper: its time runs, or is over. */
  readonly standby: "none" | "waiting" | "due";
  /** Standbys that ended by themselves since one was of use: the exponent of the pause before the next. */
  readonly standbyLosses: number;
  /** Numbers of the last ones. */
  readonly lastKeeper: number;
  readonly lastGeneration: number;
}

export type Input =
  | { readonly type: "begin" }
  | { readonly type: "serve"; readonly spec: number }
  | { readonly type: "imported"; readonly keeper: number; readonly fork: boolean }
  | { readonly type: "keeper-ended"; readonly keeper: number; readonly end: ProxyFailure }
  | { readonly type: "started"; readonly generation: number }
  | {
      readonly type: "refused";
      readonly generation: number;
      readonly reason: RefusalReason;
      readonly errno: number | null;
    }
  | {
      readonly type: "ready";
      readonly generation: number;
      readonly missing: readonly string[];
      /** Since its keeper was spawned for it, or since its order. */
      readonly ms: number;
    }
  /** It lives but cannot serve: too slow, another's key, none of the models. */
  | { readonly type: "unready"; readonly generation: number; readonly end: ProxyFailure }
  | { readonly type: "ended"; readonly generation: number; readonly end: ProxyFailure }
  /** It served and does not answer any more. */
  | { readonly type: "hung"; readonly generation: number; readonly end: ProxyFailure }
  /** One more has enough to do; one less would do. */
  | { readonly type: "grow" }
  | { readonly type: "shrink" }
  /** Its memory passed the limit. */
  | { readonly type: "recycle"; readonly generation: number; readonly mb: number }
  /** It has no request any more, or the drain limit is over. */
  | { readonly type: "drained"; readonly generation: number }
  | { readonly type: "retry" }
  /** It is time for a standby keeper. */
  | { readonly type: "standby" }
  | { readonly type: "stop" };

export interface StartEffect {
  readonly type: "start";
  readonly generation: number;
  readonly keeper: number;
  readonly spec: number;
  /** Another one serves the same. */
  readonly further: boolean;
}

export type Effect =
  | { readonly type: "spawn-keeper"; readonly keeper: number }
  /** One that nobody waits for. */
  | { readonly type: "spawn-standby"; readonly keeper: number }
  /** No order comes any more; its generations end by TERM. */
  | { readonly type: "quit-keeper"; readonly keeper: number }
  | StartEffect
  | { readonly type: "probe"; readonly generation: number }
  | { readonly type: "add"; readonly generation: number }
  | { readonly type: "drain"; readonly generation: number }
  | { readonly type: "refuse"; readonly reason: string | null }
  /** TERM, grace, INT, KILL. */
  | { readonly type: "stop-generation"; readonly generation: number }
  | { readonly type: "kill-generation"; readonly generation: number }
  | { readonly type: "retry-after"; readonly ms: number }
  | { readonly type: "standby-after"; readonly ms: number }
  /** The stop ladder for all there is. */
  | { readonly type: "shut-down" }
  | { readonly type: "event"; readonly name: string; readonly fields: EventFields };

export type EventFields = Readonly<Record<string, string | number | boolean | null>>;

/** What the rules need to know beside the state. */
export interface Moment {
  /** Monotonic ms. */
  readonly now: number;
  /** 0 to 1. */
  readonly random: number;
  /** Deaths within 10 minutes at which the proxy is given up. */
  readonly maxRestarts: number;
  /** How many generations may serve a configuration at once. */
  readonly most: (spec: number) => number;
}
