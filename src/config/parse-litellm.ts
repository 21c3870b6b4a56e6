// Reads the two spellings of the LiteLLM config: the path of a file, and the config itself.
import type { LitellmSource } from "./litellm-source.ts";
import type { Origin } from "./origin.ts";
import { parsePath } from "./parse-path.ts";
import { show } from "./parse-scalar.ts";
import type { Reading } from "./spelling.ts";
import { Invalid } from "./spelling.ts";
import { renderPlace } from "../core/place.ts";

/** Linux's limit for one variable or argument, which every child would inherit (E2BIG). */
const MAX_INLINE_BYTES = 128 * 1024;
const QUOTING = "the shell took the quotes: put the whole JSON between single quotes";

export function parseConfigFile(raw: unknown, reading: Reading): LitellmSource | Invalid {
  if (typeof raw === "string" && /^\s*[{[]/.test(raw)) {
    return new Invalid("it holds the config itself, not a path", `use ${inlineTwin(reading)}`);
  }
  const path = parsePath(raw, reading);
  return path instanceof Invalid ? path : { kind: "file", path, origin: originOf(reading) };
}

/** Text must be a JSON mapping; only its beginning is looked at here. */
export function parseInlineConfig(raw: unknown, reading: Reading): LitellmSource | Invalid {
  const { baseDir, place } = reading;
  const origin = originOf(reading);
  if (typeof raw !== "string") {
    if (typeof raw !== "object" || Array.isArray(raw)) return notMapping(show(raw));
    const within = reading.within ?? (() => place);
    return { kind: "value", value: raw, source: place.source, baseDir, place: within, origin };
  }
  const isNamed = reading.path !== undefined;
  if (!isNamed && Buffer.byteLength(raw) > MAX_INLINE_BYTES - 1) {
    const remedy = `write it to a file and name that with ${fileTwin(reading)}`;
    return new Invalid("it is longer than 128 KiB, the limit of one variable or argument", remedy);
  }
  const wrong = checkBeginning(raw.trim(), isNamed);
  if (wrong) return wrong;
  const source = isNamed ? `${reading.spelling} (${renderPlace(place)})` : place.source;
  return { kind: "text", text: raw, format: "json", source, baseDir, origin };
}

function checkBeginning(text: string, isFile: boolean): Invalid | null {
  const shellHint = isFile ? 'write JSON: {"model_list": [...]}' : QUOTING;
  if (/^(?:\[|"|-?\d|(?:true|false|null)$)/.test(text)) {
    return notMapping(text.startsWith("[") ? "a list" : "a single value");
  }
  if (text.startsWith("'")) return new Invalid("it begins with a single quote", shellHint);
  if (!text.startsWith("{")) {
    const remedy = /\.(?:json|ya?ml)$/i.test(text)
      ? "it looks like a path: name it as a file"
      : shellHint;
    return new Invalid("it is not JSON: a mapping begins with {", remedy);
  }
  if (/^\{\s*'/.test(text)) {
    return new Invalid("it is not JSON: names stand in double quotes", 'write {"model_list": ...}');
  }
  if (/^\{\s*\w/.test(text))
    return new Invalid("it is not JSON: the double quotes are missing", shellHint);
  return null;
}

function notMapping(found: string): Invalid {
  return new Invalid(
    `${found} is not a LiteLLM config`,
    'it must be a mapping: {"model_list": [...]}',
  );
}

function originOf({ layer, place }: Reading): Origin {
  return { layer, place };
}

function inlineTwin({ spelling }: Reading): string {
  return spelling.replace(/file$/, "json").replace(/FILE$/, "JSON");
}

function fileTwin({ spelling }: Reading): string {
  return spelling.replace(/json$/, "file").replace(/JSON$/, "FILE");
}
