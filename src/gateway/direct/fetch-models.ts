// Asks a provider for its models, over the same connections and headers as any request.
import { UpstreamFailure } from "../../core/upstream.ts";
import { joinPath, modelsUrl } from "./base-url.ts";
import { parseModelList } from "./model-list.ts";
import { buildProviderHeaders } from "./provider-headers.ts";
import type { UpstreamSource } from "./provider-upstreams.ts";
import type { Provider } from "./provider.ts";
import { buildRequestHeaders } from "./request-headers.ts";

export interface FetchedModels {
  readonly models: readonly string[];
  /** From the first byte sent, connection included. */
  readonly ms: number;
}

const MAX_BYTES = 4 * 1024 * 1024;
const HEADERS = ["accept", "application/json", "user-agent", "sidelite"];

/** Throws UpstreamFailure; its code is `http_<status>` for an answer that is no success. */
export async function fetchModels(
  provider: Provider,
  upstreams: UpstreamSource,
  signal: AbortSignal,
): Promise<FetchedModels> {
  const { base } = provider;
  if (base === null)
    throw new UpstreamFailure(502, "no_base_url", `${provider.name} has no base_url`);
  const url = modelsUrl(base);
  const fail = (code: string, text: string) =>
    new UpstreamFailure(502, code, `${provider.name}: ${text}`);
  const started = performance.now();
  const { status, body } = await get(
    provider,
    base.origin,
    joinPath(base, "/models"),
    upstreams,
    signal,
  );
  if (status !== 200) throw fail(`http_${status}`, `${withoutQuery(url)} answered ${status}`);
  const models = body === null ? null : parseModelList(body);
  if (models === null)
    throw fail("bad_models", `${withoutQuery(url)} did not answer with a list of models`);
  return { models, ms: performance.now() - started };
}

/** `body` is null when it is too long. */
async function get(
  provider: Provider,
  origin: string,
  path: string,
  upstreams: UpstreamSource,
  signal: AbortSignal,
): Promise<{ status: number; body: string | null }> {
  signal.throwIfAborted();
  const { rule } = buildProviderHeaders({ ...provider, compression: false }, null, origin);
  const head = {
    method: "GET",
    path,
    headers: buildRequestHeaders(HEADERS, rule),
    bodyLength: null,
  };
  const lease = upstreams.get(provider, origin).tryAcquire();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let length = 0;
    const settle = (finish: () => void) => {
      signal.removeEventListener("abort", onAbort);
      lease.release();
      finish();
    };
    const exchange = lease.send(head, null, {
      head: (response) => {
        status = response.status;
      },
      data: (chunk) => {
        length += chunk.length;
        if (length <= MAX_BYTES) chunks.push(chunk);
        return true;
      },
      end: () => {
        const body = length > MAX_BYTES ? null : Buffer.concat(chunks).toString("utf8");
        settle(() => resolve({ status, body }));
      },
      fail: (error) => settle(() => reject(error)),
    });
    function onAbort(): void {
      exchange.abort();
      settle(() => reject(abortError(signal)));
    }
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** Default parameters may be a credential. */
function withoutQuery(url: string): string {
  return url.split("?", 1)[0] ?? url;
}

function abortError(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("aborted");
}
