// Reads the control plane's URL: http or https, no credentials, no trailing slash.
import { show } from "./parse-scalar.ts";
import { Invalid } from "./spelling.ts";

const EXAMPLE = "write it like https://control-plane.example.com";

/** Scheme, host and path without a final slash. Whether plain http is allowed is decided where it is used. */
export function parseControlPlaneUrl(raw: unknown): string | Invalid {
  if (typeof raw !== "string") return new Invalid(`${show(raw)} is not a URL`, EXAMPLE);
  const text = raw.trim();
  // The parser would silently drop tabs and line ends.
  if (/\s/.test(text) || !URL.canParse(text)) {
    return new Invalid("it is not a URL", hasNoScheme(text) ? `begin it with https://` : EXAMPLE);
  }
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    const remedy = /^[\w.-]+:\d+(?:\/|$)/.test(text) ? "begin it with https://" : EXAMPLE;
    return new Invalid("it is not an http or https URL", remedy);
  }
  if (url.username !== "" || url.password !== "") {
    return new Invalid(
      "it contains a user name or password",
      "remove it; the key is KUBIYA_API_KEY",
    );
  }
  if (/[?#]/.test(text)) return new Invalid("it has a query or fragment", "end it after the path");
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function hasNoScheme(text: string): boolean {
  return !text.includes("://") && /^[\w.-]+(?::\d+)?(?:\/\S*)?$/.test(text);
}
