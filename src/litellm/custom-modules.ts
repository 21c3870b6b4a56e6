// Settings that name Python code: `my_module.handler`, loaded from beside the configuration.
import type { YamlPath } from "../core/document.ts";
import { mapScalars } from "./tree.ts";

export interface CustomModule {
  readonly path: YamlPath;
  /** Module and attribute, or the address of a remote module. */
  readonly name: string;
}

// Where LiteLLM 1.106.2 calls `get_instance_fn`; `*` is any key or index.
const FIELDS = [
  "litellm_settings.callbacks",
  "litellm_settings.callbacks.*",
  "litellm_settings.success_callback.*",
  "litellm_settings.failure_callback.*",
  "litellm_settings.audit_log_callbacks.*",
  "litellm_settings.post_call_rules",
  "litellm_settings.custom_provider_map.*.custom_handler",
  "general_settings.custom_auth",
  "general_settings.custom_key_generate",
  "general_settings.custom_key_update",
  "general_settings.custom_key_policy",
  "general_settings.custom_team_metadata_validate",
  "general_settings.custom_sso",
  "general_settings.custom_ui_sso_sign_in_handler",
  "general_settings.litellm_jwtauth.custom_validate",
  "general_settings.key_management_settings.custom_secret_manager",
  "general_settings.pass_through_endpoints.*.target",
  "guardrails.*.litellm_params.guardrail",
  "router_settings.plugins.*",
  "model_list.*.litellm_params.complexity_router_config.plugins.*",
  "mcp_tools.*.handler",
].map((field) => field.split("."));

const MODULE = /^(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*$/;
const REMOTE = /^(?:s3|gcs):\/\//;

export function listCustomModules(value: unknown): CustomModule[] {
  const found: CustomModule[] = [];
  mapScalars(value, (scalar, path) => {
    const isNamed = typeof scalar === "string" && (MODULE.test(scalar) || REMOTE.test(scalar));
    if (isNamed && FIELDS.some((field) => matches(field, path))) found.push({ path, name: scalar });
    return scalar;
  });
  return found;
}

function matches(field: readonly string[], path: YamlPath): boolean {
  return (
    field.length === path.length &&
    field.every((part, index) => part === "*" || part === path[index])
  );
}
