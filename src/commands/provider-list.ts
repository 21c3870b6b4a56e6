// `sidelite provider list` and `sidelite provider show NAME`.
import type { Context, Input } from "../core/context.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import type { ProviderView } from "../instance/describe-provider.ts";
import { describeProvider, describeProviders } from "../instance/describe-provider.ts";
import { findProvider } from "../instance/direct-paths.ts";
import { openDirect } from "../instance/direct-source.ts";
import { readFormat, renderData } from "../ui/output-format.ts";
import { renderTable } from "../ui/table.ts";

const HEAD = ["PROVIDER", "URL", "AUTH", "KEY", "MODELS", "AGENTS"];

export async function providerList({ flags }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json", "yaml", "name"]);
  const providers = describeProviders(await openDirect(flags, context));
  if (format === "name") providers.forEach(({ name }) => context.print(name));
  else if (format !== "text") context.print(renderData({ providers }, format));
  else if (providers.length === 0) {
    const add = "sidelite provider add NAME --base-url URL --api-key-env VARIABLE";
    context.report.info(`there is no provider yet; add one: ${add}`);
  } else {
    const rows = providers.map((each) => [
      each.enabled ? each.name : `${each.name} (off)`,
      each.url ?? "-",
      each.auth,
      each.key,
      String(each.models.length),
      each.agents.join(", ") || "-",
    ]);
    context.print(renderTable(HEAD, rows));
  }
  return EXIT_CODES.ok.code;
}

export async function providerShow({ flags, args }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json", "yaml"]);
  const [name = ""] = args;
  const opened = await openDirect(flags, context);
  const provider = describeProvider(opened, findProvider(opened, name));
  context.print(
    format === "text"
      ? renderTable(
          ["FIELD", "VALUE"],
          Object.entries(provider).map(([field, value]) => [field, show(value)]),
        )
      : renderData({ provider }, format),
  );
  return EXIT_CODES.ok.code;
}

function show(value: ProviderView[keyof ProviderView]): string {
  if (value === null) return "-";
  if (Array.isArray(value)) return value.join(", ") || "-";
  if (typeof value !== "object") return String(value);
  const pairs = Object.entries(value).map(([key, name]) => `${key} -> ${name}`);
  return pairs.join(", ") || "-";
}
