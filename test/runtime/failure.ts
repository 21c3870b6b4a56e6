// The UserError that a call must end with.
import { UserError } from "../../src/core/errors.ts";

export async function failure(work: Promise<unknown>): Promise<UserError> {
  const error = await work.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw error;
  return error;
}
