// Where each provider's keys are at home: the hosts that are the provider's own and nobody else's.
import { words } from "./words.ts";

/**
 * Patterns as core/host-pattern.ts. Left out on purpose: hosts under which anybody can run a server of their own
 * (`*.execute-api.*.amazonaws.com`, `*.azure-api.net`, `*.endpoints.huggingface.cloud`, workspaces, tunnels).
 */
const AZURE = "*.openai.azure.com *.cognitiveservices.azure.com *.services.ai.azure.com";
const BEDROCK = "bedrock-runtime.*.amazonaws.com bedrock-runtime-fips.*.amazonaws.com";
const SAGEMAKER = "runtime.sagemaker.*.amazonaws.com";
const VERTEX = "aiplatform.googleapis.com *-aiplatform.googleapis.com";
const COHERE = "api.cohere.com api.cohere.ai";
const OLLAMA = "ollama.com";
const OPENAI = "api.openai.com *.api.openai.com";

const HOMES: Readonly<Record<string, string>> = {
  ai21: "api.ai21.com",
  ai21_chat: "api.ai21.com",
  anthropic: "api.anthropic.com",
  anthropic_text: "api.anthropic.com",
  azure: AZURE,
  azure_ai: AZURE,
  azure_text: AZURE,
  bedrock: BEDROCK,
  cerebras: "api.cerebras.ai",
  codestral: "codestral.mistral.ai",
  cohere: COHERE,
  cohere_chat: COHERE,
  dashscope: "dashscope.aliyuncs.com dashscope-intl.aliyuncs.com",
  deepinfra: "api.deepinfra.com",
  deepseek: "api.deepseek.com",
  featherless_ai: "api.featherless.ai",
  fireworks_ai: "api.fireworks.ai",
  friendliai: "api.friendli.ai",
  gemini: "generativelanguage.googleapis.com",
  groq: "api.groq.com",
  huggingface: "router.huggingface.co api-inference.huggingface.co",
  hyperbolic: "api.hyperbolic.xyz",
  inception: "api.inceptionlabs.ai",
  jina_ai: "api.jina.ai",
  lambda_ai: "api.lambda.ai",
  meta_llama: "api.llama.com",
  minimax: "api.minimax.io",
  mistral: "api.mistral.ai codestral.mistral.ai",
  moonshot: "api.moonshot.ai api.moonshot.cn",
  nebius: "api.studio.nebius.ai api.studio.nebius.com",
  novita: "api.novita.ai",
  nvidia_nim: "integrate.api.nvidia.com",
  ollama: OLLAMA,
  ollama_chat: OLLAMA,
  openai: OPENAI,
  openrouter: "openrouter.ai",
  perplexity: "api.perplexity.ai",
  replicate: "api.replicate.com",
  sagemaker: SAGEMAKER,
  sagemaker_chat: SAGEMAKER,
  sambanova: "api.sambanova.ai",
  "text-completion-openai": OPENAI,
  together_ai: "api.together.xyz api.together.ai",
  vertex_ai: VERTEX,
  vertex_ai_beta: VERTEX,
  voyage: "api.voyageai.com",
  xai: "api.x.ai",
  zai: "api.z.ai",
  // Servers that a team runs itself: no host is everybody's.
  hosted_vllm: "",
  infinity: "",
  lemonade: "",
  llamafile: "",
  lm_studio: "",
  openai_like: "",
  xinference: "",
};

const LOCAL_SERVERS = words(
  "hosted_vllm infinity lemonade llamafile lm_studio ollama ollama_chat xinference",
);

/** null: a provider that queue settings may not name, since it runs code, logs in or reads files. */
export function homesOf(provider: string): readonly string[] | null {
  const homes = Object.hasOwn(HOMES, provider) ? HOMES[provider] : undefined;
  if (homes === undefined) return null;
  return homes === "" ? [] : [...words(homes)];
}

/** A server on the user's own machine, whose key is no secret of anybody else. */
export function isLocalServer(provider: string): boolean {
  return LOCAL_SERVERS.has(provider);
}

/** Providers whose keys are at home at one of these hosts; for a model that is known by its address only. */
export function providersAt(isHome: (patterns: readonly string[]) => boolean): string[] {
  return Object.keys(HOMES).filter((provider) => isHome(homesOf(provider) ?? []));
}
