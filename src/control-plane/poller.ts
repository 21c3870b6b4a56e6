// Asks for the queue settings again and again, and says once what changed: the settings, or that they cannot be had.
import { setTimeout as sleep } from "node:timers/promises";
import type { Problem } from "../core/errors.ts";
import type { Report } from "../core/report.ts";
import type { QueueSettingsSource } from "./queue-settings.ts";

export interface PollerOptions {
  readonly source: Pick<QueueSettingsSource, "refresh">;
  readonly report: Report;
  /** The settings are others now; must not reject. */
  onChange(): Promise<void>;
  /** Between two questions on average, milliseconds. */
  readonly everyMs?: number;
  /** From 0 to 1. */
  readonly random?: () => number;
}

export interface Poller {
  /** Settles when nothing is under way any more. */
  stop(): Promise<void>;
}

const EVERY_MS = 60_000;
/** So that a fleet that was started at once does not ask at once. */
const JITTER = 0.2;

export function startPoller(options: PollerOptions): Poller {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = poll(options, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}

async function poll(options: PollerOptions, signal: AbortSignal): Promise<void> {
  const { source, report, everyMs = EVERY_MS, random = Math.random } = options;
  let failure: string | null = null;
  for (;;) {
    const pauseMs = everyMs * (1 - JITTER + 2 * JITTER * random());
    // Nothing waits for the next question: it must not keep the process.
    await sleep(pauseMs, undefined, { signal, ref: false });
    const outcome = await source.refresh(signal);
    if (outcome.kind === "failed") {
      const { exit, problems } = outcome.error;
      if (failure === null) report.event({ name: "queue-settings-lost" });
      if (failure !== exit) for (const found of problems) report.problem(soften(found));
      failure = exit;
      continue;
    }
    if (failure !== null) {
      report.info("the control plane gives the queue settings again");
      report.event({ name: "queue-settings-back" });
    }
    failure = null;
    if (outcome.kind === "changed") {
      report.event({ name: "queue-settings-changed" });
      await options.onChange();
    }
  }
}

/** What is in force stays in force, so nothing has failed yet. */
function soften(found: Problem): Problem {
  return { ...found, severity: "warning", message: `${found.message}; the settings in force stay` };
}
