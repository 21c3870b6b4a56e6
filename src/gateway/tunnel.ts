// Joins a client's and an upstream's socket after a protocol switch, until either ends.
import type { Duplex } from "node:stream";

/** Resolves when both are closed; each end is passed on, a failure closes both. */
export async function joinSockets(client: Duplex, upstream: Duplex): Promise<void> {
  const closed = Promise.all([untilClosed(client), untilClosed(upstream)]);
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.on("error", () => to.destroy()).on("close", () => to.destroy());
    from.pipe(to);
  }
  await closed;
}

function untilClosed(socket: Duplex): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once("close", () => resolve());
  });
}

/** The head of a 101, as it goes to the client. */
export function renderSwitch(headers: readonly string[]): string {
  let text = "HTTP/1.1 101 Switching Protocols\r\n";
  for (let index = 0; index < headers.length; index += 2) {
    text += `${headers[index]}: ${headers[index + 1]}\r\n`;
  }
  return `${text}\r\n`;
}
