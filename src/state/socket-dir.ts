// The private folder for an instance's sockets: nobody else may connect, and the path must be short.
import { dirname } from "node:path";
import { problem, UserError } from "../core/errors.ts";
import { ensurePrivateDir } from "../platform/files.ts";

/** The first of the candidates that can be made private; throws UserError with every reason when none can. */
export async function ensureSocketDir(candidates: readonly string[]): Promise<string> {
  const faults: UserError[] = [];
  for (const path of candidates) {
    try {
      await ensurePrivateDir(dirname(path));
      await ensurePrivateDir(path);
      return path;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      faults.push(error);
    }
  }
  const remedy = "set XDG_RUNTIME_DIR to a folder of yours with a short path";
  const summary = problem("there is no private folder for sidelite's sockets", { remedy });
  throw new UserError(faults[0]?.exit ?? "machine", [
    summary,
    ...faults.flatMap((fault) => fault.problems),
  ]);
}
