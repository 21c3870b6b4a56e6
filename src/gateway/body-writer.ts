// Writes a streamed request body onto an upstream connection, chunked or sized, with back-pressure.
import type { Socket } from "node:net";
import type { Readable } from "node:stream";

export interface BodyWriter {
  readonly finished: boolean;
  /** Lets go of both sides; the rest of the body stays unread. */
  detach(): void;
}

/** `fail` is told when the body's source failed; the connection must then be given up. */
export function writeBody(
  socket: Socket,
  body: Readable,
  chunked: boolean,
  fail: (error: Error) => void,
): BodyWriter {
  const writer = { finished: false, detach };
  const onData = (chunk: Buffer): void => {
    if (chunked) {
      socket.cork();
      socket.write(`${chunk.length.toString(16)}\r\n`, "latin1");
      socket.write(chunk);
      socket.write("\r\n", "latin1");
      process.nextTick(uncork, socket);
    } else {
      socket.write(chunk);
    }
    if (socket.writableNeedDrain) body.pause();
  };
  const onDrain = (): void => void body.resume();
  const onEnd = (): void => {
    writer.finished = true;
    if (chunked) socket.write("0\r\n\r\n", "latin1");
    detach();
  };
  function detach(): void {
    socket.off("drain", onDrain);
    body.off("data", onData).off("end", onEnd).off("error", fail);
  }
  socket.on("drain", onDrain);
  body.on("end", onEnd).on("error", fail).on("data", onData);
  return writer;
}

function uncork(socket: Socket): void {
  socket.uncork();
}
