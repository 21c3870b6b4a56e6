// Which provider LiteLLM sends a model to; data of the locked version, compared with it by a test.
import { words } from "./words.ts";

/** LiteLLM 1.106.2: `litellm.provider_list` and its JSON-configured providers. */
export const PROVIDERS = words(`
  a2a a2a_agent abliteration ai21 ai21_chat aihubmix aiml aiohttp_openai amazon_nova anthropic
  anthropic_text apertis assemblyai auto_router aws_polly aws_textract azure azure_ai
  azure_speech azure_text baseten bedrock bedrock_mantle black_forest_labs bytez cerebras
  charity_engine chatgpt chutes clarifai cloudflare codestral cognition cohere cohere_chat
  cometapi compactifai cortecs crusoe cursor custom custom_openai darkbloom dashscope databricks
  datarobot deepgram deepinfra deepseek docker_model_runner dotprompt edenai elevenlabs
  empiriolabs empower fal_ai featherless_ai fireworks_ai friendliai galadriel gdc gemini
  gigachat github github_copilot gmi gradient_ai groq helicone heroku hosted_vllm huggingface
  humanloop hyperbolic inception infinity jina_ai lambda_ai langflow langfuse langgraph lemonade
  libertai litellm_agent litellm_proxy llamafile llamagate lm_studio manus maritalk meta
  meta_llama milvus minimax mistral modelscope mongodb moonshot morph nadir nano-gpt nebius
  neosantara nlp_cloud novita nscale nvidia_nim nvidia_riva oci ollama ollama_chat oobabooga
  openai openai_like openrouter ovhcloud parasail perplexity petals pg_vector pinstripes poe
  predibase prism publicai qwen_ai_platform qwencloud ragflow recraft reducto reka replicate
  runwayml s3_vectors sagemaker sagemaker_chat sagemaker_nova sail sambanova sap sarvam scaleway
  scx-ai snowflake soniox stability strands_decider synthetic tencent tensormesh
  text-completion-codestral text-completion-inception text-completion-openai together_ai topaz
  transcribe triton typesafe v0 valkey veniceai vercel_ai_gateway vertex_ai vertex_ai_beta vllm
  volcengine voyage wandb watsonx watsonx_text xai xiaomi_mimo xinference zai
`);

/** OpenAI-compatible endpoints that LiteLLM recognises by address, whatever the model is called. */
const KNOWN_HOSTS = words(`
  api.perplexity.ai api.endpoints.anyscale.com api.deepinfra.com api.mistral.ai
  codestral.mistral.ai api.groq.com integrate.api.nvidia.com api.getnadir.com api.deepseek.com
  api.together.ai api.together.xyz app.empower.dev api.friendli.ai api.sambanova.ai api.x.ai
  ollama.com api.galadriel.ai api.llama.com api.featherless.ai inference.api.nscale.com
  api.studio.nebius.ai dashscope-intl.aliyuncs.com dashscope.aliyuncs.com
  api-inference.modelscope.cn api.moonshot.ai api.publicai.co api.synthetic.new
  serverless.tensormesh.ai api.stima.tech nano-gpt.com api.poe.com llm.chutes.ai api.v0.dev
  api.morphllm.com api.lambda.ai api.inceptionlabs.ai api.hyperbolic.xyz ai-gateway.helicone.ai
  ai-gateway.vercel.sh api.edenai.run api.inference.wandb.ai api.clarifai.com api.libertai.io
  pinstripes.io api.meta.ai api.sailresearch.com api.cognition.ai api.cortecs.ai api.scx.ai
  api.prisminference.com api.reka.ai gigachat.devices.sberbank.ru
`);

// Families of names that need no prefix. LiteLLM has a list of names; a new one may be missing there.
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:gpt-|chatgpt-|o\d|ft:|text-(?:embedding-(?:3|ada)|moderation)|tts-|whisper-|dall-e|sora-|omni-|computer-use|codex|daybreak-|babbage|davinci|chat-latest)/,
    "openai",
  ],
  [/^claude-(?!.*:\d)/, "anthropic"],
  [/^claude-/, "bedrock"],
  [/^(?:us|us-gov|eu|apac|au|jp|ca|in|global)\.[a-z0-9]+\./, "bedrock"],
  [
    /^(?:ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|stability|twelvelabs|writer|zai)\.[a-z]/,
    "bedrock",
  ],
  [
    /^(?:gemini-|text-(?:bison|unicorn|multilingual|embedding)|textembedding|medlm-|multimodalembedding|deep-research)/,
    "vertex_ai",
  ],
  [/^command-(?:a|r|light|nightly|$)|^c4ai-/, "cohere_chat"],
  [/^(?:command|embed-|rerank-)/, "cohere"],
  [/^(?:jamba-|j2-)/, "ai21_chat"],
  [/^(?:chat)?dolphin$/, "nlp_cloud"],
];
// A Replicate model with its version.
const REPLICATE = /:[0-9a-f]{64}$/;

export interface ModelParameters {
  readonly model: string;
  readonly apiBase: string | null;
  readonly customProvider: string | null;
}

/** null: LiteLLM would leave the deployment out without a word. `own` are providers of custom handlers. */
export function findProvider(
  { model, apiBase, customProvider }: ModelParameters,
  own: ReadonlySet<string>,
): string | null {
  if (customProvider !== null && customProvider !== "") return customProvider;
  const slash = model.indexOf("/");
  const prefix = slash === -1 ? "" : model.slice(0, slash);
  if (PROVIDERS.has(prefix) || own.has(prefix)) return prefix;
  if (model === "*") return "openai";
  if (apiBase !== null && KNOWN_HOSTS.has(hostOf(apiBase))) return hostOf(apiBase);
  if (REPLICATE.test(model)) return "replicate";
  const name = slash === -1 ? model : model.slice(model.lastIndexOf("/") + 1);
  // Names with a size or region before them: `1024-x-1024/dall-e-2`.
  const isPlain = slash === -1 || /^(?:\w+-x-\w+|low|medium|high|standard|hd)\//.test(model);
  return isPlain ? (FAMILIES.find(([family]) => family.test(name))?.[1] ?? null) : null;
}

function hostOf(address: string): string {
  return /^(?:[a-z]+:\/\/)?(?:[^/@]*@)?([^/:?#]*)/i.exec(address)?.[1]?.toLowerCase() ?? "";
}
