// Which requests run on which client connection: when it closes, all of them lose their client.
import type { Socket } from "node:net";
import type { RequestRun } from "./request-run.ts";

export class Connections {
  readonly #runs = new Map<Socket, Set<RequestRun>>();

  /** May be told twice of a socket. */
  open(socket: Socket): void {
    if (this.#runs.has(socket)) return;
    this.#runs.set(socket, new Set());
    socket.once("close", () => {
      const runs = this.#runs.get(socket);
      this.#runs.delete(socket);
      for (const run of runs ?? []) run.leave();
    });
  }

  begin(socket: Socket, run: RequestRun): void {
    this.#runs.get(socket)?.add(run);
  }

  end(socket: Socket, run: RequestRun): void {
    this.#runs.get(socket)?.delete(run);
  }

  /** Connections without a request end; what was written to them still goes out. */
  closeIdle(): void {
    for (const [socket, runs] of this.#runs) {
      if (runs.size === 0) socket.destroySoon();
    }
  }

  /** Upgraded ones too, which Node's server does not know any more. */
  destroyAll(): void {
    for (const socket of this.#runs.keys()) socket.destroy();
  }

  stopHolding(): void {
    for (const runs of this.#runs.values()) {
      for (const run of runs) run.stopHolding();
    }
  }
}
