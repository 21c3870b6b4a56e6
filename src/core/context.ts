// What every command gets: the host, the voice, the way to be stopped, and stdout for data.
import type { Host } from "./host.ts";
import type { Report } from "./report.ts";

export interface Signals {
  /** The first INT, TERM, HUP or QUIT: stop gracefully. */
  readonly abort: AbortSignal;
  /** The second one: stop now. */
  readonly force: AbortSignal;
  /** The signal that asked first, by which sidelite ends after the stop. */
  received(): NodeJS.Signals | null;
  /**
   * From now on this signal is given to `handler` and no longer asks us to stop (`run` on a terminal); the returned
   * function puts back what was before.
   */
  divert(signal: NodeJS.Signals, handler: () => void): () => void;
}

export interface Context {
  readonly host: Host;
  readonly report: Report;
  readonly signals: Signals;
  /** Data, on stdout, with a final line feed added. */
  print(text: string): void;
  /** No question may be asked and billed calls are agreed to. */
  readonly yes: boolean;
  readonly verbose: boolean;
}

/** What the user typed for one verb. */
export interface Input {
  /** Camel-cased long names; absent where the user typed nothing. */
  readonly flags: Readonly<Record<string, string | boolean | string[] | undefined>>;
  readonly args: readonly string[];
}
