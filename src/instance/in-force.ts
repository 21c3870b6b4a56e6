// The configuration that is in force, and the only way to another one; knows what is written and not in force, and why.
import type { Config } from "../config/config.ts";
import type { Problem } from "../core/errors.ts";
import { problem, UserError } from "../core/errors.ts";
import { renderPlace } from "../core/place.ts";
import type { FileMarks } from "./file-marks.ts";
import { changedFiles, marksBefore, takeMarks } from "./file-marks.ts";
import { endsEarly } from "./probation.ts";
import type { Reloaded, ReloadParts, State } from "./reload.ts";
import { describeSwitchedOff, reloadInstance } from "./reload.ts";

export interface InForceParts extends ReloadParts {
  /** All settings as they are now. */
  readonly readConfig: () => Promise<Config>;
}

type Marked = State & {
  /** Files as they were when this was read. */
  readonly marks: FileMarks;
};

export class InForce {
  /** Files as they were at the last attempt. */
  seen: FileMarks;
  readonly #parts: InForceParts;
  #state: Marked;
  /** Why the last attempt changed nothing. */
  #rejection: string | null = null;
  #switchedOff: string | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #probation = new AbortController();
  readonly #over = new AbortController();
  #tellFiles: () => void = () => {};

  private constructor(parts: InForceParts, state: Marked) {
    this.#parts = parts;
    this.#state = state;
    this.seen = state.marks;
  }

  /** `state` was read by this process, some time since its start. */
  static async start(parts: InForceParts, state: State): Promise<InForce> {
    const marks = await takeMarks(filesOf(state));
    return new InForce(parts, { ...state, marks: marksBefore(marks, performance.timeOrigin) });
  }

  get config(): Config {
    return this.#state.config;
  }

  get digest(): string {
    return this.#state.prepared.digest;
  }

  /** What waits, in words. */
  get pending(): readonly string[] {
    return [this.#rejection, this.#switchedOff].filter((text) => text !== null);
  }

  /** Told now, and whenever they may be others, which files are to be watched: none where that is switched off. */
  onFiles(tell: (files: readonly string[]) => void): void {
    this.#tellFiles = () => tell(this.#state.prepared.sidelite.watch ? [...this.#files()] : []);
    this.#tellFiles();
  }

  /** The files as they are now. */
  async look(): Promise<FileMarks> {
    return takeMarks(this.#files());
  }

  /** Files that are not in force as they are. */
  async unapplied(): Promise<readonly string[]> {
    return changedFiles(this.#state.marks, await takeMarks(filesOf(this.#state)));
  }

  /**
   * One after the other: each begins from what the one before left. Says what was done. `isUnasked`: another context
   * than the one in force is not taken over. Throws UserError.
   */
  reload(isUnasked = false): Promise<string> {
    return this.#inTurn(() => this.#reload(isUnasked));
  }

  /** Nothing changes any more. */
  async stop(): Promise<void> {
    this.#probation.abort();
    this.#over.abort();
    await this.#last;
  }

  async #reload(isUnasked: boolean): Promise<string> {
    const before = this.#state;
    const from = Date.now();
    const marks = await this.look();
    this.seen = marks;
    try {
      const latest = await this.#parts.readConfig();
      if (isUnasked) checkContext(before.config, latest);
      const { localFiles } = before.prepared;
      const isForced = changedFiles(before.marks, marks).some((file) => localFiles.includes(file));
      const options = { isForced, over: this.#over.signal };
      const reloaded = await reloadInstance(before, latest, this.#parts, options);
      this.#rejection = null;
      this.#switchedOff = describeSwitchedOff(latest);
      await this.#accept(reloaded, marks, from);
      if (reloaded.isFresh) this.#watchOver(before);
      return reloaded.done;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#rejection = describeRejection(error.problems);
      this.seen = new Map([...(await takeMarks(filesIn(error.problems))), ...marks]);
      const { report } = this.#parts.serving;
      report.event({ name: "config.rejected", fields: { cause: this.#rejection } });
      throw error;
    } finally {
      this.#tellFiles();
    }
  }

  async #accept(state: Reloaded, marks: FileMarks, from: number): Promise<void> {
    const files = filesOf(state);
    const added = await takeMarks(files.filter((file) => !marks.has(file)));
    const all = new Map([...marks, ...marksBefore(added, from)]);
    const kept = new Map([...all].filter(([file]) => files.includes(file)));
    this.#state = { ...state, marks: kept };
    this.seen = kept;
    const { report } = this.#parts.serving;
    report.event({ name: "config.applied", fields: { digest: state.prepared.digest } });
  }

  #watchOver(before: Marked): void {
    this.#probation.abort();
    this.#probation = new AbortController();
    const { signal } = this.#probation;
    void endsEarly(this.#parts.journal, signal).then((cause) =>
      cause === null ? null : this.#inTurn(() => this.#rollBack(before, cause, signal)),
    );
  }

  async #rollBack(before: Marked, cause: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { serving } = this.#parts;
    try {
      if (before.prepared.needsLitellm) (await serving.stage(before.prepared))();
      await serving.apply(before.prepared);
      await serving.keep();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      for (const found of error.problems) serving.report.problem(found);
      return;
    }
    this.#state = before;
    this.#tellFiles();
    const message = `the new configuration came up, but LiteLLM ended twice at once: ${cause}`;
    this.#rejection = message;
    serving.report.event({ name: "config.rolled-back", fields: { cause } });
    const remedy = "the one before is in force again; mend the file, or reload to try once more";
    serving.report.problem({ severity: "warning", message, remedy });
  }

  /** Of what is in force, and what the last attempt read. */
  #files(): Set<string> {
    return new Set([...filesOf(this.#state), ...this.seen.keys()]);
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

function filesOf({ config, prepared }: State): string[] {
  const { file, exists } = config.context;
  return [...new Set([...prepared.files, ...prepared.localFiles, ...(exists ? [file] : [])])];
}

/** What a fault names: perhaps it is mended there. */
function filesIn(problems: readonly Problem[]): string[] {
  return problems.flatMap(({ place }) => (place?.source.startsWith("/") ? [place.source] : []));
}

function checkContext({ context: { name } }: Config, { context }: Config): void {
  if (context.name === name) return;
  const message = `the current context is ${context.name ?? "none"} now, and this instance serves ${name ?? "none"}`;
  const remedy = "`reload` makes it change over";
  throw new UserError("usage", problem(message, { place: { source: context.file }, remedy }));
}

function describeRejection([first, ...others]: readonly Problem[]): string {
  if (first === undefined) return "it cannot be used";
  const where = first.place ? `${renderPlace(first.place)}: ` : "";
  const path = first.path === undefined ? "" : `${first.path}: `;
  return `${where}${path}${first.message}${others.length > 0 ? ` (and ${others.length} more)` : ""}`;
}
