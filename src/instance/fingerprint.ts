// Whether two configurations are the same to those who send requests: one value, which never leaves memory.
import { createHash } from "node:crypto";
import { Secret } from "../core/secret.ts";
import { readVersion } from "../platform/version.ts";
import type { Prepared } from "./configuration.ts";

/** They differ from one terminal to the next and change no answer. */
const INDIFFERENT = /^(?:PATH|LANG|LANGUAGE|LC_\w+|TMPDIR|TZ)$/;

/**
 * Of all that decides about answers: LiteLLM's configuration, the values of the variables that it gets, the direct
 * routes and their keys, limits, and who reads it. Not of what belongs to one start only: its own keys, the worker's
 * model, readiness budget and restart limit. The files of custom modules are not looked into.
 */
export function fingerprintOf(prepared: Prepared): string {
  const { rendered, environment, masterKey, direct, limits, cwd, sidelite } = prepared;
  const generated = masterKey.fromUser ? null : masterKey.secret.reveal();
  const variables = Object.entries(environment).filter(
    ([name, value]) => !INDIFFERENT.test(name) && value !== generated,
  );
  const secrets = prepared.secrets.map((secret) => secret.reveal());
  const { key: _, ...section } = sidelite;
  const parts = [
    readVersion(),
    // Its first line names the file.
    rendered.slice(rendered.indexOf("\n")),
    variables.toSorted(([one], [other]) => (one < other ? -1 : 1)),
    section,
    direct?.config ?? null,
    [...new Set(secrets.filter((value) => value !== generated && !isOwnKey(value, sidelite.key)))],
    limits,
    cwd,
  ];
  return createHash("sha256")
    .update(JSON.stringify(toPlain(parts)))
    .digest("hex");
}

function isOwnKey(value: string, key: Secret | null): boolean {
  return key !== null && key.reveal() === value;
}

/** Secrets by their value, and what JSON does not know; functions are left out. */
function toPlain(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (value instanceof Map || value instanceof Set) return [...value].map(toPlain);
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toPlain(field)]));
}
