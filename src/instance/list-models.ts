// The models of a running instance, and those of the configuration when none runs.
import { abortAfter } from "../core/abort-after.ts";
import type { Flags } from "../config/flag-layer.ts";
import { loadConfig } from "../config/load.ts";
import type { Context } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { prepareSource } from "./configuration.ts";
import type { Reached } from "./reach.ts";

/** Far more than the gateway takes while LiteLLM boots. */
const PATIENCE_MS = 20_000;

/** As `/v1/models` lists them: direct routes included. */
export async function listServed(
  { name, url, key }: Reached,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const limit = abortAfter(PATIENCE_MS, signal);
  const headers = { authorization: `Bearer ${key}` };
  try {
    const response = await fetch(`${url}/v1/models`, { headers, signal: limit });
    const answer: unknown = await response.json();
    const data: unknown = Object(answer)["data"];
    if (!response.ok || !Array.isArray(data)) throw new Error(`status ${response.status}`);
    return data.map((model: unknown) => String(Object(model)["id"])).toSorted();
  } catch (cause) {
    signal.throwIfAborted();
    const message = `${name} does not list its models: ${String(cause)}`;
    throw new UserError("failed", problem(message), { cause });
  }
}

/** Names, aliases and patterns; none without a LiteLLM config. */
export async function listConfigured(
  flags: Flags,
  { host, report, verbose }: Context,
): Promise<readonly string[]> {
  const options = { command: "proxy", kubiyaWorker: false, queue: null, verbose } as const;
  const { proxy, problems } = await loadConfig(flags, host, options);
  for (const found of problems) report.problem(found);
  if (proxy.litellm === null) return [];
  const prepared = await prepareSource(proxy.litellm, host, { onlyValidate: true });
  const { exact, aliases, wildcard } = prepared.names;
  const all = [...exact, ...aliases, ...wildcard, ...(prepared.direct?.models ?? [])];
  return [...new Set(all)].toSorted();
}
