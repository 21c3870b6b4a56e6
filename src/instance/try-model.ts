// One real completion through a gateway: what came, and how long it took.
import { problem, UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";

export interface Trial {
  readonly model: string;
  readonly status: number;
  /** From the request to the whole answer. */
  readonly ms: number;
  /** What the model said; the error's text where it failed. */
  readonly text: string;
  /** As the answer names itself. */
  readonly servedBy: string | null;
  readonly tokens: number | null;
  /** US dollars, as LiteLLM reckons them. */
  readonly cost: number | null;
}

/** Enough for a model that thinks first. */
const MAX_TOKENS = 256;
const PROMPT = "Reply with the single word: pong";

/** Throws UserError("failed") when there is no answer at all; a refusal is a Trial with its status. */
export async function tryModel(
  { url, key }: { readonly url: string; readonly key: string },
  model: string,
  host: Pick<Host, "monotonic">,
  signal: AbortSignal,
): Promise<Trial> {
  const messages = [{ role: "user", content: PROMPT }];
  const started = host.monotonic();
  let response: Response;
  let body: string;
  try {
    response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ model, messages, max_tokens: MAX_TOKENS }),
      signal,
    });
    body = await response.text();
  } catch (cause) {
    signal.throwIfAborted();
    throw new UserError("failed", problem(`no answer from ${url}: ${String(cause)}`), { cause });
  }
  const ms = host.monotonic() - started;
  const answer = parse(body);
  const cost = Number(response.headers.get("x-litellm-response-cost") ?? Number.NaN);
  return {
    model,
    status: response.status,
    ms,
    text: textOf(answer) ?? body,
    servedBy: typeof answer["model"] === "string" ? answer["model"] : null,
    tokens: numberAt(answer["usage"], "total_tokens"),
    cost: Number.isFinite(cost) ? cost : null,
  };
}

function parse(body: string): Record<string, unknown> {
  try {
    return { ...Object(JSON.parse(body)) };
  } catch {
    return {};
  }
}

function textOf({ choices, error }: Record<string, unknown>): string | null {
  const [first] = Array.isArray(choices) ? choices : [];
  const content: unknown = Object(Object(first)["message"])["content"];
  const message: unknown = Object(error)["message"];
  return [content, message].find((text) => typeof text === "string") ?? null;
}

function numberAt(value: unknown, key: string): number | null {
  const found: unknown = Object(value)[key];
  return typeof found === "number" ? found : null;
}
