// What all requests of a gateway share, and what one request is made of.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Head } from "./head.ts";
import type { Limits } from "./limits.ts";
import type { MemoryBudget } from "./memory-budget.ts";

export interface Shared {
  readonly hosts: ReadonlySet<string>;
  readonly limits: Limits;
  readonly budget: MemoryBudget;
  log(line: string): void;
}

export interface Incoming {
  /** In the answer's header, in the log and in errors. */
  readonly id: string;
  readonly head: Head;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The client waits for 100 before it sends the body. */
  readonly expectsContinue: boolean;
  /** A WebSocket handshake, and what the client sent behind it. */
  readonly upgrade: { readonly early: Buffer } | null;
}
