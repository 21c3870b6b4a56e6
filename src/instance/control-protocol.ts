// What is said over an instance's control socket: one line of JSON each way.
import { join } from "node:path";
import type { Problem } from "../core/errors.ts";
import type { ExitName } from "../core/exit-codes.ts";
import type { InstanceStatus } from "./instance-status.ts";

/** Of both directions; a reader refuses another one. */
export const CONTROL_VERSION = 1;

export type Part = "worker" | "proxy";

export type Order =
  /** `environment`: also the names and addresses that the worker got. */
  | { readonly order: "status"; readonly environment?: boolean }
  /** Answered at once; the connection ends when nothing of the instance is left. `force`: no draining. */
  | { readonly order: "stop"; readonly force: boolean }
  | { readonly order: "restart"; readonly part: Part }
  | { readonly order: "reload" }
  | { readonly order: "env" }
  | JoinOrder;

/** A run that wants to use this instance; its key is taken back when its connection ends, however it ends. */
export interface JoinOrder {
  readonly order: "join";
  /** As `fingerprintOf` makes it. */
  readonly fingerprint: string;
  /** Made by the run for itself. */
  readonly key: string;
  /** The gateway port that it insists on; null: any. */
  readonly port: number | null;
  readonly pid: number;
  /** For `status`: the command's file name, without its arguments. */
  readonly program: string;
}

export type OrderName = Order["order"];

export interface Answers {
  readonly status: InstanceStatus;
  readonly stop: { readonly pid: number };
  /** One line of what was done. */
  readonly restart: { readonly done: string };
  readonly reload: { readonly done: string };
  readonly env: EnvironmentAnswer;
  /** `ready`: LiteLLM serves; else requests are held. `trusted`: its own worker did not wait for that. */
  readonly join: { readonly url: string; readonly ready: boolean; readonly trusted: boolean };
}

/** The one answer with a secret in it: it never leaves the socket but for `sidelite env`. */
export interface EnvironmentAnswer {
  readonly url: string;
  readonly key: string;
  readonly model: string | null;
}

export type Reply =
  | { readonly schemaVersion: number; readonly ok: true; readonly answer: Answers[OrderName] }
  | {
      readonly schemaVersion: number;
      readonly ok: false;
      readonly exit: ExitName;
      readonly problems: readonly Problem[];
    };

/** In the instance's private socket folder, which is the guard: nobody else may enter it. */
export function controlPath(socketDir: string): string {
  return join(socketDir, "control");
}
