// Checks of settings that LiteLLM takes and that do not do what a reader expects.
import { deployments } from "./check-models.ts";
import type { Finding } from "./findings.ts";
import type { Checked } from "./rule.ts";
import { getAt, getOwn } from "./tree.ts";
import { modelParameters } from "./usage.ts";

const SWITCH = "use_chat_completions_url_for_anthropic_messages";

/** Keys of teams live in the database; without one every request is the master key's, which has no team. */
export function teamsNeedDatabase({ written }: Checked): Finding[] {
  const path = ["litellm_settings", "default_team_settings"];
  if (getAt(written, path) === undefined) return [];
  const message = "has no effect without a database: no key of this instance belongs to a team";
  const remedy = "for every request, write these settings below litellm_settings itself";
  return [{ path, message, remedy, severity: "notice", rule: "no-effect" }];
}

/** LiteLLM turns `/v1/messages` into `/v1/responses` for `openai/` models; most compatible servers lack that. */
export function messagesAreServed({ resolved }: Checked): Finding[] {
  if (getAt(resolved, ["litellm_settings", SWITCH]) !== undefined) return [];
  const compatible = deployments(resolved).find(({ parameters }) => {
    const { model, apiBase, customProvider } = modelParameters(parameters);
    if (getOwn(parameters, "mock_response") !== undefined) return false;
    if (apiBase === null || /^https?:\/\/api\.openai\.com(?:[:/]|$)/i.test(apiBase)) return false;
    return customProvider === "openai" || (customProvider === null && model.startsWith("openai/"));
  });
  if (!compatible) return [];
  const message =
    "is asked at /v1/responses when a client calls /v1/messages (Claude Code does): many servers do not have that";
  const remedy = `if this one does not, add litellm_settings: {${SWITCH}: true}`;
  return [
    {
      path: [...compatible.path, "api_base"],
      message,
      remedy,
      severity: "notice",
      rule: "messages-url",
    },
  ];
}
