// The stop ladder: TERM, grace, INT, KILL; last of all the keeper itself.
import { settledWithin } from "../platform/settled-within.ts";
import type { HostedGeneration } from "./hosted-generation.ts";
import type { KeeperHost } from "./keeper-host.ts";
import type { StopSignal } from "./protocol.ts";

/** uvicorn cuts streams itself when its grace is over. */
const GRACE_MARGIN_MS = 500;
/** While it boots TERM waits for the boot, and there is no stream to wait for. */
const BOOT_GRACE_MS = 500;
/** A second signal, INT, cuts what is open; a process that is not hung ends within this. */
const CUT_MS = 1_000;
/** From a KILL to the kernel's news of it. */
const KILL_MS = 1_000;

/** Returns when it has ended, or when nothing more can be done about it. */
export async function stopGeneration(
  host: KeeperHost,
  generation: HostedGeneration,
  graceSeconds: number,
): Promise<void> {
  const steps = [
    ["TERM", graceSeconds * 1000 + GRACE_MARGIN_MS],
    ["INT", CUT_MS],
    ["KILL", KILL_MS],
  ] as const;
  for (const [signal, waitMs] of steps) {
    if (generation.isOver) return;
    tell(host, [generation], signal);
    await settledWithin(generation.ended, waitMs);
  }
}

/** The keeper with all its generations. A `kill` of the host meanwhile shortens every wait. */
export async function stopKeeper(
  host: KeeperHost,
  generations: readonly HostedGeneration[],
  graceSeconds: number,
): Promise<void> {
  // It reads no order while it imports, and there is nothing to lose yet.
  if (!host.hasImported) host.kill();
  host.send({ order: "quit" });
  const isServing = generations.some((generation) => generation.isServing);
  await settledWithin(
    host.ended,
    isServing ? graceSeconds * 1000 + GRACE_MARGIN_MS : BOOT_GRACE_MS,
  );
  if (isServing && !host.isOver) {
    tell(host, generations, "INT");
    await settledWithin(host.ended, CUT_MS);
  }
  if (generations.length > 0 && !host.isOver) {
    tell(host, generations, "KILL");
    await settledWithin(host.ended, KILL_MS);
  }
  host.kill();
  await settledWithin(host.ended, KILL_MS);
}

function tell(
  host: KeeperHost,
  generations: readonly HostedGeneration[],
  signal: StopSignal,
): void {
  for (const { number } of generations) host.send({ order: "signal", generation: number, signal });
}
