// One keeper process: orders in, news out; the same where nothing can be forked and it serves by itself.
import type { Socket } from "node:net";
import { BugError } from "../core/errors.ts";
import type { ExitStatus } from "../platform/exit-status.ts";
import { settledWithin } from "../platform/settled-within.ts";
import type { Child } from "../platform/spawn.ts";
import type { OutputSpec } from "./output.ts";
import { pumpOutput } from "./output.ts";
import type { KeeperEvent, Order, RefusalReason } from "./protocol.ts";
import { parseEvent, PROTOCOL, renderOrder } from "./protocol.ts";

export interface KeeperListener {
  imported(fork: boolean): void;
  warmed(ms: number, skipped: readonly string[]): void;
  started(generation: number, pid: number): void;
  refused(generation: number, reason: RefusalReason, errno: number | null): void;
  exited(generation: number, status: ExitStatus): void;
  /** Comes last. `fatal`: its own last words. */
  ended(status: ExitStatus, fatal: string | null): void;
}

export interface Keeper {
  readonly pid: number;
  send(order: Order): void;
  /** With its group; the kernel kills its generations. */
  kill(): void;
}

/** An order to start is answered within this, or the keeper hangs. */
const ANSWER_MS = 5_000;
/** The same while it warms: one of its steps may take a second on a slow machine. */
const ANSWER_WARMING_MS = 15_000;
/** Its last event and output may arrive after its end. */
const LAST_WORDS_MS = 100;

/** A keeper that runs already, as `launchKeeper` made it. */
export function superviseKeeper(
  child: Child,
  output: OutputSpec,
  listener: KeeperListener,
): Keeper {
  for (const stream of [child.stdout, child.stderr]) if (stream) pumpOutput(stream, output);
  return new KeeperProcess(child, listener);
}

class KeeperProcess implements Keeper {
  readonly #child: Child;
  readonly #listener: KeeperListener;
  readonly #control: Socket;
  /** Its other end: the keeper and its generations die when it closes. */
  readonly #lifeline: Socket;
  #forks = false;
  #isWarming = false;
  /** The generation that the process itself became. */
  #itself: number | null = null;
  /** What the process becomes by the last start does not read these any more. */
  #sinceStart: Order[] = [];
  #fatal: string | null = null;
  #answer: NodeJS.Timeout | undefined;
  /** Of a line that has not ended. */
  #rest = "";

  constructor(child: Child, listener: KeeperListener) {
    const [, , , control, lifeline] = child.stdio;
    if (!control || !lifeline) throw new BugError("the keeper has no control socket");
    this.#child = child;
    this.#listener = listener;
    this.#control = control;
    this.#lifeline = lifeline;
    const heard = new Promise<void>((resolve) => control.once("close", () => resolve()));
    control.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    void this.#end(heard);
  }

  get pid(): number {
    return this.#child.pid;
  }

  send(order: Order): void {
    if (this.#itself !== null) return this.#sendItself(order);
    this.#control.write(renderOrder(order));
    if (order.order === "warm") this.#isWarming = true;
    if (order.order !== "start") return void this.#sinceStart.push(order);
    this.#sinceStart = [];
    const limit = this.#isWarming ? ANSWER_WARMING_MS : ANSWER_MS;
    this.#answer ??= setTimeout(() => this.kill(), limit);
  }

  kill(): void {
    this.#child.killGroup("SIGKILL");
  }

  #become(generation: number): void {
    this.#itself = generation;
    for (const order of this.#sinceStart) this.#sendItself(order);
  }

  #sendItself(order: Order): void {
    if (order.order === "warm") return;
    if (order.order === "quit") this.#child.kill("SIGTERM");
    else if (order.order === "start") this.#listener.refused(order.generation, "duplicate", null);
    else if (order.signal === "KILL") this.kill();
    else this.#child.kill(`SIG${order.signal}`);
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const event = parseEvent(line);
      if (event !== null) this.#hear(event);
    }
  }

  #hear(event: KeeperEvent): void {
    if (event.event === "started" || event.event === "refused") {
      clearTimeout(this.#answer);
      this.#answer = undefined;
    }
    switch (event.event) {
      case "hello":
        this.#forks = event.fork;
        if (event.protocol === PROTOCOL) return;
        this.#fatal = "sidelite was replaced by another version while it ran";
        return this.kill();
      case "imported":
        // A thread or a socket at the fork could hang the child: keeper.py decides by the same rule.
        this.#forks &&= event.threads === 1 && event.sockets === 0;
        return this.#listener.imported(this.#forks);
      case "warmed":
        this.#isWarming = false;
        return this.#listener.warmed(event.ms, event.skipped);
      case "started":
        if (!this.#forks) this.#become(event.generation);
        return this.#listener.started(event.generation, event.pid);
      case "exited":
        return this.#listener.exited(event.generation, {
          code: event.code ?? null,
          signal: event.signal ?? null,
        });
      case "refused":
        if (event.generation === null) return;
        return this.#listener.refused(event.generation, event.reason, event.errno);
      case "fatal":
        this.#fatal = `${event.step}: ${event.error}`;
    }
  }

  async #end(heard: Promise<void>): Promise<void> {
    const status = await this.#child.exited;
    clearTimeout(this.#answer);
    await settledWithin(heard, LAST_WORDS_MS);
    this.#control.destroy();
    this.#lifeline.destroy();
    // Members of its group that outlived it; what left the group is the cookie's.
    this.#child.killGroup("SIGKILL");
    if (this.#itself !== null) this.#listener.exited(this.#itself, status);
    this.#listener.ended(status, this.#fatal);
  }
}
