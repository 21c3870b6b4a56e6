// The lock files shipped under templates/runtime: what belongs into each runtime, by hash.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { BugError } from "../core/errors.ts";
import { refuseDenied } from "./deny.ts";
import type { LockKind } from "./runtime.ts";

export interface RuntimeLock {
  readonly kind: LockKind;
  readonly path: string;
  readonly version: string;
  /** Name of the runtime's folder. */
  readonly id: string;
  /** Each "name==version" that may be installed; some only on one platform or Python. */
  readonly pins: ReadonlySet<string>;
}

/** The package whose version names the runtime. */
const DISTRIBUTIONS = {
  litellm: "litellm",
  "kubiya-worker": "kubiya-control-plane-api",
  uv: "uv",
} as const satisfies Record<LockKind, string>;

/** Part of the folder's name: raise it when the same lock is to be laid out otherwise. */
const LAYOUT = 1;

const FOLDER = new URL("../../templates/runtime/", import.meta.url);
const PIN = /^([A-Za-z0-9._-]+)==([^\s;\\]+)/gm;

/** The lock that this version of sidelite ships. */
export function lockPath(kind: LockKind): string {
  return fileURLToPath(new URL(`${kind}.txt`, FOLDER));
}

export async function readLock(kind: LockKind, path = lockPath(kind)): Promise<RuntimeLock> {
  const text = await readFile(path, "utf8");
  const pins = new Set<string>();
  let version: string | null = null;
  for (const [, name = "", pinned = ""] of text.matchAll(PIN)) {
    const normal = normalizeName(name);
    pins.add(`${normal}==${pinned}`);
    if (normal === DISTRIBUTIONS[kind]) version = pinned;
  }
  if (version === null) throw new BugError(`${path} does not pin ${DISTRIBUTIONS[kind]}`);
  refuseDenied(pins, path);
  // A home folder may be shared by machines of different kinds.
  const parts = [LAYOUT, process.platform, process.arch, text].join("\n");
  const digest = createHash("sha256").update(parts).digest("hex").slice(0, 12);
  return { kind, path, version, id: `${kind}-${version}-${digest}`, pins };
}

/** PyPA's normal form of a package name. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}
