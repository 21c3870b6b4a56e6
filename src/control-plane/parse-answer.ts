// Understands the control plane's answer: its shape, and the types of the settings sidelite takes from it.
import type { YamlPath } from "../core/document.ts";
import { renderPath } from "../core/document.ts";
import type { Problem } from "../core/errors.ts";
import { problem, UserError } from "../core/errors.ts";
import type { Place } from "../core/place.ts";
import { nearest } from "../core/suggest.ts";
import type { Mapping } from "./plain-data.ts";
import { isMapping, isPrototypeName, toPlainData, toPointer } from "./plain-data.ts";

export interface Answer {
  /** "active", or why no tasks come; null: not said. */
  readonly status: string | null;
  /** `config_version`, as text; null: not said. */
  readonly version: string | null;
  /** Plain data of the right types; what was null is left out. */
  readonly settings: Mapping;
}

/** What a setting must be: the words for it, and whether a value is. */
const SETTINGS: Readonly<Record<string, readonly [string, (value: unknown) => boolean]>> = {
  enable_local_litellm_proxy: ["true or false", (value) => typeof value === "boolean"],
  litellm_config: ["an object", isMapping],
  local_proxy_timeout_seconds: [
    "a number over 0, at most 86400",
    (value) => isNumber(value, 86_400) && value !== 0,
  ],
  local_proxy_max_retries: [
    "a whole number from 0 to 1000000",
    (value) => isNumber(value, 1_000_000) && Number.isInteger(value),
  ],
};

/**
 * Throws UserError: controlPlane with a JSON pointer for what is malformed, security for a setting that is not known
 * or that has the name of a prototype.
 */
export function parseAnswer(body: Buffer, place: Place): Answer {
  const answer = parseObject(body, place);
  for (const key of Object.keys(answer)) if (isPrototypeName(key)) toPlainData(answer, [], place);
  const status = textOrNull(answer, "status", place);
  const version = textOrNull(answer, "config_version", place);
  const settings = field(answer, "settings") ?? {};
  if (!isMapping(settings)) throw malformed(["settings"], "is not an object", place);
  const plain = toPlainData(settings, ["settings"], place);
  return { status, version, settings: isMapping(plain) ? checkSettings(plain, place) : {} };
}

function parseObject(body: Buffer, place: Place): Mapping {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw malformed([], "the control plane's answer is not JSON", place);
  }
  if (isMapping(value)) return value;
  throw malformed([], "the control plane's answer is not a JSON object", place);
}

function checkSettings(settings: Mapping, place: Place): Mapping {
  const checked: Record<string, unknown> = Object.create(null);
  const unknown: Problem[] = [];
  const wrong: Problem[] = [];
  for (const [key, value] of Object.entries(settings)) {
    const path = ["settings", key];
    const [what, isRight] = SETTINGS[key] ?? [];
    if (what === undefined || isRight === undefined) unknown.push(unknownSetting(key, place));
    else if (value === null) continue;
    else if (isRight(value)) checked[key] = value;
    else wrong.push(...malformed(path, `is ${kindOf(value)}, not ${what}`, place).problems);
  }
  if (unknown.length > 0) throw new UserError("security", [...unknown, ...wrong]);
  if (wrong.length > 0) throw new UserError("controlPlane", wrong);
  return checked;
}

function unknownSetting(key: string, place: Place): Problem {
  const known = Object.keys(SETTINGS);
  const near = nearest(key, known);
  const hint =
    near.length > 0 ? `did you mean ${near.join(" or ")}?` : `known: ${known.join(", ")}`;
  const path = renderPath(["settings", key]);
  return problem("is not a queue setting that sidelite knows", { place, path, remedy: hint });
}

/** An own key only. */
function field(answer: Mapping, key: string): unknown {
  return Object.hasOwn(answer, key) ? answer[key] : undefined;
}

function textOrNull(answer: Mapping, key: string, place: Place): string | null {
  const value = field(answer, key) ?? null;
  if (value === null || typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  throw malformed([key], `is ${kindOf(value)}, not text`, place);
}

function malformed(path: YamlPath, message: string, place: Place): UserError {
  const remedy =
    "the queue's owner must mend it; a configuration by flag or variable needs no queue settings";
  const pointer = path.length > 0 ? { path: toPointer(path) } : {};
  return new UserError("controlPlane", problem(message, { place, remedy, ...pointer }));
}

function isNumber(value: unknown, max: number): boolean {
  return typeof value === "number" && value >= 0 && value <= max;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isMapping(value)) return "an object";
  if (typeof value === "string") return "text";
  return String(value);
}
