// The runs that use this instance beside its own worker: each one's key lives as long as its connection.
import { problem, UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import { Secret } from "../core/secret.ts";
import type { JoinOrder } from "./control-protocol.ts";
import type { ControlConnection } from "./control-server.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { JoinedView } from "./instance-status.ts";
import type { Serving } from "./serve.ts";

export class JoinedRuns {
  readonly #host: Pick<Host, "now">;
  #isOver = false;
  readonly #runs = new Map<ControlConnection, JoinedView>();

  constructor(host: Pick<Host, "now">) {
    this.#host = host;
  }

  /** Throws UserError("failed") where the run's configuration is another one. */
  admit(
    serving: Pick<Serving, "prepared" | "port" | "admit">,
    { fingerprint, key, port, pid, program }: JoinOrder,
    connection: ControlConnection,
  ): void {
    if (this.#isOver) throw new UserError("failed", problem("this instance ends"));
    const isSame = fingerprint === fingerprintOf(serving.prepared);
    if (!isSame || (port !== null && port !== serving.port)) {
      throw new UserError("failed", problem("this instance has another configuration"));
    }
    // Not in the redactor, which never forgets: LiteLLM does not see it, and `sk-` hides it everywhere.
    const revoke = serving.admit(new Secret(key), `run-${pid}`);
    this.#runs.set(connection, { pid, program, since: this.#host.now().toISOString() });
    void this.#untilClosed(connection, revoke);
  }

  async #untilClosed(connection: ControlConnection, revoke: () => void): Promise<void> {
    await connection.closed;
    revoke();
    this.#runs.delete(connection);
  }

  list(): readonly JoinedView[] {
    return [...this.#runs.values()];
  }

  /** The gateway is about to close: they look for another one at once. */
  dismiss(): void {
    this.#isOver = true;
    for (const connection of this.#runs.keys()) connection.close();
  }
}
