// Variables that LiteLLM 1.106.2 reads by itself, by provider, callback, guardrail and service (design 3.6).

/** `NAME`, or `PREFIX_*` for every name that begins so. */
export interface ImplicitNames {
  /** Good for LLM calls alone: the worker does not get them. */
  readonly llm?: string;
  /** An agent may use them itself: they stay with the worker. */
  readonly cloud?: string;
}

const AWS: ImplicitNames = { cloud: "AWS_*" };
const GOOGLE: ImplicitNames = {
  cloud: "GOOGLE_* GCLOUD_* CLOUDSDK_* VERTEX* DEFAULT_VERTEXAI_* GCS_*",
};
const AZURE: ImplicitNames = {
  llm: `AZURE_API_KEY AZURE_API_BASE AZURE_API_VERSION AZURE_API_TYPE AZURE_OPENAI_API_KEY AZURE_AI_API_KEY
    AZURE_AI_API_BASE AZURE_AI_API_VERSION AZURE_SPEECH_API_KEY AZURE_SPEECH_API_BASE`,
  cloud: "AZURE_*",
};
// Their base URLs are left out: in a shell set up for a gateway they would make LiteLLM call itself.
const OPENAI: ImplicitNames = { llm: "OPENAI_API_KEY OPENAI_ORGANIZATION OPENAI_PROJECT" };

/** A provider without an entry reads `<PROVIDER>_API_KEY` and `<PROVIDER>_API_BASE`. */
const PROVIDER_NAMES: Readonly<Record<string, ImplicitNames>> = {
  aiml: { llm: "AIML_API_KEY AIML_API_BASE AIMLAPI_KEY" },
  aiohttp_openai: OPENAI,
  anthropic: { llm: "ANTHROPIC_API_KEY" },
  anthropic_text: { llm: "ANTHROPIC_API_KEY" },
  apertis: { llm: "STIMA_API_KEY" },
  aws_polly: AWS,
  aws_textract: AWS,
  azure: AZURE,
  azure_ai: AZURE,
  azure_speech: AZURE,
  azure_text: AZURE,
  bedrock: AWS,
  bedrock_mantle: { llm: "BEDROCK_MANTLE_*", ...AWS },
  black_forest_labs: { llm: "BFL_API_KEY BFL_API_BASE BLACK_FOREST_LABS_API_KEY" },
  chatgpt: { llm: "CHATGPT_*" },
  cloudflare: { llm: "CLOUDFLARE_API_KEY CLOUDFLARE_API_BASE", cloud: "CLOUDFLARE_ACCOUNT_ID" },
  cohere: { llm: "COHERE_API_KEY CO_API_KEY COHERE_API_BASE" },
  cohere_chat: { llm: "COHERE_API_KEY CO_API_KEY COHERE_API_BASE" },
  cometapi: { llm: "COMETAPI_*" },
  custom: {},
  custom_openai: OPENAI,
  databricks: { llm: "DATABRICKS_API_KEY DATABRICKS_API_BASE", cloud: "DATABRICKS_*" },
  datarobot: { llm: "DATAROBOT_*" },
  fireworks_ai: { llm: "FIREWORKS_* FIREWORKSAI_API_KEY" },
  friendliai: { llm: "FRIENDLIAI_API_KEY FRIENDLI_*" },
  gemini: { llm: "GEMINI_API_KEY GEMINI_API_BASE GOOGLE_API_KEY", ...GOOGLE },
  gigachat: { llm: "GIGACHAT_*" },
  github_copilot: { llm: "GITHUB_COPILOT_*" },
  gradient_ai: { llm: "GRADIENT_AI_*" },
  huggingface: { llm: "HUGGINGFACE_API_KEY HUGGINGFACE_API_BASE HF_API_BASE", cloud: "HF_TOKEN" },
  jina_ai: { llm: "JINA_*" },
  lambda_ai: { llm: "LAMBDA_API_KEY LAMBDA_API_BASE" },
  // Its variables are those that sidelite gives the worker: LiteLLM would call itself.
  litellm_proxy: {},
  meta_llama: { llm: "LLAMA_API_KEY LLAMA_API_BASE" },
  mistral: { llm: "MISTRAL_*" },
  "nano-gpt": { llm: "NANOGPT_API_KEY" },
  oci: { cloud: "OCI_*" },
  ollama_chat: { llm: "OLLAMA_API_KEY OLLAMA_API_BASE" },
  openai: OPENAI,
  openrouter: { llm: "OPENROUTER_* OR_API_KEY OR_SITE_URL OR_APP_NAME" },
  perplexity: { llm: "PERPLEXITYAI_API_KEY PERPLEXITY_*" },
  predibase: { llm: "PREDIBASE_*" },
  replicate: { llm: "REPLICATE_*" },
  runwayml: { llm: "RUNWAYML_*" },
  s3_vectors: AWS,
  sagemaker: AWS,
  sagemaker_chat: AWS,
  sagemaker_nova: AWS,
  sap: { llm: "AICORE_*" },
  scaleway: { llm: "SCW_SECRET_KEY" },
  "scx-ai": { llm: "SCX_API_KEY SCX_API_BASE" },
  snowflake: { llm: "SNOWFLAKE_JWT", cloud: "SNOWFLAKE_*" },
  tensormesh: { llm: "TENSORMESH_*" },
  tencent: { llm: "TENCENT_API_KEY TENCENT_API_BASE TENCENT_ANTHROPIC_API_BASE" },
  "text-completion-codestral": { llm: "CODESTRAL_*" },
  "text-completion-inception": { llm: "INCEPTION_*" },
  "text-completion-openai": OPENAI,
  together_ai: {
    llm: `TOGETHERAI_API_KEY TOGETHER_AI_API_KEY TOGETHER_API_KEY TOGETHER_AI_TOKEN
      TOGETHER_AI_API_BASE`,
  },
  transcribe: AWS,
  veniceai: { llm: "VENICE_AI_API_KEY" },
  vercel_ai_gateway: { llm: "VERCEL_AI_GATEWAY_* VERCEL_OIDC_TOKEN" },
  vertex_ai: GOOGLE,
  vertex_ai_beta: GOOGLE,
  volcengine: { llm: "VOLCENGINE_* ARK_API_KEY ARK_API_BASE" },
  voyage: { llm: "VOYAGE_*" },
  watsonx: { llm: "WATSONX_* WX_* WML_URL" },
  watsonx_text: { llm: "WATSONX_* WX_* WML_URL" },
  xai: { llm: "XAI_*" },
};

/** Callbacks, guardrails, caches, alerts and secret managers; all are marked `cloud`. */
const SERVICE_NAMES: Readonly<Record<string, string>> = {
  agent_365: "AGENT365_*",
  aporia: "APORIA_* APORIO_*",
  aporia_prompt_injection: "APORIA_* APORIO_*",
  arize: "ARIZE_* OTEL_*",
  arize_phoenix: "PHOENIX_* OTEL_*",
  aws_kms: "AWS_*",
  aws_secret_manager: "AWS_*",
  aws_sqs: "AWS_* SQS_*",
  azure_key_vault: "AZURE_*",
  azure_sentinel: "AZURE_*",
  azure_storage: "AZURE_*",
  "azure-blob": "AZURE_*",
  azure_content_safety: "AZURE_*",
  bedrock: "AWS_*",
  cato_networks: "CATO_*",
  clickhouse: "CLICKHOUSE_*",
  crowdstrike_aidr: "CS_AIDR_*",
  datadog: "DD_*",
  datadog_cost_management: "DD_*",
  datadog_llm_observability: "DD_*",
  datadog_metrics: "DD_*",
  deepeval: "CONFIDENT_*",
  dynamodb: "AWS_*",
  email: "SMTP_* EMAIL_*",
  focus: "FOCUS_*",
  gcs: "GOOGLE_* GCS_*",
  gcs_bucket: "GOOGLE_* GCS_*",
  gcs_pubsub: "GOOGLE_* GCS_*",
  generic_api: "GENERIC_LOGGER_*",
  google_kms: "GOOGLE_*",
  google_secret_manager: "GOOGLE_*",
  google_text_moderation: "GOOGLE_*",
  hashicorp_vault: "HCP_VAULT_*",
  lakera_prompt_injection: "LAKERA_*",
  lakera_v2: "LAKERA_*",
  langfuse_otel: "LANGFUSE_* OTEL_*",
  levo: "LEVOAI_*",
  literalai: "LITERAL_*",
  llmguard_moderations: "LLM_GUARD_*",
  mavvrik: "MAVVRIK_* FOCUS_*",
  model_armor: "GOOGLE_* VERTEX*",
  newrelic: "NEW_RELIC_*",
  openai_moderation: "OPENAI_API_KEY",
  openai_moderations: "OPENAI_API_KEY",
  qostodian_nexus: "QOSTODIAN_*",
  "qdrant-semantic": "QDRANT_*",
  repelloai: "REPELLOAI_* ARGUS_API_KEY",
  resend_email: "RESEND_*",
  s3: "AWS_* S3_*",
  s3_v2: "AWS_* S3_*",
  sendgrid_email: "SENDGRID_*",
  slack: "SLACK_*",
  smtp_email: "SMTP_*",
  vantage: "VANTAGE_* FOCUS_*",
  webhook: "WEBHOOK_URL",
  weave_otel: "WANDB_* WEAVE_* OTEL_*",
  zerobus: "ZEROBUS_* DATABRICKS_*",
};

// The shell's Redis must be named by the configuration itself.
const NO_DEFAULT = new Set([
  "redis",
  "redis-semantic",
  "valkey-semantic",
  "local",
  "disk",
  "custom",
  "litellm",
]);

export function providerNames(provider: string): ImplicitNames {
  if (Object.hasOwn(PROVIDER_NAMES, provider)) return PROVIDER_NAMES[provider] ?? {};
  const prefix = upper(provider);
  return { llm: `${prefix}_API_KEY ${prefix}_API_BASE` };
}

/** `langfuse` reads `LANGFUSE_*`; `azure/prompt_shield` what `azure` reads. */
export function serviceNames(service: string): string {
  if (Object.hasOwn(SERVICE_NAMES, service)) return SERVICE_NAMES[service] ?? "";
  const name = service.split("/")[0]?.replace(/_v\d+$/, "") ?? "";
  return name === "" || NO_DEFAULT.has(name) ? "" : `${upper(name)}_*`;
}

function upper(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}
