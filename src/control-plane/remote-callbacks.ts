// The callbacks that queue settings may switch on, the variables that go with each, and where each sends its data.

/** Read from LiteLLM 1.106.2. */
export interface RemoteCallback {
  /** Credentials. */
  readonly keys: readonly string[];
  /** Addresses, or a host alone. */
  readonly addresses: readonly string[];
  readonly others: readonly string[];
  /** Patterns of hosts (core/host-pattern.ts) where the keys are at home. */
  readonly homes: readonly string[];
}

const LANGFUSE_HOMES = ["cloud.langfuse.com", "*.cloud.langfuse.com"];
const LANGFUSE_KEYS = ["LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"];

export const REMOTE_CALLBACKS: Readonly<Record<string, RemoteCallback>> = {
  langfuse: {
    keys: LANGFUSE_KEYS,
    addresses: ["LANGFUSE_HOST", "LANGFUSE_BASE_URL"],
    others: ["LANGFUSE_PROJECT_ID", "LANGFUSE_RELEASE", "LANGFUSE_TRACING_ENVIRONMENT"],
    homes: LANGFUSE_HOMES,
  },
  langfuse_otel: {
    keys: LANGFUSE_KEYS,
    addresses: ["LANGFUSE_HOST", "LANGFUSE_OTEL_HOST"],
    others: ["LANGFUSE_TRACING_ENVIRONMENT"],
    homes: LANGFUSE_HOMES,
  },
  langsmith: {
    keys: ["LANGSMITH_API_KEY"],
    addresses: ["LANGSMITH_BASE_URL"],
    others: ["LANGSMITH_PROJECT", "LANGSMITH_DEFAULT_RUN_NAME", "LANGSMITH_TENANT_ID"],
    homes: ["api.smith.langchain.com", "*.api.smith.langchain.com"],
  },
  braintrust: {
    keys: ["BRAINTRUST_API_KEY"],
    addresses: ["BRAINTRUST_API_BASE"],
    others: [],
    homes: ["api.braintrust.dev", "api.braintrustdata.com"],
  },
  helicone: {
    keys: ["HELICONE_API_KEY"],
    addresses: ["HELICONE_API_BASE"],
    others: [],
    homes: ["api.hconeai.com", "*.helicone.ai"],
  },
  datadog: {
    keys: ["DD_API_KEY"],
    addresses: ["DD_SITE"],
    others: ["DD_ENV", "DD_SERVICE", "DD_SOURCE", "DD_VERSION"],
    homes: ["datadoghq.com", "*.datadoghq.com", "datadoghq.eu", "ddog-gov.com"],
  },
  prometheus: { keys: [], addresses: [], others: [], homes: [] },
};
