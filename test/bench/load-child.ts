// The load generator, seen from the bench: one order, one process, one result.
import { fileURLToPath } from "node:url";

import { askChild } from "./child.ts";
import type { LoadOrder, LoadResult } from "./load-order.ts";

/** Throws at the first wrong answer, which is a fault in every row; only the row of losses, of mixed sizes, counts it. */
export async function load(
  order: Omit<LoadOrder, "host" | "mixedSizes"> & { readonly mixedSizes?: boolean },
): Promise<LoadResult> {
  const { target, mixedSizes = false } = order;
  const host = "port" in target ? `${target.host}:${target.port}` : "localhost";
  const result = await askChild<LoadResult>(scriptPath("load"), { ...order, host, mixedSizes });
  if (!mixedSizes && result.firstWrong !== null) throw new Error(result.firstWrong);
  return result;
}

/** A script of this folder, as the bench is built. */
export function scriptPath(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}
