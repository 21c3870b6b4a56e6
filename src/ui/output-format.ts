// How data is printed: for people, or as JSON, YAML or bare names for programs.
import { problem, UserError } from "../core/errors.ts";
import { renderYaml } from "../core/render-yaml.ts";

export type OutputFormat = "json" | "yaml" | "name";

type Flags = Readonly<Record<string, string | boolean | string[] | undefined>>;

const SCHEMA_VERSION = 1;

/** From `-o` and `--json`; "text" is for people. Throws UserError("usage") for a format that the command has not. */
export function readFormat<Format extends OutputFormat>(
  { output, json }: Flags,
  offered: readonly Format[],
): Format | "text" {
  if (output === undefined && json !== true) return "text";
  const wanted = output ?? "json";
  const found = offered.find((format) => format === wanted);
  if (found && (json !== true || found === "json")) return found;
  const message =
    json === true
      ? "--json and -o contradict each other"
      : `${JSON.stringify(output)} is no output format here`;
  const remedy = `use ${offered.join(", ")}`;
  throw new UserError("usage", problem(message, { place: { source: "-o" }, remedy }));
}

/** With the version of its shape, by which a program can tell a later one. */
export function renderData(
  data: Readonly<Record<string, unknown>>,
  format: "json" | "yaml",
): string {
  const versioned = { schemaVersion: SCHEMA_VERSION, ...data };
  return format === "json" ? JSON.stringify(versioned, null, 2) : renderYaml(versioned).trimEnd();
}
