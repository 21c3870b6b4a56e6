// Flags of `provider add|edit` and `agent add` as fields of the `sidelite:` section. No flag carries a key.
import type { Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";

type Flags = Input["flags"];

const TEXTS: Readonly<Record<string, string>> = {
  type: "type",
  baseUrl: "base_url",
  authHeader: "auth_header",
  auth: "auth",
  dialect: "dialect",
  endpoints: "endpoints",
  refreshModels: "refresh_models",
  retries: "retries",
};
const LISTS: Readonly<Record<string, string>> = {
  allowedModels: "allowed_models",
  models: "models",
};
/** The order in which a block is written. */
const ORDER = ["type", "base_url", "api_key", "auth_header", "auth", "allowed_models", "models"];

/** Only what was typed. Throws UserError("usage"). */
export function readProviderFields(flags: Flags): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [flag, field] of Object.entries(TEXTS)) {
    const value = flags[flag];
    if (typeof value === "string") fields.set(field, toScalar(field, value));
  }
  for (const [flag, field] of Object.entries(LISTS)) {
    const value = flags[flag];
    if (Array.isArray(value)) fields.set(field, splitNames(value));
  }
  const name = flags["apiKeyEnv"];
  if (typeof name === "string") fields.set("api_key", reference(name));
  const headers = readPairs(flags["header"], "--header", /^([^:=\s]+)\s*[:=]\s*(.*)$/);
  if (headers !== null) fields.set("network", { headers });
  const forwarded = readPairs(flags["forwardHeader"], "--forward-header", /^([^:=\s]+)[:=](\S+)$/);
  if (forwarded !== null) fields.set("forward_headers", forwarded);
  return new Map([...fields].toSorted(([a], [b]) => rank(a) - rank(b)));
}

/** `--unset`: names as in the file. */
export function readUnset(flags: Flags): readonly string[] {
  const value = flags["unset"];
  return Array.isArray(value) ? splitNames(value).map((name) => name.replaceAll("-", "_")) : [];
}

function splitNames(written: readonly string[]): string[] {
  return written.flatMap((part) => part.split(",")).filter((name) => name !== "");
}

/** A number or switch is written as one; it is the loader that judges it. */
function toScalar(field: string, value: string): unknown {
  if (field === "retries" && /^\d{1,9}$/.test(value)) return Number(value);
  if (field === "refresh_models" && /^(?:true|false)$/.test(value)) return value === "true";
  return value;
}

function reference(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `os.environ/${name}`;
  const remedy = "export the key as a variable and give the variable's name";
  const place = { source: "--api-key-env" };
  throw new UserError("usage", problem("is not the name of a variable", { place, remedy }));
}

function readPairs(
  written: Flags[string],
  flag: string,
  pattern: RegExp,
): Record<string, string> | null {
  if (!Array.isArray(written)) return null;
  return Object.fromEntries(
    written.map((text) => {
      const [, name, value] = pattern.exec(text) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      const remedy = "write NAME=VALUE";
      throw new UserError("usage", problem("is no pair", { place: { source: flag }, remedy }));
    }),
  );
}

function rank(field: string): number {
  const at = ORDER.indexOf(field);
  return at === -1 ? ORDER.length : at;
}
