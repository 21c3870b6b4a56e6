// Writes changes into the text of a context file: comments, order and unknown keys stay, appended lists are joined.
import type { Change } from "../core/change.ts";
import { editYaml } from "../core/yaml-edit.ts";
import type { ContextFile } from "./context-file.ts";
import { LISTS, parseContextFile } from "./context-file.ts";

/** What a new file begins with. */
const HEADER = "apiVersion: v1\nkind: Config\n";

/** The new text; null `text`: there is no file yet. Throws UserError("usage"), also where the result would be faulty. */
export function editContextFile(
  text: string | null,
  path: string,
  edit: (file: ContextFile) => readonly Change[],
): string {
  const old = text === null || text.trim() === "" ? HEADER : text;
  const changed = editYaml(old, path, edit(parseContextFile(old, path)), {
    joinDuplicateLists: LISTS,
  });
  parseContextFile(changed, path);
  return changed;
}
