// The order of credentials (passthrough 4): static key, the request's key, a forwarded header, none.
import { CREDENTIAL_HEADERS } from "./header-names.ts";

export interface CredentialSources {
  /** The provider's own key. */
  readonly apiKey: string | null;
  /** `passthrough_api_key` of the request's provider data. */
  readonly requestKey: string | null;
  /** What `forward_headers` took from the provider data. */
  readonly forwarded: readonly (readonly [name: string, value: string])[];
  /** `network.headers`. */
  readonly fixed: readonly (readonly [name: string, value: string])[];
  /** null: `Authorization: Bearer <key>`. */
  readonly authHeader: string | null;
}

export type Credential =
  | {
      readonly source: "static" | "request";
      readonly header: readonly [name: string, value: string];
    }
  /** It is among the forwarded or fixed headers already. */
  | { readonly source: "forwarded" | "fixed" | "none"; readonly header: null };

/** "" counts as unset everywhere. */
export function chooseCredential(sources: CredentialSources): Credential {
  const { apiKey, requestKey, authHeader } = sources;
  if (apiKey) return { source: "static", header: keyHeader(apiKey, authHeader) };
  if (requestKey) return { source: "request", header: keyHeader(requestKey, authHeader) };
  const own = authHeader?.toLowerCase();
  const carries = ([name, value]: readonly [string, string]) => {
    const lower = name.toLowerCase();
    return value !== "" && (lower === own || CREDENTIAL_HEADERS.has(lower));
  };
  if (sources.forwarded.some(carries)) return { source: "forwarded", header: null };
  return { source: sources.fixed.some(carries) ? "fixed" : "none", header: null };
}

function keyHeader(key: string, authHeader: string | null): readonly [string, string] {
  if (authHeader === null) return ["Authorization", `Bearer ${key}`];
  // A key in a header called Authorization needs its scheme, unless it was written with one.
  const isBare = authHeader.toLowerCase() === "authorization" && !/^\S+ \S/.test(key);
  return [authHeader, isBare ? `Bearer ${key}` : key];
}
