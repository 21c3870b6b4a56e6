// Asks once for a queue's settings and says what came of it: an answer, a reason to ask again, or an end.
import { problem, UserError } from "../core/errors.ts";
import type { Secret } from "../core/secret.ts";
import { errorCode } from "../platform/file-errors.ts";
import { readCapped, TooLarge } from "./read-capped.ts";

export type Outcome =
  | { readonly kind: "answer"; readonly body: Buffer }
  /** Not now: down, busy or unreachable. */
  | { readonly kind: "down"; readonly reason: string; readonly retryAfterMs: number | null }
  /** Asking again would change nothing. */
  | { readonly kind: "refused"; readonly error: UserError };

export interface SettingsRequest {
  readonly url: URL;
  readonly queueId: string;
  readonly apiKey: Secret;
  readonly signal: AbortSignal;
  /** Wall clock, for a Retry-After that is a date. */
  readonly now: () => Date;
}

export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Rejects only with the signal's reason. */
export async function requestSettings(request: SettingsRequest): Promise<Outcome> {
  const { url, apiKey, signal } = request;
  const source = url.origin;
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${apiKey.reveal()}`, accept: "application/json" },
      // Read here, so that the message can say what happened; nothing is sent on.
      redirect: "manual",
      signal,
    });
    const outcome = judgeStatus(response, request);
    if (outcome === null) {
      return { kind: "answer", body: await readCapped(response, MAX_BODY_BYTES) };
    }
    await response.body?.cancel();
    return outcome;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TooLarge) {
      const message = `the control plane's answer is larger than ${MAX_BODY_BYTES} bytes`;
      return refused("controlPlane", message, source, "check its URL");
    }
    return { kind: "down", reason: describe(error), retryAfterMs: null };
  }
}

function judgeStatus(response: Response, { url, queueId, now }: SettingsRequest): Outcome | null {
  const { status } = response;
  const source = url.origin;
  if (status === 200) return null;
  if (status === 401 || status === 403) {
    const message = `the control plane refuses the API key (status ${status})`;
    return refused("credentials", message, source, "check KUBIYA_API_KEY or the user's token");
  }
  if (status === 404) {
    const message = `the control plane knows no queue ${JSON.stringify(queueId)}`;
    return refused("controlPlane", message, source, "check --queue-id and the control plane's URL");
  }
  if (status >= 300 && status < 400) {
    const message = `the control plane sends us elsewhere (status ${status}): redirects are not followed with a key`;
    return refused(
      "controlPlane",
      message,
      source,
      "check its URL; a login page may be in the way",
    );
  }
  const reason = `status ${status}`;
  if (status >= 500 || status === 429) {
    return { kind: "down", reason, retryAfterMs: retryAfter(response, now()) };
  }
  const message = `the control plane does not give the queue's settings (${reason})`;
  return refused("controlPlane", message, source, "check its URL and the queue id");
}

function refused(
  exit: "controlPlane" | "credentials",
  message: string,
  source: string,
  remedy: string,
): Outcome {
  const error = new UserError(exit, problem(message, { place: { source }, remedy }));
  return { kind: "refused", error };
}

/** Seconds or a date (RFC 9110 10.2.3); null: none, or not understood. */
function retryAfter(response: Response, now: Date): number | null {
  const text = response.headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now.getTime());
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name cannot be looked up now",
  ETIMEDOUT: "no connection in time",
  EHOSTUNREACH: "no way to it",
  ENETUNREACH: "no network",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  UND_ERR_SOCKET: "the connection was cut",
};

/** `fetch failed` says nothing: the reason is in its cause. */
function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = errorCode(cause) ?? (cause instanceof Error ? cause.message : String(cause));
  return REASONS[code] ?? code;
}
