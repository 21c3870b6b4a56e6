// Stands in for LiteLLM's router where no model needs LiteLLM: it lists nothing and refuses every other model.
import { bodyRule } from "../body-rule.ts";
import { buildPathRules } from "../paths.ts";
import { Refusal } from "../refusal.ts";
import type { Need, Route, Router } from "../router.ts";
import { NO_CONTENT } from "./local-upstream.ts";

const NEED: Need = { model: true, scan: true, refusedKeys: null };
const UNSCANNED: Need = { model: false, scan: false, refusedKeys: null };
const NO_MODEL = new Refusal("not-found", "The request names no model that a provider serves");
const NOT_FOUND = new Refusal("not-found", "No provider serves this path without a model");
/** Never sent: its list is always the gateway's own. */
const LIST: Route = {
  id: "local",
  upstream: NO_CONTENT,
  headers: { set: [] },
  path: (url) => url,
  list: { names: [], always: true },
};

export function buildNoLitellmRouter(): Router {
  const rules = buildPathRules([]);
  return {
    needs(head) {
      const match = rules.match(head.path);
      if (match === null) return NOT_FOUND;
      const rule = bodyRule(head, match);
      if (rule instanceof Refusal) return rule;
      return rule === "raw" ? UNSCANNED : NEED;
    },
    select(head, _, model) {
      if (rules.match(head.path)?.kind === "models" && head.method === "GET") return LIST;
      if (model === null) return NO_MODEL;
      const text = `No provider serves the model ${JSON.stringify(model.slice(0, 200))}, and there is no model_list`;
      return new Refusal("not-found", text, null, "model_not_found");
    },
  };
}
