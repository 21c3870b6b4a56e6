// The tags of plain data: which there are, and which values they fit.

const PREFIX = "tag:yaml.org,2002:";
const STANDARD: ReadonlySet<string> = new Set([
  "str",
  "int",
  "float",
  "bool",
  "null",
  "map",
  "seq",
]);

/** `int` for the tag of integers; null for a tag that is not of plain data. */
export function standardTag(tag: string): string | null {
  const name = tag.startsWith(PREFIX) ? tag.slice(PREFIX.length) : "";
  return STANDARD.has(name) ? name : null;
}

/** As people write it: `!!int`. */
export function renderTag(tag: string): string {
  return tag.replace(PREFIX, "!!");
}

/** Whether a scalar's value is what its tag says; `tag` as `standardTag` names it. */
export function fitsTag(tag: string, value: unknown): boolean {
  if (tag === "null") return value === null;
  if (tag === "bool") return typeof value === "boolean";
  return (
    typeof value === "number" && (tag === "float" || (tag === "int" && Number.isInteger(value)))
  );
}
