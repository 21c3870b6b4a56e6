// Turns parsed JSON of someone else into plain data: bounded, without prototypes, names of prototypes refused.
import type { YamlPath } from "../core/document.ts";
import { renderPath } from "../core/document.ts";
import type { Place } from "../core/place.ts";
import { problem, UserError } from "../core/errors.ts";

export type Mapping = Readonly<Record<string, unknown>>;

/** As in a file of the user's. */
const MAX_DEPTH = 64;
/** A thousand models with fifty settings each. */
const MAX_VALUES = 50_000;

/** Throws UserError: security for a name of a prototype, controlPlane for too much or too deep. */
export function toPlainData(value: unknown, path: YamlPath, place: Place): unknown {
  let values = 0;
  const copy = (part: unknown, at: YamlPath): unknown => {
    values += 1;
    if (values > MAX_VALUES || at.length - path.length > MAX_DEPTH) {
      const what =
        values > MAX_VALUES ? `has more than ${MAX_VALUES} values` : "is nested too deep";
      throw new UserError("controlPlane", problem(what, { place, path: toPointer(path) }));
    }
    if (Array.isArray(part)) return part.map((item, index) => copy(item, [...at, index]));
    if (!isMapping(part)) return part;
    const mapping: Record<string, unknown> = Object.create(null);
    for (const key of Object.keys(part)) {
      if (isPrototypeName(key)) throw refusePrototype(key, at, place);
      mapping[key] = copy(part[key], [...at, key]);
    }
    return mapping;
  };
  return copy(value, path);
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `/settings/litellm_config/model_list/0` (RFC 6901). */
export function toPointer(path: YamlPath): string {
  return path
    .map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

export function isPrototypeName(key: string): boolean {
  return key === "prototype" || Object.hasOwn(Object.prototype, key);
}

function refusePrototype(key: string, at: YamlPath, place: Place): UserError {
  const remedy = "the queue's owner must remove it";
  const path = renderPath([...at, key]);
  return new UserError(
    "security",
    problem("no setting may have this name", { place, path, remedy }),
  );
}
