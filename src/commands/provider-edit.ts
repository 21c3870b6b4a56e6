// `sidelite provider edit NAME`: changes what was given and nothing else; another host clears the key.
import type { Change } from "../core/change.ts";
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { parseBaseUrl } from "../gateway/direct/base-url.ts";
import type { Provider } from "../gateway/direct/provider.ts";
import { editableProvider } from "../instance/direct-paths.ts";
import type { OpenedDirect } from "../instance/direct-source.ts";
import { openDirect } from "../instance/direct-source.ts";
import { changeDirect } from "../instance/edit-direct.ts";
import { readProviderFields, readUnset } from "../instance/provider-fields.ts";
import { getAt } from "../litellm/tree.ts";
import { readFormat, renderData } from "../ui/output-format.ts";

export async function providerEdit({ flags, args }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json"]);
  const [name = ""] = args;
  const opened = await openDirect(flags, context, "change");
  const provider = editableProvider(opened, name);
  const fields = readProviderFields(flags);
  const isCleared = losesKey(provider, fields) && flags["keepKey"] !== true;
  const unset = new Set([...readUnset(flags), ...(isCleared ? ["api_key"] : [])]);
  const changes = [...changesOf(provider, fields), ...removals(opened, provider, unset)];
  if (changes.length === 0) {
    const isUnset = unset.size > 0 ? `: ${name} has no ${[...unset].join(", ")}` : "";
    const remedy = "give a flag for what is to change, see --help";
    throw new UserError("usage", problem(`nothing is to be changed${isUnset}`, { remedy }));
  }
  if (isCleared) {
    const message = `the URL's host is another one: the key of ${name} is cleared`;
    const remedy = "--api-key-env NAME sets one for the new host, --keep-key keeps the old one";
    context.report.problem({ severity: "warning", message, remedy });
  }
  await changeDirect(opened, changes, context);
  if (format === "json") context.print(renderData({ provider: name, changed: true }, "json"));
  else context.report.info(`provider "${name}" changed`);
  return EXIT_CODES.ok.code;
}

/** A key goes to the host that it was given for. */
function losesKey(provider: Provider, fields: ReadonlyMap<string, unknown>): boolean {
  const url = fields.get("base_url");
  if (typeof url !== "string" || fields.has("api_key") || provider.apiKey === null) return false;
  const parsed = parseBaseUrl(url);
  return "base" in parsed && parsed.base.origin !== provider.base?.origin;
}

function changesOf({ path }: Provider, fields: ReadonlyMap<string, unknown>): Change[] {
  return [...fields].map(([field, value]) => {
    // `network` holds more than the headers that a flag sets.
    const isNetwork = field === "network";
    const at = isNetwork ? ["network", "headers"] : [field];
    return {
      kind: "set",
      path: [...path, ...at],
      value: isNetwork ? getAt(value, ["headers"]) : value,
    };
  });
}

function removals(
  { documents }: OpenedDirect,
  { path }: Provider,
  names: ReadonlySet<string>,
): Change[] {
  return [...names].flatMap((name): Change[] => {
    const at = [...path, name];
    return getAt(documents.main.value, at) === undefined ? [] : [{ kind: "remove", path: at }];
  });
}
