// `sidelite agent add|list`: which agent's model goes where.
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { renderScopedRoutes } from "../gateway/direct/scoped-route.ts";
import { freePath } from "../instance/direct-paths.ts";
import { openDirect } from "../instance/direct-source.ts";
import { changeDirect } from "../instance/edit-direct.ts";
import { readFormat, renderData } from "../ui/output-format.ts";
import { renderTable } from "../ui/table.ts";

const HEAD = ["AGENT", "ASKS FOR", "GOES TO", "PARENT"];

export async function agentAdd({ flags, args }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json"]);
  const [name = ""] = args;
  if (typeof flags["modelName"] !== "string") {
    const remedy = "add --model-name NAME, what the agent asks for";
    throw new UserError("usage", problem("the agent's model is missing", { remedy }));
  }
  const value = Object.fromEntries(
    [
      ["model_name", flags["modelName"]],
      ["provider", flags["provider"]],
      ["parent", flags["parent"]],
      ["passthrough", flags["managed"] === true ? undefined : true],
    ].filter(([, field]) => field !== undefined),
  );
  const opened = await openDirect(flags, context, "change");
  const path = freePath(opened, "agents", name);
  await changeDirect(opened, [{ kind: "set", path, value }], context);
  if (format === "json") context.print(renderData({ agent: name, changed: true }, "json"));
  else context.report.info(`agent "${name}" added`);
  return EXIT_CODES.ok.code;
}

export async function agentList({ flags }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json", "yaml", "name"]);
  const { config } = await openDirect(flags, context);
  const agents = config.agents.map(({ name, modelName, parent, passthrough, provider }) => {
    const [key] =
      parent === null ? [modelName] : renderScopedRoutes({ model: modelName, agent: name });
    const target = passthrough ? (provider?.name ?? null) : null;
    return {
      name,
      model: modelName,
      key: passthrough ? key : modelName,
      parent,
      passthrough,
      provider: target,
    };
  });
  if (format === "name") agents.forEach(({ name }) => context.print(name));
  else if (format !== "text") context.print(renderData({ agents }, format));
  else if (agents.length === 0) {
    const add = "sidelite agent add NAME --model-name MODEL --provider PROVIDER";
    context.report.info(`there is no agent yet; add one: ${add}`);
  } else {
    const rows = agents.map(({ name, key, parent, passthrough, provider }) => [
      name,
      key ?? "",
      passthrough ? (provider ?? "nowhere: switched off") : "LiteLLM",
      parent ?? "-",
    ]);
    context.print(renderTable(HEAD, rows));
  }
  return EXIT_CODES.ok.code;
}
