// The flags of `config set-context` as values of a context: only what was given, as a person would write it.
import type { Problem } from "../core/errors.ts";
import { problem, UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import { parseJson } from "../core/json.ts";
import type { ContextValues } from "./context-edits.ts";
import { CONTEXT_KEYS, PROXY_KEYS } from "./context-keys.ts";
import type { Flags } from "./flag-layer.ts";
import { buildFlagLayer, flagKey } from "./flag-layer.ts";
import type { Entries } from "./layer.ts";
import type { LitellmSource } from "./litellm-source.ts";
import { parseBoolean, parseName } from "./parse-scalar.ts";
import { parseTrustHosts, parseTrustQueue } from "./parse-trust.ts";
import { SETTING_NAMES, SETTINGS } from "./settings.ts";
import { Invalid } from "./spelling.ts";

type Values = Record<string, unknown>;

/** Flags that no other command has. */
const OWN_FLAGS = {
  "--user": { key: "user", section: "context", parse: parseName },
  "--organization": { key: "organization", section: "context", parse: parseName },
  "--use-v1-api": { key: "use-v1-api", section: "context", parse: parseBoolean },
  "--trust-queue": { key: "trust-queue", section: "proxy", parse: parseTrustQueue },
  "--trust-hosts": { key: "trust-hosts", section: "proxy", parse: parseTrustHosts },
} as const satisfies Readonly<
  Record<string, { key: string; section: keyof ContextValues; parse: (raw: unknown) => unknown }>
>;

/** Throws UserError("usage") with every fault. */
export function readContextValues(flags: Flags, host: Host): ContextValues {
  const values: { context: Values; proxy: Values } = { context: {}, proxy: {} };
  // They say which file and context is meant, not what to write.
  const { context: _context, config: _config, ...given } = flags;
  const { entries, problems } = buildFlagLayer(given, host);
  const faults = problems.filter(({ severity }) => severity === "error");
  for (const setting of SETTING_NAMES) {
    const entry = entries[setting];
    const [spelling] = SETTINGS[setting].context;
    if (!entry || !spelling || setting === "litellm") continue;
    const section = spelling.section === "context" ? values.context : values.proxy;
    section[spelling.name] = entry.value;
  }
  Object.assign(values.proxy, litellmValues(entries, given));
  readOwn(given, values, faults);
  unset(given["unset"], values, faults);
  if (faults.length > 0) throw new UserError("usage", faults);
  return values;
}

/** One spelling takes the other's place. */
function litellmValues({ litellm }: Entries, flags: Flags): Values {
  if (!litellm) return {};
  const source: LitellmSource = litellm.value;
  if (source.kind === "file") {
    const typed = flags["proxyConfigFile"];
    // `~/` stays, so that the file can be carried to another machine.
    const path = typeof typed === "string" && typed.startsWith("~/") ? typed : source.path;
    return { "config-file": path, "config-json": undefined };
  }
  const text = source.kind === "text" ? source.text : "";
  const { value } = parseJson(text, source.origin.place.source);
  return { "config-file": undefined, "config-json": JSON.stringify(value, null, 2) };
}

function readOwn(
  flags: Flags,
  values: { readonly context: Values; readonly proxy: Values },
  faults: Problem[],
): void {
  for (const [flag, { key, section, parse }] of Object.entries(OWN_FLAGS)) {
    const raw = flags[flagKey(flag)];
    if (raw === undefined) continue;
    const value = parse(raw);
    if (!(value instanceof Invalid)) values[section][key] = value;
    else {
      const { message, remedy } = value;
      faults.push(problem(message, { place: { source: flag }, remedy }));
    }
  }
}

function unset(
  keys: Flags[string],
  values: { readonly context: Values; readonly proxy: Values },
  faults: Problem[],
): void {
  for (const key of Array.isArray(keys) ? keys : []) {
    const section = CONTEXT_KEYS.includes(key)
      ? values.context
      : PROXY_KEYS.includes(key)
        ? values.proxy
        : null;
    if (section && !(key in section)) section[key] = undefined;
    else {
      const known = [...CONTEXT_KEYS, ...PROXY_KEYS].join(", ");
      const message = section ? `${key} is both set and unset` : `${key} is no key of a context`;
      faults.push(problem(message, { place: { source: "--unset" }, remedy: `keys: ${known}` }));
    }
  }
}
