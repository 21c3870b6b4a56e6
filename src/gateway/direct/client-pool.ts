// The connections to one provider: one undici client each, used again while the provider keeps them open.
import type { buildConnector } from "undici";
import { Client } from "undici";

/** Below the 5 s after which Node's and uvicorn's servers close an idle connection. */
const IDLE_MS = 4_000;

/** Not undici's Pool: that one connects anew, for nothing, after each aborted request. */
export class ClientPool {
  readonly #origin: string;
  readonly #connect: buildConnector.connector;
  readonly #busy = new Set<Client>();
  /** Oldest first. */
  readonly #idle: Client[] = [];
  #isClosing = false;
  /** The first error of each one's socket: undici tells the last, after a TLS alert just "closed". */
  readonly #causes = new WeakMap<Client, Error>();
  readonly #waiting: (() => void)[] = [];

  constructor(origin: string, connect: buildConnector.connector) {
    this.#origin = origin;
    this.#connect = connect;
  }

  /** For one exchange; to be given back or discarded. */
  take(): Client {
    const client = this.#idle.pop() ?? this.#open();
    this.#busy.add(client);
    return client;
  }

  /** Its exchange is complete. */
  give(client: Client): void {
    if (!this.#busy.delete(client)) return;
    if (this.#isClosing) this.#end(client);
    else this.#idle.push(client);
  }

  /** Its connection is closed at once. */
  discard(client: Client): void {
    if (this.#busy.delete(client)) this.#end(client);
  }

  /** Why its connection broke, where the socket said so. */
  causeOf(client: Client): Error | null {
    return this.#causes.get(client) ?? null;
  }

  /** Resolves when the exchanges that run now are over. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const client of this.#idle.splice(0)) this.#end(client);
    if (this.#busy.size === 0) return;
    await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }

  /** The exchanges that run now fail. */
  destroy(): void {
    this.#isClosing = true;
    for (const client of [...this.#idle.splice(0), ...this.#busy]) this.#end(client);
    this.#busy.clear();
    this.#tell();
  }

  #open(): Client {
    const client: Client = new Client(this.#origin, {
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      connect: (options, callback) =>
        this.#connect(options, (...result) => {
          result[1]?.once("error", (error) => void this.#causes.set(client, error));
          callback(...result);
        }),
    });
    client.on("disconnect", () => {
      const index = this.#idle.indexOf(client);
      if (index !== -1) this.#end(...this.#idle.splice(index, 1));
    });
    return client;
  }

  #end(...clients: Client[]): void {
    for (const client of clients) void client.destroy();
    if (this.#busy.size === 0) this.#tell();
  }

  #tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
