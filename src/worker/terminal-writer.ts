// Writes to our stdout or stderr without ever holding up the event loop.
import { write } from "node:fs";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const writeBytes = promisify(write);
/** A descriptor that others made non-blocking is full: ask again after this. */
const AGAIN_MS = 10;

/** Resolves when the bytes are out; rejects when nobody reads any more. */
export type WriteBytes = (bytes: Buffer) => Promise<void>;

/**
 * Node writes to a terminal or pipe synchronously: a paused one (Ctrl+S, `| less`) would stop the gateway. A stream with
 * a descriptor is therefore written to from Node's thread pool.
 */
export function terminalWriter(stream: Writable & { readonly fd?: number }): WriteBytes {
  const { fd } = stream;
  if (fd === undefined) return (bytes) => writeToStream(stream, bytes);
  return async (bytes) => {
    let written = 0;
    while (written < bytes.length) {
      try {
        written += (await writeBytes(fd, bytes, written)).bytesWritten;
      } catch (error) {
        if (!isFull(error)) throw error;
        await sleep(AGAIN_MS);
      }
    }
  };
}

async function writeToStream(stream: Writable, bytes: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
