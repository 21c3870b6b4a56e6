// `sidelite model list|enable|disable`: the models of all routes, and providers' models switched on and off.
import type { Change } from "../core/change.ts";
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { describeProviders } from "../instance/describe-provider.ts";
import { editableProvider } from "../instance/direct-paths.ts";
import { openDirect } from "../instance/direct-source.ts";
import { changeDirect } from "../instance/edit-direct.ts";
import { getAt, itemsOf } from "../litellm/tree.ts";
import { readFormat, renderData } from "../ui/output-format.ts";
import { renderTable } from "../ui/table.ts";

export async function modelList({ flags }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json", "yaml", "name"]);
  const opened = await openDirect(flags, context);
  const { exact, wildcard } = opened.names;
  const models = [
    ...[...exact, ...wildcard].map((name) => ({ name, from: "model_list", enabled: true })),
    ...opened.config.agents
      .filter(({ passthrough, parent }) => passthrough && parent === null)
      .map(({ modelName: name, name: agent }) => ({ name, from: `agent ${agent}`, enabled: true })),
    ...describeProviders(opened).flatMap(({ name: provider, models: on, disabledModels }) => [
      ...on.map((name) => ({ name: `${provider}/${name}`, from: provider, enabled: true })),
      ...disabledModels.map((name) => ({
        name: `${provider}/${name}`,
        from: provider,
        enabled: false,
      })),
    ]),
  ];
  if (format === "name") models.forEach(({ name }) => context.print(name));
  else if (format !== "text") context.print(renderData({ models }, format));
  else {
    const rows = models.map(({ name, from, enabled }) => [name, from, enabled ? "on" : "off"]);
    context.print(renderTable(["MODEL", "FROM", "STATE"], rows));
  }
  return EXIT_CODES.ok.code;
}

export async function switchModel(
  isOn: boolean,
  { flags, args }: Input,
  context: Context,
): Promise<number> {
  const format = readFormat(flags, ["json"]);
  const [name = ""] = args;
  const slash = name.indexOf("/");
  if (slash < 1) {
    const remedy = "write PROVIDER/MODEL, as `sidelite model list` does";
    throw new UserError("usage", problem(`${JSON.stringify(name)} names no provider`, { remedy }));
  }
  const opened = await openDirect(flags, context, "change");
  const provider = editableProvider(opened, name.slice(0, slash));
  const model = name.slice(slash + 1);
  const path = [...provider.path, "disabled_models"];
  const listed = itemsOf(getAt(opened.documents.main.value, path));
  const others = listed.filter((item) => item !== model);
  const change: Change = !isOn
    ? { kind: "append", path, value: model }
    : others.length === 0
      ? { kind: "remove", path }
      : { kind: "set", path, value: others };
  if (isOn && provider.disabled.matches(model) && !listed.includes(model)) {
    const remedy = "change disabled_models in the file";
    throw new UserError("usage", problem(`a pattern switches ${name} off`, { remedy }));
  }
  const known = new Set([...provider.models, ...(opened.discovered.get(provider.name) ?? [])]);
  if (known.size > 0 && !known.has(model)) {
    const remedy = `sidelite provider refresh ${provider.name} asks for its models`;
    const message = `${provider.name} lists no model ${model}`;
    context.report.problem({ severity: "notice", message, remedy });
  }
  if (isOn === provider.disabled.matches(model)) await changeDirect(opened, [change], context);
  if (format === "json") context.print(renderData({ model: name, enabled: isOn }, "json"));
  else context.report.info(`model ${name} is ${isOn ? "on" : "off"}`);
  return EXIT_CODES.ok.code;
}
