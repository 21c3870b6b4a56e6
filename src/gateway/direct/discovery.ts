// Keeps the model lists of all providers up to date; a list is never lost to an error or an empty answer.
import type { ModelChange } from "./model-list.ts";
import { changeModels } from "./model-list.ts";
import type { ModelStore, StoredModels } from "./model-store.ts";
import type { Provider } from "./provider.ts";
import { Schedule } from "./schedule.ts";

export interface DiscoveryOptions {
  /** Rejects when the provider gives no list. */
  fetch(provider: Provider, signal: AbortSignal): Promise<readonly string[]>;
  readonly store: ModelStore | null;
  /** A list is another one now: the route table is to be built anew. */
  onChange(): void;
  /** One line for the log. */
  readonly log: (line: string) => void;
}

export interface RefreshOptions {
  readonly allowEmpty: boolean;
}

export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #schedule: Schedule;
  readonly #lists = new Map<string, StoredModels>();
  readonly #stopped = new AbortController();
  #providers: ReadonlyMap<string, Provider> = new Map();
  #saving: Promise<void> = Promise.resolve();
  #isDirty = false;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#schedule = new Schedule((name) => this.#poll(name));
  }

  /** Reads the last good lists, which a command may have written too; before each `update`. */
  async restore(): Promise<void> {
    for (const [name, list] of (await this.#options.store?.read()) ?? [])
      this.#lists.set(name, list);
  }

  /** Sets the providers; each new one, or one whose origin changed, is asked soon. */
  update(providers: ReadonlyMap<string, Provider>): void {
    const before = this.#providers;
    this.#providers = providers;
    for (const [name, list] of this.#lists) {
      if (providers.get(name)?.base?.origin !== list.origin) this.#lists.delete(name);
    }
    for (const name of before.keys()) if (!providers.has(name)) this.#schedule.remove(name);
    for (const [name, provider] of providers) {
      const { base, refresh } = provider;
      if (base === null) continue;
      const old = before.get(name);
      const isSame =
        old?.base?.origin === base.origin && old.refresh.everySeconds === refresh.everySeconds;
      if (!isSame) this.#schedule.set(name, refresh.everySeconds);
    }
  }

  /** By provider; the current lists as /models gave them. */
  models(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.#lists].map(([name, list]) => [name, list.models]));
  }

  /** Asks now. Rejects with what `fetch` rejects with; null: the answer was empty and not taken. */
  async refresh(provider: Provider, options: RefreshOptions): Promise<ModelChange | null> {
    const origin = provider.base?.origin ?? "";
    const fetched = await this.#options.fetch(provider, this.#stopped.signal);
    const before = this.#lists.get(provider.name)?.models ?? [];
    const change = changeModels(before, fetched, options.allowEmpty);
    if (change === null) return null;
    this.#lists.set(provider.name, { origin, models: change.models });
    if (change.added.length > 0 || change.removed.length > 0) {
      this.#save();
      this.#options.onChange();
    }
    return change;
  }

  /** Resolves when the last list is on disk. */
  async stop(): Promise<void> {
    this.#schedule.stop();
    this.#stopped.abort();
    await this.#saving;
  }

  /** true: answered. */
  async #poll(name: string): Promise<boolean> {
    const provider = this.#providers.get(name);
    if (provider === undefined) return true;
    try {
      const change = await this.refresh(provider, { allowEmpty: false });
      if (change === null)
        this.#options.log(`provider ${name}: /models is empty now; the list is kept`);
      return true;
    } catch (error) {
      if (!this.#stopped.signal.aborted) {
        this.#options.log(`provider ${name}: models not refreshed: ${messageOf(error)}`);
      }
      return false;
    }
  }

  /** One write at a time; changes during a write are in the next one. */
  #save(): void {
    if (this.#options.store === null || this.#isDirty) return;
    this.#isDirty = true;
    this.#saving = this.#write(this.#options.store, this.#saving);
  }

  async #write(store: ModelStore, before: Promise<void>): Promise<void> {
    await before;
    this.#isDirty = false;
    try {
      await store.write(this.#lists);
    } catch (error) {
      this.#options.log(`model lists not saved: ${messageOf(error)}`);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
