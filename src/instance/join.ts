// Finds a running instance of the same configuration and gets a key of its own there.
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/config.ts";
import type { Context } from "../core/context.ts";
import { UserError } from "../core/errors.ts";
import type { Secret } from "../core/secret.ts";
import type { Prepared } from "./configuration.ts";
import type { Asked } from "./control-client.ts";
import { askInstance, NoAnswer } from "./control-client.ts";
import type { JoinOrder } from "./control-protocol.ts";
import type { FoundInstance } from "./find-instances.ts";
import { fingerprintOf } from "./fingerprint.ts";

export interface JoinWish {
  readonly config: Pick<Config, "proxy">;
  readonly prepared: Prepared;
  /** Made for this run. */
  readonly key: Secret;
  readonly command: readonly string[];
  /** true: only one whose LiteLLM serves; null: unless its own worker does not wait for that either. */
  readonly mustBeReady: boolean | null;
}

export interface Joined {
  readonly name: string;
  readonly url: string;
  /** When it can be used no more. */
  readonly ended: Promise<void>;
  /** The key is worth nothing from then on. */
  leave(): void;
}

/** It answers at once; one that is stopped by a debugger is not waited for. Milliseconds. */
const ANSWER_MS = 1_000;
const POLL_MS = 20;

/** The first of the running `instances` that can be joined; null: none. */
export async function joinRunning(
  instances: readonly FoundInstance[],
  { config, prepared, key, command, mustBeReady }: JoinWish,
  { report, signals }: Pick<Context, "report" | "signals">,
): Promise<Joined | null> {
  const order: JoinOrder = {
    order: "join",
    fingerprint: fingerprintOf(prepared),
    key: key.reveal(),
    port: config.proxy.port,
    pid: process.pid,
    program: basename(command[0] ?? ""),
  };
  for (const { name, socketDir } of instances.toSorted(lastingFirst)) {
    if (socketDir === null) continue;
    const asked = await ask(socketDir, order).catch((error: unknown) => {
      if (!(error instanceof NoAnswer) && !(error instanceof UserError)) throw error;
      report.verbose(`${name} is not joined: ${error.message}`);
      return null;
    });
    if (asked === null) continue;
    const { answer, ended, close } = asked;
    const mayHold = mustBeReady === null ? answer.trusted : !mustBeReady;
    const usable = mayHold || answer.ready || (await untilReady(socketDir, ended, signals));
    if (usable) return { name, url: answer.url, ended, leave: close };
    close();
    signals.abort.throwIfAborted();
  }
  return null;
}

function ask(socketDir: string, order: JoinOrder): Promise<Asked<"join">> {
  return askInstance(socketDir, order, { timeoutMs: ANSWER_MS, stay: true });
}

/** A run ends with its command. */
function lastingFirst(one: FoundInstance, other: FoundInstance): number {
  const rank = ({ record }: FoundInstance): number =>
    (record?.kind === "run" ? 2 : 0) + (record?.daemon === true ? 0 : 1);
  return rank(one) - rank(other) || one.name.localeCompare(other.name);
}

async function untilReady(
  socketDir: string,
  ended: Promise<void>,
  { abort }: Context["signals"],
): Promise<boolean> {
  const gone = ended.then(() => "gone" as const);
  for (;;) {
    const asked = await askInstance(socketDir, { order: "status" }).catch(() => null);
    const state = asked?.answer.state;
    if (state !== "starting") return state === "running";
    if (abort.aborted || (await Promise.race([gone, sleep(POLL_MS)])) === "gone") return false;
  }
}
