// Loads conf without the signal handlers that it brings.
import { constants } from "node:os";

/**
 * conf's file writer hooks every signal to remove its temporary files, then raises the signal again: our own handlers
 * would see each one twice, and the second means "stop now". What it added is what is new and listens once.
 */
export async function importConf(): Promise<(typeof import("conf"))["default"]> {
  const before = new Set(signalListeners().map(({ listener }) => listener));
  const { default: Conf } = await import("conf");
  for (const { signal, listener } of signalListeners()) {
    if (!before.has(listener) && isOnce(listener)) process.removeListener(signal, listener);
  }
  return Conf;
}

function signalListeners(): { signal: string; listener: object }[] {
  return Object.keys(constants.signals).flatMap((signal) =>
    process.rawListeners(signal).map((listener) => ({ signal, listener })),
  );
}

/** Node wraps what `once` was given. */
function isOnce(listener: object): listener is () => void {
  return "listener" in listener;
}
