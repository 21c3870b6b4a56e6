// Asks a generation for a sign of life: whatever it answers, its event loop turns.
import { connect } from "node:net";

/** It asks nobody else and needs no key. */
const QUESTION = "GET /health/liveliness HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
/** The whole of it may take 2 s: a hung process still lets us connect. */
const SLICES = 10;
const SLICE_MS = 200;

/** false: no byte of an answer came in time. */
export async function isAnswering(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    let passed = 0;
    // Counted in turns of our own event loop, so that time in which we could hear nothing does not count.
    const patience = setInterval(() => {
      passed += 1;
      if (passed === SLICES) end(false);
    }, SLICE_MS);
    const end = (isAlive: boolean): void => {
      clearInterval(patience);
      socket.destroy();
      resolve(isAlive);
    };
    const socket = connect(socketPath)
      .on("data", () => end(true))
      .on("error", () => end(false))
      .on("close", () => end(false));
    socket.write(QUESTION);
  });
}
