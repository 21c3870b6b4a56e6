// Tries a provider (`sidelite provider test`): reachable or why not, how fast, which models.
import { UpstreamFailure } from "../../core/upstream.ts";
import { modelsUrl } from "./base-url.ts";
import { fetchModels } from "./fetch-models.ts";
import type { UpstreamSource } from "./provider-upstreams.ts";
import type { Provider } from "./provider.ts";

export interface ProbeResult {
  readonly ok: boolean;
  /** `ok`, `dns`, `connection_refused`, `tls_untrusted`, `http_401`, ... */
  readonly reason: string;
  readonly message: string;
  /** What to try; null: nothing known. */
  readonly hint: string | null;
  /** null: it was not reached. */
  readonly ms: number | null;
  readonly models: readonly string[];
}

export async function probeProvider(
  provider: Provider,
  upstreams: UpstreamSource,
  signal: AbortSignal,
): Promise<ProbeResult> {
  try {
    const { models, ms } = await fetchModels(provider, upstreams, signal);
    return { ok: true, reason: "ok", message: `${models.length} models`, hint: null, ms, models };
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error;
    const { code, message } = error;
    return {
      ok: false,
      reason: code,
      message,
      hint: hintFor(code, provider),
      ms: null,
      models: [],
    };
  }
}

function hintFor(code: string, provider: Provider): string | null {
  const { base } = provider;
  if (code === "http_401" || code === "http_403") {
    return provider.apiKey === null ? "set api_key" : "check api_key and auth_header";
  }
  if ((code === "http_404" || code === "bad_models") && base !== null) {
    const atRoot = modelsUrl({ ...base, root: "", version: null, parameters: [] });
    if (modelsUrl({ ...base, parameters: [] }) !== atRoot)
      return `try /v1: base_url: ${base.origin}/v1`;
    return "the server has no /v1/models: check base_url, or list its models under models";
  }
  if (code === "redirect_refused")
    return "use the address it redirects to (http or https, www or not)";
  if (code === "tls_untrusted") return "set network.tls.verify to the path of its CA file";
  if (code === "tls_client_certificate") return "set network.tls.client_cert and client_key";
  if (code === "tls_handshake" && base?.origin.startsWith("https:"))
    return "is it http:// on this port?";
  if (code === "connection_refused") return "is the server running, on this port?";
  if (code === "dns") return "check the host in base_url";
  return null;
}
