// Runs a named task soon, then at its interval, a few at a time; a first run that fails is tried again.

/** With thousands of providers a start must not open thousands of connections at once. */
const AT_ONCE = 4;
const FIRST_RETRY_SECONDS = 5;
const MAX_RETRY_SECONDS = 300;

interface Entry {
  readonly everySeconds: number | null;
  retrySeconds: number;
  hasRun: boolean;
  timer: NodeJS.Timeout | null;
}

export class Schedule {
  /** Never rejects; true: it went well. */
  readonly #task: (name: string) => Promise<boolean>;
  readonly #entries = new Map<string, Entry>();
  readonly #queue = new Set<string>();
  #running = 0;

  constructor(task: (name: string) => Promise<boolean>) {
    this.#task = task;
  }

  /** null: once, until it went well. */
  set(name: string, everySeconds: number | null): void {
    this.remove(name);
    const retrySeconds = FIRST_RETRY_SECONDS;
    this.#entries.set(name, { everySeconds, retrySeconds, hasRun: false, timer: null });
    this.#queue.add(name);
    this.#next();
  }

  remove(name: string): void {
    const timer = this.#entries.get(name)?.timer;
    if (timer) clearTimeout(timer);
    this.#entries.delete(name);
    this.#queue.delete(name);
  }

  stop(): void {
    for (const name of this.#entries.keys()) this.remove(name);
  }

  #next(): void {
    for (const name of this.#queue) {
      if (this.#running >= AT_ONCE) return;
      const entry = this.#entries.get(name);
      this.#queue.delete(name);
      if (entry === undefined) continue;
      this.#running += 1;
      void this.#run(name, entry);
    }
  }

  async #run(name: string, entry: Entry): Promise<void> {
    const isGood = await this.#task(name);
    this.#running -= 1;
    entry.hasRun ||= isGood;
    if (this.#entries.get(name) === entry) this.#plan(name, entry);
    this.#next();
  }

  #plan(name: string, entry: Entry): void {
    const seconds = entry.hasRun ? entry.everySeconds : entry.retrySeconds;
    if (seconds === null) return;
    if (!entry.hasRun) entry.retrySeconds = Math.min(seconds * 2, MAX_RETRY_SECONDS);
    // Up to a tenth later, so that many providers spread.
    const ms = seconds * 1000 * (1 + Math.random() / 10);
    entry.timer = setTimeout(() => {
      this.#queue.add(name);
      this.#next();
    }, ms).unref();
  }
}
