// LiteLLM's WORKER_CONFIG: what its command line would hand to `initialize()`.

/**
 * All keys of LiteLLM 1.106.2's `save_worker_config`. The two flags are explicit because
 * `initialize()` takes them for true; a configuration's own `drop_params` still counts.
 */
export function buildWorkerConfig(configPath: string): Record<string, unknown> {
  return {
    model: null,
    alias: null,
    api_base: null,
    api_version: null,
    debug: false,
    detailed_debug: false,
    temperature: null,
    max_tokens: null,
    request_timeout: null,
    max_budget: null,
    drop_params: false,
    add_function_to_prompt: false,
    headers: null,
    save: false,
    config: configPath,
    use_queue: false,
  };
}
