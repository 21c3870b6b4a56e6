// Carries one stream of the worker to the terminal, byte for byte, and to worker.log, redacted and in whole lines.
import type { Readable } from "node:stream";
import type { Redactor } from "../core/redact.ts";
import type { LogFile } from "../platform/log-file.ts";
import { LineBuffer } from "./line-buffer.ts";
import type { WriteBytes } from "./terminal-writer.ts";

export interface OutputSinks {
  readonly log: LogFile;
  readonly redactor: Redactor;
  /** null: nobody watches (daemon). */
  readonly terminal: WriteBytes | null;
  /** The terminal is gone; the log goes on. */
  onTerminalError(error: unknown): void;
}

/** Resolves at the stream's end or destruction. A slow sink slows the worker down, nothing is dropped for it. */
export async function carryOutput(source: Readable, sinks: OutputSinks): Promise<void> {
  const { log, redactor } = sinks;
  let { terminal } = sinks;
  const redacted = redactor.stream();
  const lines = new LineBuffer();
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      const logged = log.write(lines.push(redacted.push(chunk)));
      await terminal?.(chunk).catch((error: unknown) => {
        terminal = null;
        sinks.onTerminalError(error);
      });
      if (!logged) await log.room();
    }
  } catch {
    // Destroyed: a grandchild still holds the other end.
  }
  log.write(lines.push(redacted.end()));
  log.write(lines.end());
}
