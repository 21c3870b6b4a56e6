// Which context of the context file is meant, and whether it is there.
import type { Problem } from "../core/errors.ts";
import { problem } from "../core/errors.ts";
import { nearest } from "../core/suggest.ts";
import type { ContextFile } from "./context-file.ts";
import type { Entry } from "./layer.ts";

export interface ContextChoice {
  /** One of the file's contexts; null: none is selected. */
  readonly name: string | null;
  readonly problems: readonly Problem[];
}

const MAX_LISTED = 10;

/** `file` null: there is no context file at `path`. */
export function chooseContext(
  wanted: Entry<string> | null,
  file: ContextFile | null,
  path: string,
): ContextChoice {
  const known = file ? [...file.contexts.keys()] : [];
  if (!wanted)
    return { name: null, problems: known.length === 0 ? [] : [noneSelected(known, path)] };
  const name = wanted.value;
  if (known.includes(name)) return { name, problems: [] };
  const near = nearest(name, known);
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}? ` : "";
  const fault = file
    ? problem(`there is no context ${name} in ${path}`, {
        place: wanted.place,
        remedy: known.length === 0 ? "the file has no contexts yet" : `${hint}${list(known)}`,
      })
    : problem(`there is no context ${name}: the context file ${path} does not exist`, {
        place: wanted.place,
        remedy: "create the file, name another with --config, or leave the context out",
      });
  return { name: null, problems: [fault] };
}

function noneSelected(known: readonly string[], path: string): Problem {
  return {
    severity: "notice",
    message: "no context is selected, so its contexts have no effect",
    place: { source: path },
    remedy: `write \`current-context: ${known[0]}\` into it, or use --context; ${list(known)}`,
  };
}

function list(known: readonly string[]): string {
  const rest = known.length > MAX_LISTED ? `, and ${known.length - MAX_LISTED} more` : "";
  return `its contexts: ${known.slice(0, MAX_LISTED).join(", ")}${rest}`;
}
