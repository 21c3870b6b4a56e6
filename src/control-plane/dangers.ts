// Why a key outside the closed schema is refused: what LiteLLM would do with it (faults.md, remote settings).

const DANGERS: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:custom_|post_call_rules|guardrails?|pass_through|key_management|prompts?$|plugins|mcp_tools|audit_log)/,
    "could run code on this machine",
  ],
  [
    /^(?:mcp_|command$|args$|database_|use_|worker_registry)/,
    "could start a program on this machine",
  ],
  [/^(?:env|extra_env)|environment/, "could change the environment of programs on this machine"],
  [
    /^(?:include$|vertex_credentials|ssl_|global_prompt|cache_params|cache$)|_file$|_path$|_dir(?:ectory)?$|profile|aws_role|web_identity/,
    "could read or write files of this machine",
  ],
  [
    /master_key|weak_or_unset|public_routes|allowed_routes|allow_user_auth|_auth$/,
    "could switch the authentication off",
  ],
  [
    /base_url|api_base|_host$|_url$|_endpoint$|^alert|webhook|headers|clientside|client_side|forward_|gitlab|bitbucket|proxy/,
    "could send prompts or secrets elsewhere",
  ],
  [/key|token|secret|password|credential/, "would put a secret into settings that others can read"],
];

/** Completes "settings.litellm_config.<key>: ". */
export function dangerOf(key: string): string {
  const danger = DANGERS.find(([pattern]) => pattern.test(key))?.[1];
  const refusal = "is refused in queue settings";
  return danger === undefined
    ? `${refusal}: it is not in their closed list`
    : `${refusal}: it ${danger}`;
}
