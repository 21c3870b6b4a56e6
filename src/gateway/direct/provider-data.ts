// Reads `X-LlamaStack-Provider-Data` and its sisters: credentials and headers that a request brings for a provider.
import { isMapping } from "../../core/converted.ts";
import { PROVIDER_DATA_HEADERS } from "./header-names.ts";
import type { ForwardedHeader } from "./provider.ts";

/** Own keys only; JSON's `__proto__` is one of them and harmless. */
export type ProviderData = Readonly<Record<string, unknown>>;

export interface Forwarded {
  /** Last wins where two keys name one header. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** For the log; they hold no value. */
  readonly warnings: readonly string[];
}

/** What downstream servers refuse as a header; cutting a token would be harder to find than its absence. */
const MAX_VALUE_BYTES = 8192;
// The last three are line ends to some HTTP/1.0 proxies.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f\u0085\u2028\u2029]/g;

/** null: no such header. "bad": it is no JSON object, or stands twice. `raw` is the client's flat header list. */
export function readProviderData(raw: readonly string[]): ProviderData | "bad" | null {
  for (const wanted of PROVIDER_DATA_HEADERS) {
    let found: string | null = null;
    for (let index = 0; index < raw.length; index += 2) {
      const name = raw[index] ?? "";
      if (name.length !== wanted.length || name.toLowerCase() !== wanted) continue;
      if (found !== null) return "bad";
      found = raw[index + 1] ?? "";
    }
    if (found !== null) return parseData(found);
  }
  return null;
}

/** The listed keys as outbound headers; missing and null ones are skipped, "" is sent empty. */
export function forwardedHeaders(
  data: ProviderData,
  listed: readonly ForwardedHeader[],
): Forwarded {
  const headers: [string, string][] = [];
  const warnings: string[] = [];
  for (const { key, name } of listed) {
    const value = Object.hasOwn(data, key) ? data[key] : null;
    if (value === null || value === undefined) continue;
    if (typeof value === "object") {
      warnings.push(
        `provider data ${JSON.stringify(key)} is not a plain value: ${name} is not sent`,
      );
      continue;
    }
    const clean = cleanValue(value);
    if (clean !== null) headers.push([name, clean]);
    else
      warnings.push(
        `provider data ${JSON.stringify(key)} is over ${MAX_VALUE_BYTES} bytes: ${name} is not sent`,
      );
  }
  return { headers, warnings };
}

/** A text field such as `passthrough_api_key`; "" is unset. Not sanitised for a URL: that is parsed. */
export function textOf(data: ProviderData, key: string): string | null {
  const value = Object.hasOwn(data, key) ? data[key] : null;
  return typeof value === "string" && value !== "" ? cleanValue(value) || null : null;
}

/** UTF-8 bytes in Latin-1 form, as headers are written; null: too long. */
function cleanValue(value: unknown): string | null {
  const bytes = Buffer.from(String(value).replace(CONTROL, ""), "utf8");
  return bytes.length > MAX_VALUE_BYTES ? null : bytes.toString("latin1");
}

function parseData(text: string): ProviderData | "bad" {
  try {
    // Node gives header bytes as Latin-1.
    const value: unknown = JSON.parse(Buffer.from(text, "latin1").toString("utf8"));
    return isMapping(value) ? value : "bad";
  } catch {
    return "bad";
  }
}
