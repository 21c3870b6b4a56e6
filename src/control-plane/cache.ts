// Keeps the last good queue settings on disk, for a start while the control plane is down.
import { lstat, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../core/errors.ts";
import type { Secret } from "../core/secret.ts";
import { ensurePrivateDir, readLimited, writeAtomic } from "../platform/files.ts";
import type { Answer } from "./parse-answer.ts";
import { isMapping } from "./plain-data.ts";
import { seal, unseal } from "./seal.ts";

/** Whose settings these are; other settings are never taken for them. */
export interface CacheKey {
  readonly url: URL;
  readonly apiKey: Secret;
}

export interface CachedAnswer {
  /** As the control plane sends it; must be checked again. */
  readonly body: Buffer;
  readonly fetchedAt: Date;
}

const SCHEMA_VERSION = 1;
/** Base64 of the largest answer, and what stands around it. */
const MAX_BYTES = 8 * 1024 * 1024;

/** The settings themselves are sealed: they may hold a callback's key. Throws UserError("machine"). */
export async function writeCache(
  path: string,
  { url, apiKey }: CacheKey,
  answer: Answer,
  now: Date,
): Promise<void> {
  await ensurePrivateDir(dirname(path));
  const { status, version, settings } = answer;
  const text = JSON.stringify({ status, config_version: version, settings });
  const record = {
    schemaVersion: SCHEMA_VERSION,
    url: url.href,
    configVersion: version,
    fetchedAt: now.toISOString(),
    sealed: seal(text, apiKey, url.href),
  };
  await writeAtomic(path, `${JSON.stringify(record, null, 2)}\n`);
}

/** null: none for this key. One that cannot be understood is renamed to `.bad-<time>`. */
export async function readCache(
  path: string,
  { url, apiKey }: CacheKey,
  now: Date,
): Promise<CachedAnswer | null> {
  if ((await lstat(path).catch(() => null)) === null) return null;
  try {
    const limits = { maxBytes: MAX_BYTES, what: "cache of queue settings", follow: false };
    const record: unknown = JSON.parse((await readLimited(path, limits)).text);
    if (isRecord(record)) {
      const text = record.url === url.href ? unseal(record.sealed, apiKey, url.href) : null;
      return text === null
        ? null
        : { body: Buffer.from(text), fetchedAt: new Date(record.fetchedAt) };
    }
  } catch (error) {
    if (!(error instanceof UserError) && !(error instanceof SyntaxError)) throw error;
  }
  await rename(path, `${path}.bad-${now.getTime()}`).catch(() => undefined);
  return null;
}

interface CacheRecord {
  readonly url: string;
  readonly fetchedAt: string;
  readonly sealed: string;
}

function isRecord(value: unknown): value is CacheRecord {
  if (!isMapping(value) || value["schemaVersion"] !== SCHEMA_VERSION) return false;
  const { url, fetchedAt, sealed } = value;
  const isDate = typeof fetchedAt === "string" && !Number.isNaN(Date.parse(fetchedAt));
  return isDate && typeof url === "string" && typeof sealed === "string";
}
