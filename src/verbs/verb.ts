// The shape of a verb: its name, flags and lazily imported command. No flag has a default here.
import type { Context, Input } from "../core/context.ts";

export interface Flag {
  /** As commander writes it: `-d, --daemon`, `--model <name>`, `--client <names...>`. */
  readonly spec: string;
  readonly help: string;
}

export interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** Positional arguments as commander writes them, `[command...]`. */
  readonly args?: string;
  /** What follows the first positional belongs to the worker, dashes included. */
  readonly passThrough?: true;
  /** For our own scripts: not in --help. */
  readonly hidden?: true;
  readonly load: () => Promise<(input: Input, context: Context) => Promise<number>>;
}
