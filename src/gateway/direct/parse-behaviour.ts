// Parses the fields that say how a provider is used: hosts of requests, refresh, retries, endpoints. null: absent.
import { parseDuration } from "./duration.ts";
import type { EndpointName, Endpoints } from "./endpoints.ts";
import { ENDPOINT_NAMES } from "./endpoints.ts";
import type { Fields } from "./fields.ts";
import type { Refresh } from "./provider.ts";

const DEFAULT_REFRESH_SECONDS = 300;
const MAX_RETRIES = 10;

export function parseHosts(fields: Fields): readonly string[] | null {
  const written = fields.raw("allow_request_url");
  if (written === false) return [];
  const hosts = written === true ? [] : fields.texts("allow_request_url");
  if (hosts === null) return null;
  if (hosts.length > 0 && hosts.every(isHost)) return hosts.map((host) => host.toLowerCase());
  const remedy = "list them: allow_request_url: [gateway.example, other.example:8443]";
  fields.fail("allow_request_url", "must be the list of hosts that a request may name", remedy);
  return [];
}

function isHost(host: string): boolean {
  const text = `https://${host}`;
  return /^[^\s/@?#\\*]+$/.test(host) && URL.canParse(text) && new URL(text).pathname === "/";
}

export function parseRefresh(fields: Fields): Refresh | null {
  const written = fields.raw("refresh_models");
  if (written === null) return null;
  const text = typeof written === "string" ? fields.text("refresh_models") : null;
  const seconds =
    typeof written === "number" ? written : text === null ? null : parseDuration(text);
  if (seconds !== null) {
    if (seconds >= 1 && seconds <= 86_400 * 7) return { everySeconds: seconds };
    fields.fail("refresh_models", "must be between 1 second and 7 days");
    return null;
  }
  const isOn = fields.flag("refresh_models");
  return { everySeconds: isOn === true ? DEFAULT_REFRESH_SECONDS : null };
}

export function parseRetries(fields: Fields): number | null {
  const retries = fields.number("retries");
  if (retries === null || (Number.isInteger(retries) && retries >= 0 && retries <= MAX_RETRIES))
    return retries;
  fields.fail("retries", `must be a whole number from 0 to ${MAX_RETRIES}`);
  return null;
}

export function parseEndpoints(fields: Fields): Endpoints | null {
  const names = fields.texts("endpoints");
  if (names === null) return null;
  if (names.length === 1 && names[0] === "all") return "all";
  if (names.length === 1 && names[0] === "openai") return new Set(ENDPOINT_NAMES);
  const known = names.filter((name): name is EndpointName =>
    ENDPOINT_NAMES.some((one) => one === name),
  );
  if (known.length < names.length || names.length === 0) {
    fields.fail("endpoints", `must be all, openai, or a list of: ${ENDPOINT_NAMES.join(", ")}`);
  }
  return new Set(known);
}
