// Checks of callbacks: names that LiteLLM knows, and no code from someone else's settings.
import { nearest } from "../core/suggest.ts";
import { listCustomModules } from "./custom-modules.ts";
import type { Finding } from "./findings.ts";
import type { Checked } from "./rule.ts";
import { getOwn, itemsOf } from "./tree.ts";
import { words } from "./words.ts";

/** LiteLLM 1.106.2. An unknown name in `callbacks` stops its start, elsewhere it is ignored. */
export const CALLBACKS = words(`
  agentops anthropic_cache_control_hook aporia_prompt_injection argilla arize arize_phoenix
  athina aws_sqs azure_content_safety azure_sentinel azure_storage banned_keywords
  batch_redis_requests bitbucket blocked_user_check braintrust clickhouse cloudzero
  code_interpreter_interception compression_interception custom_callback_api datadog
  datadog_cost_management datadog_llm_observability datadog_metrics deepeval
  detect_prompt_injection dotprompt dynamic_rate_limiter dynamic_rate_limiter_v3 dynamodb focus
  galileo gcs_bucket gcs_pubsub generic generic_api gitlab google_text_moderation greenscale
  headroom_interception helicone hide_secrets humanloop lago lakera_prompt_injection langfuse
  langfuse_otel langsmith langtrace levo litellm_agent literalai llamaguard_moderations
  llmguard_moderations logfire lunary mavvrik max_parallel_request_limiter mlflow newrelic
  openai_moderations openmeter opik otel pagerduty pointfive posthog presidio prometheus
  prometheus_system promptlayer resend_email s3 s3_v2 sendgrid_email sentry signoz slack
  smtp_email supabase traceloop vantage vector_store_pre_call_hook wandb weave_otel
  websearch_interception zerobus
`);
const LISTS = ["callbacks", "success_callback", "failure_callback"];

export function knownCallbacks({ resolved }: Checked): Finding[] {
  const settings = getOwn(resolved, "litellm_settings");
  return LISTS.flatMap((list) =>
    itemsOf(getOwn(settings, list)).flatMap((name, index): Finding[] => {
      if (typeof name !== "string" || name.includes(".") || CALLBACKS.has(name)) return [];
      const near = nearest(name, CALLBACKS);
      const remedy =
        near.length > 0
          ? `did you mean ${near.join(", ")}?`
          : "a handler of your own is written module.name";
      const path = ["litellm_settings", list, index];
      return [
        {
          path,
          message: `${name} is no callback of LiteLLM`,
          remedy,
          severity: "warning",
          rule: "unknown-callback",
        },
      ];
    }),
  );
}

/** Python code is loaded from beside a local file only. */
export function noRemoteCode({ resolved, trust }: Checked): Finding[] {
  if (trust === "local") return [];
  return listCustomModules(resolved).map(({ path }) => ({
    path,
    message: "would run code: refused in settings that come from elsewhere",
    remedy: "use a local configuration file",
    rule: "remote",
  }));
}
