// Hints from the operating system that a file may have changed. Not all come: network file systems, a link that points
// elsewhere, no watches left. Who has to know looks as well, if more rarely.
import type { FSWatcher } from "node:fs";
import { statSync, watch } from "node:fs";

export class FileHints {
  readonly #hint: () => void;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(hint: () => void) {
    this.#hint = hint;
  }

  /** Hints once at each of them from now on; to be called again after a hint, and before who heard it looks. */
  follow(files: readonly string[]): void {
    for (const file of this.#watchers.keys()) {
      if (!files.includes(file)) this.#leave(file);
    }
    for (const file of files) {
      if (!this.#watchers.has(file)) this.#watch(file);
    }
  }

  close(): void {
    this.follow([]);
  }

  #watch(file: string): void {
    try {
      if (!statSync(file).isFile()) return; // a folder would hint at all that happens in it
      const watcher = watch(file, { persistent: false }, () => {
        // It sees one file, not one name: what took the name over is another one.
        this.#leave(file);
        this.#hint();
      });
      this.#watchers.set(file, watcher);
      watcher.on("error", () => this.#leave(file));
    } catch {
      // It is not there, or there are no watches left.
    }
  }

  #leave(file: string): void {
    this.#watchers.get(file)?.close();
    this.#watchers.delete(file);
  }
}
