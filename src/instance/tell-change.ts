// A change that nobody asked for by a command: puts it in force, and says what came of it, each fault once.
import { UserError } from "../core/errors.ts";
import type { Report } from "../core/report.ts";

export class ChangeTeller {
  readonly #report: Report;
  #told = "";

  constructor(report: Report) {
    this.#report = report;
  }

  /** `what`: as in "the queue's settings changed". Never rejects for a fault of the configuration. */
  async apply(what: string, act: () => Promise<string>): Promise<void> {
    try {
      this.#report.info(`${what} changed: ${await act()}`);
      this.#told = "";
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const text = JSON.stringify(error.problems);
      if (text === this.#told) return;
      this.#told = text;
      for (const found of error.problems) {
        this.#report.problem(
          found.severity === "error" ? { ...found, severity: "warning" } : found,
        );
      }
      this.#report.info(`${what} changed and cannot be used: what is in force stays`);
    }
  }
}
