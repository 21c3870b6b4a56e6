// Parses the `providers` section: a mapping by name, or Llama Stack's list of `remote::passthrough` blocks.
import { isMapping } from "../../core/converted.ts";
import type { YamlPath } from "../../core/document.ts";
import type { FieldsContext } from "./fields-context.ts";
import { Fields } from "./fields.ts";
import type { NetworkContext } from "./parse-network.ts";
import { hasCredential, parseProvider } from "./parse-provider.ts";
import type { Provider } from "./provider.ts";
import { PROVIDER_NAME } from "./provider.ts";

export interface ParsedProviders {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly disabled: ReadonlySet<string>;
  /** Those without a URL of their own: an error, unless agents bring theirs. */
  readonly withoutUrl: ReadonlyMap<string, Fields>;
}

interface Entry {
  /** null: `provider_id` names it. */
  readonly name: string | null;
  readonly value: unknown;
  readonly path: YamlPath;
}

const SECTION: YamlPath = ["sidelite", "providers"];
/** Llama Stack's name of a provider that a conditional reference switched off. */
const DISABLED_ID = "__disabled__";
const REMOTE = "remote::passthrough";

export function parseProviders(
  value: unknown,
  context: FieldsContext,
  network: NetworkContext,
): ParsedProviders {
  const providers = new Map<string, Provider>();
  const disabled = new Set<string>();
  const withoutUrl = new Map<string, Fields>();
  for (const entry of listEntries(value, context)) {
    const outer = Fields.of(entry.value, entry.path, context);
    // That is said already; what it lacks need not be.
    if (entry.value !== null && !isMapping(entry.value)) continue;
    const { name, isDisabled } = readName(entry, outer);
    if (isDisabled || outer.flag("enabled") === false) {
      if (name !== null) disabled.add(name);
      continue;
    }
    if (name === null) continue;
    if (providers.has(name)) {
      outer.fail(null, `the provider ${name} is defined twice`, "give one of the two another name");
    }
    const { provider, fields } = parseEntry(name, outer, network);
    providers.set(name, provider);
    const needsUrl = provider.base === null && provider.requestHosts.length === 0;
    if (needsUrl && !fields.hasFailed("base_url")) withoutUrl.set(name, fields);
  }
  return { providers, disabled, withoutUrl };
}

function parseEntry(
  name: string,
  outer: Fields,
  network: NetworkContext,
): { provider: Provider; fields: Fields } {
  outer.raw("provider_id");
  const type = outer.text("provider_type");
  if (type !== null && type !== REMOTE) outer.fail("provider_type", `must be ${REMOTE}`);
  if (type !== null && !outer.has("config"))
    outer.notice("config", "is missing; the block's own fields are used");
  const config = outer.mapping("config");
  const fields = config ?? outer;
  const provider = parseProvider(name, fields, network);
  if (!hasCredential(provider) && !fields.hasFailed("api_key")) {
    const remedy =
      "set api_key (--api-key-env) or forward_headers; or auth: none for a server that needs none";
    fields.fail("api_key", `the provider ${name} has no credential`, remedy);
  }
  if (
    provider.models.length > 0 &&
    !provider.models.every((model) => provider.allowed.matches(model))
  ) {
    fields.warn("models", "names a model that allowed_models does not allow");
  }
  config?.refuseUnknown();
  outer.refuseUnknown();
  return { provider, fields };
}

/** A disabled list item may have no name left. */
function readName(entry: Entry, outer: Fields): { name: string | null; isDisabled: boolean } {
  const written = outer.raw("provider_id");
  const id = outer.text("provider_id");
  const isSwitchedOff = typeof written === "string" && id === null;
  if (entry.name === DISABLED_ID || id === DISABLED_ID || isSwitchedOff) {
    return { name: entry.name === DISABLED_ID ? null : entry.name, isDisabled: true };
  }
  const name = entry.name ?? id;
  if (name === null) outer.fail("provider_id", "is missing: the provider needs a name");
  else if (!PROVIDER_NAME.test(name)) {
    const remedy =
      "use letters, digits, dots, dashes and underscores; it is the part before / in provider/model";
    outer.fail(null, `${JSON.stringify(name)} is not a name for a provider`, remedy);
  }
  return { name, isDisabled: false };
}

function listEntries(value: unknown, context: FieldsContext): Entry[] {
  if (Array.isArray(value)) return listItems(value, SECTION);
  const section = Fields.of(value, SECTION, context);
  return section.names.flatMap((name): Entry[] => {
    const item = section.raw(name);
    const path = [...SECTION, name];
    // Llama Stack's file has its lists under the name of the interface.
    return name === "inference" && Array.isArray(item)
      ? listItems(item, path)
      : [{ name, value: item, path }];
  });
}

function listItems(list: readonly unknown[], path: YamlPath): Entry[] {
  return list.map((value, index) => ({ name: null, value, path: [...path, index] }));
}
