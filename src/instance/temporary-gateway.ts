// An instance for the length of one action: started, used once LiteLLM is ready, and gone.
import { randomBytes } from "node:crypto";
import type { Context } from "../core/context.ts";
import { BugError } from "../core/errors.ts";
import { runForeground } from "./foreground.ts";
import type { Loaded } from "./plan.ts";

type Address = { readonly url: string; readonly key: string };

/** Returns what `use` gave, or the exit code of an instance that never became ready. Throws what `use` throws. */
export async function withTemporaryGateway<T extends object>(
  { config, prepared }: Loaded,
  context: Context,
  use: (address: Address, signal: AbortSignal) => Promise<T>,
): Promise<T | number> {
  const over = new AbortController();
  const abort = AbortSignal.any([context.signals.abort, over.signal]);
  let used: Promise<T> | null = null;
  const code = await runForeground(
    {
      name: `test-${randomBytes(4).toString("hex")}`,
      temporary: true,
      config,
      prepared,
      worker: null,
      onReady: ({ url, key }) => {
        used = use({ url, key: key.reveal() }, context.signals.abort);
        const end = (): void => over.abort();
        used.then(end, end);
      },
    },
    { ...context, signals: { ...context.signals, abort } },
  );
  if (used !== null) return used;
  if (code === 0 && !context.signals.abort.aborted) throw new BugError("it ended unasked");
  return code;
}
