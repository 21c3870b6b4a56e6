// Opens the gateway's listener for the one who has the instance's lock.
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../core/errors.ts";
import type { Gateway, GatewayOptions } from "../gateway/listener.ts";
import { startGateway } from "../gateway/listener.ts";
import { errorCode } from "../platform/file-errors.ts";

/** A start that has lost the lock needs this long to let a `--proxy-port` go, on a busy machine. */
const PATIENCE_MS = 2_000;
const RETRY_MS = 50;

/** As `startGateway`, but a port in use may be one that a start of the same instance is about to free. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await startGateway(options);
    } catch (error) {
      const isTaken = error instanceof UserError && errorCode(error.cause) === "EADDRINUSE";
      if (!isTaken || performance.now() >= deadline) throw error;
    }
    await sleep(RETRY_MS);
  }
}
