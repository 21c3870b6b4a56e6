// Checks of `model_list`: what LiteLLM would leave out silently, or would start a process for.
import type { Finding } from "./findings.ts";
import { findProvider, PROVIDERS } from "./providers.ts";
import type { Checked } from "./rule.ts";
import { hasUserinfo } from "./secret-values.ts";
import { nearest } from "../core/suggest.ts";
import { getAt, getOwn, isMapping, itemsOf } from "./tree.ts";
import { modelParameters, ownProviders } from "./usage.ts";

export function modelsExist({ resolved, hasProviders, onlyValidate }: Checked): Finding[] {
  if (itemsOf(getOwn(resolved, "model_list")).length > 0 || hasProviders) return [];
  const remedy = "add `model_list:` with a model_name and its litellm_params";
  const severity = onlyValidate ? "warning" : "error";
  return [
    {
      path: ["model_list"],
      message: "no model is configured",
      remedy,
      severity,
      rule: "no-models",
    },
  ];
}

/** LiteLLM would run `ollama serve` on this machine. */
export function ollamaHasAddress({ resolved }: Checked): Finding[] {
  return deployments(resolved).flatMap(({ parameters, path }): Finding[] => {
    const model = getOwn(parameters, "model");
    const address = getOwn(parameters, "api_base");
    if (typeof model !== "string" || !model.includes("ollama")) return [];
    if (address !== undefined && address !== null) return [];
    const message = "needs an api_base: without one LiteLLM starts `ollama serve` itself";
    const remedy = "add api_base: http://localhost:11434";
    return [{ path: [...path, "model"], message, remedy, rule: "ollama-address" }];
  });
}

export function addressesAreHttp({ resolved, written }: Checked): Finding[] {
  return deployments(resolved).flatMap(({ parameters, path }) =>
    ["api_base", "base_url"].flatMap((key): Finding[] => {
      const address = getOwn(parameters, key);
      if (typeof address !== "string" || address === "") return [];
      const at = [...path, key];
      const rule = "api-base";
      if (/\s/.test(address))
        return [{ path: at, message: "has white space in it", remedy: "remove it", rule }];
      if (!/^(?:https?|wss?):\/\/[^/?#]/i.test(address)) {
        const remedy = /^\w+:\/\//.test(address)
          ? "use http:// or https://"
          : "begin with http:// or https://";
        return [{ path: at, message: "is no http or https address", remedy, rule }];
      }
      const literal = getAt(written, at);
      if (typeof literal !== "string" || !hasUserinfo(literal)) return [];
      const remedy = "put the whole address into an environment variable and write os.environ/NAME";
      return [{ path: at, message: "has a user name or password in it", remedy, rule }];
    }),
  );
}

/** LiteLLM leaves such a deployment out with one line in its log. */
export function providersAreKnown({ resolved }: Checked): Finding[] {
  const own = ownProviders(resolved);
  return deployments(resolved).flatMap(({ parameters, path }): Finding[] => {
    const model = modelParameters(parameters);
    if (model.model === "" || findProvider(model, own) !== null) return [];
    const prefix = model.model.includes("/") ? (model.model.split("/", 1)[0] ?? "") : null;
    const rest = prefix === null ? model.model : model.model.slice(prefix.length + 1);
    const near = prefix === null ? [] : nearest(prefix, [...PROVIDERS, ...own]);
    const message =
      prefix === null
        ? "names no provider that LiteLLM knows: it may leave this model out"
        : `begins with ${prefix}/, which is no provider of LiteLLM: it leaves this model out`;
    const remedy =
      near.length > 0
        ? `did you mean ${near.map((name) => `${name}/${rest}`).join(", ")}?`
        : `write provider/${rest}, such as openai/${rest} for an OpenAI-compatible server`;
    return [
      { path: [...path, "model"], message, remedy, severity: "warning", rule: "unknown-provider" },
    ];
  });
}

/** Meant where the load is to be spread; else the second answers half of the requests. */
export function balancedNames({ resolved }: Checked): Finding[] {
  const names = itemsOf(getOwn(resolved, "model_list")).map((item) => getOwn(item, "model_name"));
  return names.flatMap((name, index): Finding[] => {
    const count = names.filter((other) => other === name).length;
    if (typeof name !== "string" || count < 2 || names.indexOf(name) !== index) return [];
    const message = `${name} stands ${count} times: LiteLLM spreads its requests over them`;
    const remedy = "give the others another name unless that is meant";
    const path = ["model_list", index, "model_name"];
    return [{ path, message, remedy, severity: "notice", rule: "balanced-model" }];
  });
}

export function deployments(value: unknown): { parameters: unknown; path: (string | number)[] }[] {
  return itemsOf(getOwn(value, "model_list")).flatMap((deployment, index) => {
    const parameters = getOwn(deployment, "litellm_params");
    return isMapping(parameters)
      ? [{ parameters, path: ["model_list", index, "litellm_params"] }]
      : [];
  });
}
