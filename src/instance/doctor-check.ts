// One named check of `doctor`: what it looks at, what it finds, and what it can mend by itself.
import type { Context } from "../core/context.ts";
import type { Flags } from "../config/flag-layer.ts";
import type { SideliteHome } from "../config/home.ts";
import type { Config } from "../config/config.ts";
import type { PreparedLitellm } from "../litellm/prepare.ts";
import type { Problem, Severity } from "../core/errors.ts";

/** note: nothing is wrong, but it is good to know; skipped: it could not be looked at. */
export type Result = "ok" | "note" | "warning" | "failed" | "skipped";

export interface Finding {
  readonly result: Result;
  readonly message: string;
  readonly remedy?: string;
  /** Mends it, where that is safe; returns what was done. */
  readonly fix?: () => Promise<string>;
}

export interface Patient {
  readonly context: Context;
  readonly flags: Flags;
  readonly home: SideliteHome;
  /** null: it cannot be understood, `configuration` says why. */
  readonly config: Config | null;
  /** null also without a LiteLLM config. */
  readonly prepared: Pick<
    PreparedLitellm,
    "rendered" | "environment" | "problems" | "models"
  > | null;
  /** Of the configuration: errors, warnings and notices. */
  readonly problems: readonly Problem[];
}

export interface Check {
  readonly name: string;
  readonly look: (patient: Patient) => Promise<readonly Finding[]>;
}

const RESULTS = {
  error: "failed",
  warning: "warning",
  notice: "note",
} as const satisfies Record<Severity, Result>;

export function toFinding({ severity, message, path, remedy }: Problem, where: string): Finding {
  const named = [where, path ?? ""].filter((part) => part !== "").join(": ");
  return {
    result: RESULTS[severity],
    message: named === "" ? message : `${named}: ${message}`,
    ...(remedy === undefined ? {} : { remedy }),
  };
}

export function ok(message: string): readonly Finding[] {
  return [{ result: "ok", message }];
}
