// `sidelite route list|explain|url`: where a model's requests go and why, and what a base URL means.
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { joinPath, modelsUrl, parseBaseUrl } from "../gateway/direct/base-url.ts";
import { explainRoute } from "../gateway/direct/explain-route.ts";
import type { Agent } from "../gateway/direct/provider.ts";
import { renderScopedRoutes } from "../gateway/direct/scoped-route.ts";
import { openDirect } from "../instance/direct-source.ts";
import { readFormat, renderData } from "../ui/output-format.ts";
import { renderTable } from "../ui/table.ts";

const PATHS = ["/v1/chat/completions", "/v1/messages", "/v1/responses", "/v1/embeddings"];

export async function routeList({ flags }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json", "yaml"]);
  const { config, names, table } = await openDirect(flags, context);
  const scoped = config.agents.flatMap(({ name, modelName, parent, passthrough }) =>
    parent === null || !passthrough
      ? []
      : renderScopedRoutes({ model: modelName, agent: name }).slice(0, 1),
  );
  const models = new Set([...names.exact, ...table.models, ...scoped]);
  const routes = [...models].map((model) => explainRoute(table, model));
  if (format !== "text") context.print(renderData({ routes }, format));
  else {
    const rows = routes.map(({ model, to, provider, why }) => [model, provider ?? to, why]);
    context.print(renderTable(["MODEL", "TO", "WHY"], rows));
  }
  return EXIT_CODES.ok.code;
}

export async function routeExplain({ flags, args }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json", "yaml"]);
  const [model = ""] = args;
  const { config, names, table } = await openDirect(flags, context);
  const isManaged = ({ passthrough, provider }: Agent) => !passthrough && provider !== null;
  const hasLitellm =
    names.exact.length + names.wildcard.length > 0 || config.agents.some(isManaged);
  const route = explainRoute(table, model, hasLitellm);
  if (format !== "text") context.print(renderData({ route }, format));
  else {
    const target = route.to === "provider" ? `the provider ${route.provider}` : NAMES[route.to];
    context.print(`${model} goes to ${target}: ${route.why}`);
    if (route.sentModel !== null && route.sentModel !== model)
      context.print(`sent as model: ${route.sentModel}`);
    for (const agent of config.agents.filter(({ modelName }) => modelName === model)) {
      const [key] = agent.parent === null ? [] : renderScopedRoutes({ model, agent: agent.name });
      if (key !== undefined) context.report.info(`the subagent ${agent.name} asks for ${key}`);
    }
    if (route.url !== null) context.print(`a chat request lands at: ${route.url}`);
  }
  return EXIT_CODES.ok.code;
}

const NAMES = { litellm: "LiteLLM", refused: "nobody" } as const;

export async function routeUrl({ flags, args }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json", "yaml"]);
  const parsed = parseBaseUrl(args[0] ?? "");
  if ("problem" in parsed) {
    const { problem: message, remedy } = parsed;
    throw new UserError("usage", problem(message, { place: { source: "URL" }, remedy }));
  }
  const { base, notice } = parsed;
  if (notice !== null) context.report.problem({ severity: "notice", message: notice });
  const urls = PATHS.map((path) => ({ path, url: base.origin + joinPath(base, path) }));
  const all = [...urls, { path: "models", url: modelsUrl(base) }];
  if (format !== "text") context.print(renderData({ urls: all }, format));
  else
    context.print(
      renderTable(
        ["REQUEST", "GOES TO"],
        all.map(({ path, url }) => [path, url]),
      ),
    );
  return Promise.resolve(EXIT_CODES.ok.code);
}
