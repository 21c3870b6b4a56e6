// `--client` as typed: names of clients, also separated by commas.
import { problem, UserError } from "../core/errors.ts";

/** null: not given. Throws UserError("usage") for one that is not known. */
export function parseClients<Name extends string>(
  written: string | boolean | readonly string[] | undefined,
  known: readonly Name[],
): readonly Name[] | null {
  if (!Array.isArray(written)) return null;
  const names = written.flatMap((part: string) => part.split(",")).filter((name) => name !== "");
  if (names.includes("none")) return [];
  if (names.includes("all")) return known;
  return names.map((name) => {
    const found = known.find((candidate) => candidate === name);
    if (found !== undefined) return found;
    throw new UserError(
      "usage",
      problem(`${JSON.stringify(name)} is no client that sidelite knows`, {
        place: { source: "--client" },
        remedy: `use ${known.join(", ")}, all or none`,
      }),
    );
  });
}
