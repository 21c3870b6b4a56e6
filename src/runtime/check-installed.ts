// A runtime that is in use may be removed under those who use it; what runs goes on, nothing new can be started of it.
import { dirname } from "node:path";
import { problem, UserError } from "../core/errors.ts";
import { findRuntime } from "./find-runtime.ts";
import type { Runtime } from "./runtime.ts";
import { runtimeTitle } from "./runtime.ts";

/** Throws UserError("machine") where it is not complete any more. */
export async function checkInstalled(runtime: Runtime): Promise<void> {
  if ((await findRuntime(runtime, dirname(runtime.dir))) !== null) return;
  const message = `the environment of ${runtimeTitle(runtime)} is gone or not complete any more`;
  const remedy = "make it again: sidelite runtime install; then ask for the restart once more";
  throw new UserError("machine", problem(message, { place: { source: runtime.dir }, remedy }));
}
