// Names one rendered configuration: what it says, the variables it is given, the folder it serves from.
import { createHash } from "node:crypto";

export function digestOf(rendered: string, names: readonly string[], cwd: string | null): string {
  const parts = [rendered, names.toSorted().join(" "), cwd ?? ""];
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
}
