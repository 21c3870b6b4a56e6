// Model names without a provider: LiteLLM has a list of them, and leaves out what is not in it.
import type { Finding } from "./findings.ts";
import type { Mapping } from "./tree.ts";
import { getOwn, isMapping, itemsOf, withKey } from "./tree.ts";
import { words } from "./words.ts";

/** What LiteLLM 1.106.2 takes for OpenAI's or Anthropic's without a prefix; compared with it by a test. */
export const BARE_MODELS = words(`
  chat-latest chatgpt-image-latest computer-use-preview computer-use-preview-2025-03-11 dall-e-2
  dall-e-3 daybreak-blue-latest daybreak-red-latest gpt-3.5-turbo gpt-3.5-turbo-0125
  gpt-3.5-turbo-1106 gpt-3.5-turbo-16k gpt-4 gpt-4-0613 gpt-4-1106-preview gpt-4-turbo
  gpt-4-turbo-2024-04-09 gpt-4.1 gpt-4.1-2025-04-14 gpt-4.1-mini gpt-4.1-mini-2025-04-14
  gpt-4.1-nano gpt-4.1-nano-2025-04-14 gpt-4o gpt-4o-2024-05-13 gpt-4o-2024-08-06
  gpt-4o-2024-11-20 gpt-4o-audio-preview-2024-12-17 gpt-4o-audio-preview-2025-06-03 gpt-4o-mini
  gpt-4o-mini-2024-07-18 gpt-4o-mini-audio-preview-2024-12-17
  gpt-4o-mini-realtime-preview-2024-12-17 gpt-4o-mini-search-preview
  gpt-4o-mini-search-preview-2025-03-11 gpt-4o-mini-transcribe gpt-4o-mini-transcribe-2025-03-20
  gpt-4o-mini-transcribe-2025-12-15 gpt-4o-mini-tts gpt-4o-mini-tts-2025-03-20
  gpt-4o-mini-tts-2025-12-15 gpt-4o-search-preview gpt-4o-search-preview-2025-03-11
  gpt-4o-transcribe gpt-4o-transcribe-diarize gpt-5 gpt-5-2025-08-07 gpt-5-chat
  gpt-5-chat-latest gpt-5-codex gpt-5-mini gpt-5-mini-2025-08-07 gpt-5-nano
  gpt-5-nano-2025-08-07 gpt-5-pro gpt-5-pro-2025-10-06 gpt-5-search-api
  gpt-5-search-api-2025-10-14 gpt-5.1 gpt-5.1-2025-11-13 gpt-5.1-chat-latest gpt-5.1-codex
  gpt-5.1-codex-max gpt-5.1-codex-mini gpt-5.2 gpt-5.2-2025-12-11 gpt-5.2-chat-latest
  gpt-5.2-codex gpt-5.2-pro gpt-5.2-pro-2025-12-11 gpt-5.3-chat-latest gpt-5.3-codex gpt-5.4
  gpt-5.4-2026-03-05 gpt-5.4-mini gpt-5.4-mini-2026-03-17 gpt-5.4-nano gpt-5.4-nano-2026-03-17
  gpt-5.4-pro gpt-5.4-pro-2026-03-05 gpt-5.5 gpt-5.5-2026-04-23 gpt-5.5-cyber
  gpt-5.5-cyber-preview gpt-5.5-pro gpt-5.5-pro-2026-04-23 gpt-5.6 gpt-5.6-cyber gpt-5.6-luna
  gpt-5.6-sol gpt-5.6-terra gpt-6-astra gpt-6-luna gpt-6-sol gpt-6.1-sol gpt-audio gpt-audio-1.5
  gpt-audio-2025-08-28 gpt-audio-mini gpt-audio-mini-2025-10-06 gpt-audio-mini-2025-12-15
  gpt-daybreak-blue-latest gpt-daybreak-red-latest gpt-live-1 gpt-live-transcribe gpt-realtime
  gpt-realtime-1.5 gpt-realtime-2 gpt-realtime-2.1 gpt-realtime-2.1-mini gpt-realtime-2025-08-28
  gpt-realtime-mini gpt-realtime-mini-2025-12-15 gpt-realtime-translate gpt-realtime-whisper
  gpt-rosalind-discovery gpt-rosalind-research gpt-transcribe o1 o1-2024-12-17 o1-pro
  o1-pro-2025-03-19 o3 o3-2025-04-16 o3-deep-research o3-deep-research-2025-06-26 o3-mini
  o3-mini-2025-01-31 o3-pro o3-pro-2025-06-10 o4-mini o4-mini-2025-04-16 o4-mini-deep-research
  o4-mini-deep-research-2025-06-26 omni-moderation-2024-09-26 omni-moderation-latest sora-2
  sora-2-pro sora-2-pro-high-res text-embedding-3-large text-embedding-3-small
  text-embedding-ada-002 text-embedding-ada-002-v2 tts-1 tts-1-1106 tts-1-hd tts-1-hd-1106
  whisper-1 babbage-002 davinci-002 gpt-3.5-turbo-instruct gpt-3.5-turbo-instruct-0914
  claude-fable-5 claude-fable-5-1 claude-haiku-4-5 claude-haiku-4-5-20251001 claude-haiku-5-5
  claude-mythos-5 claude-mythos-5-1 claude-mythos-preview claude-opus-4-5
  claude-opus-4-5-20251101 claude-opus-4-6 claude-opus-4-6-20260205 claude-opus-4-7
  claude-opus-4-7-20260416 claude-opus-4-8 claude-opus-5 claude-opus-5-5 claude-sonnet-4-5
  claude-sonnet-4-5-20250929 claude-sonnet-4-6 claude-sonnet-5 claude-sonnet-5-5
`);

// `ft:gpt-4` and `gpt-image` are enough for LiteLLM inside or at the beginning of a name.
const ALWAYS_KNOWN = /ft:gpt-(?:3\.5-turbo|4)|^gpt-image/;
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:gpt-|chatgpt-|o\d(?:-|$)|ft:|text-embedding-(?:3|ada)|tts-|whisper-|dall-e-|sora-|codex-)/,
    "openai",
  ],
  [/^claude-(?!.*:\d)/, "anthropic"],
];

/** A name of a well-known family that is not in LiteLLM's list gets its provider, or it would be left out. */
export function nameProviders(value: Mapping): { value: Mapping; findings: Finding[] } {
  const findings: Finding[] = [];
  const list = itemsOf(value["model_list"]).map((deployment, index) => {
    const parameters = getOwn(deployment, "litellm_params");
    const model = getOwn(parameters, "model");
    const provider = typeof model === "string" ? missingProvider(model) : null;
    if (provider === null || !isMapping(deployment) || !isMapping(parameters)) return deployment;
    if (getOwn(parameters, "custom_llm_provider")) return deployment;
    const name = `${provider}/${String(model)}`;
    const message = `LiteLLM has no ${String(model)} in its list of models: it is passed on as ${name}`;
    const path = ["model_list", index, "litellm_params", "model"];
    findings.push({
      path,
      message,
      remedy: `write ${name}`,
      severity: "notice",
      rule: "translated",
    });
    return withKey(deployment, "litellm_params", withKey(parameters, "model", name));
  });
  return { value: findings.length > 0 ? withKey(value, "model_list", list) : value, findings };
}

function missingProvider(model: string): string | null {
  if (model.includes("/") || BARE_MODELS.has(model) || ALWAYS_KNOWN.test(model)) return null;
  return FAMILIES.find(([family]) => family.test(model))?.[1] ?? null;
}
