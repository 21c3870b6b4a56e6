// What the supervisor and keeper.py say to each other: one JSON object a line, each at most 1 MiB.

/** keeper.py says it first; another number is another package's keeper. */
export const PROTOCOL = 1;

export type StopSignal = "TERM" | "INT" | "KILL";

export interface StartOrder {
  readonly order: "start";
  readonly generation: number;
  /** Where it shall listen; at most 103 bytes. */
  readonly socket: string;
  /** A socket of ours that takes its output; at most 103 bytes. */
  readonly log: string;
  readonly cwd: string | null;
  /** The whole environment, secrets included: this is the only way they travel. */
  readonly environment: Readonly<Record<string, string>>;
  readonly worker_config: Readonly<Record<string, unknown>>;
  readonly grace_s: number;
  readonly keep_alive_s: number;
  /** Another one serves the same: while it does, this one lets others finish their turn of a processor. */
  readonly further: boolean;
}

export type Order =
  | StartOrder
  /** TERM and INT go to the process, KILL to its whole group. */
  | { readonly order: "signal"; readonly generation: number; readonly signal: StopSignal }
  /** Loads beforehand, in small steps, what a generation's first requests need. */
  | { readonly order: "warm" }
  /** TERM to every generation; the keeper ends with the last. */
  | { readonly order: "quit" };

export type RefusalReason =
  | "duplicate"
  | "unsafe"
  | "import-environment"
  | "fork"
  | "socket-path"
  | "log-connect"
  | "closing"
  | "bad-order";

export type KeeperEvent =
  | {
      readonly event: "hello";
      readonly protocol: number;
      readonly pid: number;
      readonly python: string;
      readonly litellm: string;
      /** false: on this system, or because SIDELITE_FORK=0. */
      readonly fork: boolean;
    }
  | {
      readonly event: "imported";
      readonly ms: number;
      readonly threads: number;
      readonly sockets: number;
    }
  | {
      readonly event: "warmed";
      readonly ms: number;
      /** At most 20, each a step and why. */
      readonly skipped: readonly string[];
    }
  | { readonly event: "started"; readonly generation: number; readonly pid: number }
  | {
      readonly event: "exited";
      readonly generation: number;
      readonly asked: boolean;
      readonly code?: number;
      readonly signal?: NodeJS.Signals;
      readonly max_rss_kb: number;
    }
  | {
      readonly event: "refused";
      readonly generation: number | null;
      readonly reason: RefusalReason;
      readonly errno: number | null;
    }
  | { readonly event: "fatal"; readonly step: string; readonly error: string };

const EVENTS: ReadonlySet<string> = new Set([
  "hello",
  "imported",
  "warmed",
  "started",
  "exited",
  "refused",
  "fatal",
] satisfies KeeperEvent["event"][]);

export function renderOrder(order: Order): string {
  return `${JSON.stringify(order)}\n`;
}

/** null for what is no event: the two files come from one package, so only the outline is checked. */
export function parseEvent(line: string): KeeperEvent | null {
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : null;
  } catch {
    return null;
  }
}

function isEvent(value: unknown): value is KeeperEvent {
  if (typeof value !== "object" || value === null || !("event" in value)) return false;
  return typeof value.event === "string" && EVENTS.has(value.event);
}
