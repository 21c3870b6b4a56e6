// The proxy of an instance whose routes all lead to providers: nothing runs, so it is always ready.
import { problem, UserError } from "../core/errors.ts";
import type { Proxy } from "../proxy/start.ts";

export function createNoProxy(): Proxy {
  return {
    serve: () => {
      const message = "this instance has no LiteLLM: all its models are served by providers";
      throw new UserError("failed", problem(message));
    },
    ready: Promise.resolve({ ms: 0, degraded: [] }),
    failed: new Promise(() => {}),
    state: () => ({
      phase: "ready",
      generations: [],
      processes: { serving: 0, most: 0, whyOne: null },
      recycled: 0,
      missing: [],
      deaths: 0,
      failure: null,
    }),
    stop: () => Promise.resolve(),
  };
}
