// Looks every setting of the table up in one layer and reads what it finds.
import type { Problem } from "../core/errors.ts";
import { problem } from "../core/errors.ts";
import type { Entries, Entry, Layer } from "./layer.ts";
import type { LayerName } from "./origin.ts";
import type { Setting, SettingName, SettingValues } from "./setting.ts";
import { SETTING_NAMES, SETTINGS } from "./settings.ts";
import type { Spelling, Written } from "./spelling.ts";
import { Invalid } from "./spelling.ts";

export interface LayerInput {
  readonly name: Exclude<LayerName, "default">;
  readonly baseDir: string | null;
  readonly home: string | null;
  /** null: not written. */
  find(spelling: Spelling<unknown>): Found | null;
  /** What an empty value means: a slip of who typed it, or nothing. */
  readonly empty: "fault" | "unset";
}

export interface Found extends Written {
  /** Faults that count only if this value wins; the value is then not read. */
  readonly deferred?: readonly Problem[];
}

interface Draft {
  readonly entries: Entries;
  readonly broken: SettingName[];
  readonly deferred: { [Name in SettingName]?: readonly Problem[] };
  readonly problems: Problem[];
}

/** Reports every fault in `problems`; never throws. */
export function buildLayer(input: LayerInput): Layer {
  const draft: Draft = { entries: {}, broken: [], deferred: {}, problems: [] };
  for (const name of SETTING_NAMES) {
    const entry = readSetting(name, input, draft);
    // A plain assignment is beyond the type checker: name and value are unions here.
    if (entry) Object.assign(draft.entries, { [name]: entry });
  }
  return { name: input.name, ...draft };
}

function readSetting<Name extends SettingName>(
  name: Name,
  input: LayerInput,
  draft: Draft,
): Entry<SettingValues[Name]> | null {
  const setting: Setting<SettingValues[Name]> = SETTINGS[name];
  const emptyIsFault = input.empty === "fault" || setting.emptyIsFault === true;
  const written = setting[input.name].flatMap((spelling) => {
    const found = input.find(spelling);
    if (!found || (isEmpty(found.raw) && !emptyIsFault && noteEmpty(found, draft))) return [];
    return [{ spelling, found }];
  });
  const [first, second] = written;
  if (!first) return null;
  const { spelling, found } = first;
  let value: SettingValues[Name] | Invalid;
  if (second && setting.exclusive) {
    const remedy = "keep one of them: they are two spellings of one setting";
    value = new Invalid(`${spelling.name} and ${second.spelling.name} are both set`, remedy);
  } else if (found.deferred) {
    draft.deferred[name] = found.deferred;
    return null;
  } else if (isEmpty(found.raw) && !setting.emptyIsFault) {
    value = new Invalid("the value is empty", "give a value, or leave it out");
  } else value = parse(spelling, found, input, draft);
  if (!(value instanceof Invalid)) return { value, layer: input.name, place: found.place };
  const { message, remedy } = value;
  draft.problems.push(problem(message, { ...placeOf(found), remedy }));
  draft.broken.push(name);
  return null;
}

function parse<T>(
  spelling: Spelling<T>,
  found: Found,
  input: LayerInput,
  draft: Draft,
): T | Invalid {
  const { name: layer, baseDir, home } = input;
  return spelling.parse(found.raw, {
    ...found,
    layer,
    spelling: spelling.name,
    baseDir,
    home,
    notice: (message) => note(message, found, draft),
  });
}

function isEmpty(raw: unknown): boolean {
  return raw === null || (typeof raw === "string" && raw.trim() === "");
}

function noteEmpty(found: Found, draft: Draft): true {
  note("an empty value counts as not set", found, draft);
  return true;
}

function note(message: string, found: Found, draft: Draft): void {
  draft.problems.push({ severity: "notice", message, ...placeOf(found) });
}

function placeOf({ place, path }: Found): Pick<Problem, "place" | "path"> {
  return path === undefined ? { place } : { place, path };
}
