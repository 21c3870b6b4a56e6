// What sidelite remembers between runs for speed only: nothing breaks when it is lost.
import { lstat, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ensurePrivateDir } from "../platform/files.ts";
import { importConf } from "./import-conf.ts";

/** Configurations that a runtime has served: the worker need not wait for LiteLLM to be ready (design 4.1). */
export interface Preferences {
  isProven(runtimeId: string, digest: string): boolean;
  addProven(runtimeId: string, digest: string): void;
}

interface Stored {
  /** The latest last. */
  readonly proven: readonly Proven[];
}

interface Proven {
  readonly runtime: string;
  readonly digest: string;
}

const NAME = "preferences";
/** About 10 KiB, more configurations than a person has in use. */
const MOST_PROVEN = 100;

/** What conf writes before it renames: a killed process leaves it. */
const TEMPORARY = /^preferences\.json\.tmp-\d{10}[0-9a-f]{6}$/;
/** Nobody is still writing one that is older. */
const STALE_MS = 60_000;

const SCHEMA = {
  proven: {
    type: "array",
    items: {
      type: "object",
      properties: { runtime: { type: "string" }, digest: { type: "string" } },
      required: ["runtime", "digest"],
    },
  },
} as const;

/** `home` is `~/.kubiya`. The first call costs tens of milliseconds: make it while something else is waited for. */
export async function openPreferences(home: string): Promise<Preferences> {
  await ensurePrivateDir(home);
  const path = join(home, `${NAME}.json`);
  const found = await lstat(path).catch(() => null);
  // conf would follow a link and write there.
  if (found !== null && !found.isFile()) await rename(path, `${path}.bad-${Date.now()}`);
  await sweep(home);
  const Conf = await importConf();
  const store = new Conf<Stored>({
    cwd: home,
    configName: NAME,
    configFileMode: 0o600,
    clearInvalidConfig: true,
    accessPropertiesByDotNotation: false,
    schema: SCHEMA,
    // Checking the schema itself, which never changes, would cost half of the call.
    ajvOptions: { validateSchema: false },
  });
  const read = (): readonly Proven[] => attempt(() => store.get("proven", []), []);
  return {
    isProven: (runtime, digest) => read().some((entry) => isSame(entry, { runtime, digest })),
    addProven: (runtime, digest) => {
      const added = { runtime, digest };
      const others = read().filter((entry) => !isSame(entry, added));
      const proven = [...others, added].slice(-MOST_PROVEN);
      attempt(() => store.set("proven", proven), undefined);
    },
  };
}

async function sweep(home: string): Promise<void> {
  const names = await readdir(home).catch(() => []);
  for (const name of names.filter((each) => TEMPORARY.test(each))) {
    const path = join(home, name);
    const found = await lstat(path).catch(() => null);
    if (found && Date.now() - found.mtimeMs > STALE_MS) await rm(path, { force: true });
  }
}

function isSame(a: Proven, b: Proven): boolean {
  return a.runtime === b.runtime && a.digest === b.digest;
}

/** The file is a help only: unreadable or on a full disk it counts as empty. */
function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
