// Asks a generation for a sign of life: whatever it answers, its event loop turns.
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** It asks nobody else and needs no key. */
const QUESTION = "GET /health/liveliness HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
/** The whole of it may take 2 s: a hung process still lets us connect. */
const SLICES = 10;
const SLICE_MS = 200;

/** false: no byte of an answer came in time. */
export async function isAnswering(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath);
  const over = new AbortController();
  const heard = new Promise<boolean>((resolve) => {
    socket
      .on("connect", () => socket.write(QUESTION))
      .on("data", () => resolve(true))
      .on("error", () => resolve(false))
      .on("close", () => resolve(false));
  });
  try {
    return await Promise.race([heard, passPatience(over.signal)]);
  } finally {
    over.abort();
    socket.destroy();
  }
}

/** Counted in turns of our own event loop, so that time in which we could hear nothing does not count. */
async function passPatience(signal: AbortSignal): Promise<false> {
  for (let slice = 0; slice < SLICES && !signal.aborted; slice += 1) {
    await sleep(SLICE_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}
