// Keeps each provider's last good model list on disk, so that a restart knows it before the provider answers.
import { dirname } from "node:path";
import { isMapping } from "../../core/converted.ts";
import { ensurePrivateDir, readLimited, writeAtomic } from "../../platform/files.ts";

export interface StoredModels {
  /** A list from another origin is of no use. */
  readonly origin: string;
  readonly models: readonly string[];
}

export interface ModelStore {
  /** Empty when there is no file or it cannot be used. */
  read(): Promise<Map<string, StoredModels>>;
  write(lists: ReadonlyMap<string, StoredModels>): Promise<void>;
}

const MAX_BYTES = 16 * 1024 * 1024;

export function createModelStore(path: string): ModelStore {
  return {
    async read() {
      try {
        const file = await readLimited(path, {
          maxBytes: MAX_BYTES,
          what: "model list",
          follow: false,
        });
        const value: unknown = JSON.parse(file.text);
        return new Map(Object.entries(isMapping(value) ? value : {}).filter(isEntry));
      } catch {
        // A cache: absent, damaged or not ours, it is made anew.
        return new Map();
      }
    },
    async write(lists) {
      await ensurePrivateDir(dirname(path));
      await writeAtomic(path, JSON.stringify(Object.fromEntries(lists)));
    },
  };
}

function isEntry(entry: [string, unknown]): entry is [string, StoredModels] {
  const value = entry[1];
  return (
    isMapping(value) &&
    typeof value["origin"] === "string" &&
    Array.isArray(value["models"]) &&
    value["models"].every((model) => typeof model === "string")
  );
}
