// Variables by which LiteLLM would be hosted differently than sidelite does: the shell's never reach it.
import { words } from "./words.ts";

const NAMES = words(`DATABASE_URL DIRECT_URL DATABASE_URL_READ_REPLICA DATABASE_HOST DATABASE_NAME
  DATABASE_USERNAME DATABASE_PASSWORD IAM_TOKEN_DB_AUTH STORE_MODEL_IN_DB USE_PRISMA_MIGRATE
  LITELLM_MASTER_KEY LITELLM_WORKER_STARTUP_HOOKS LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY
  WORKER_CONFIG CONFIG_FILE_PATH DEBUG DETAILED_DEBUG HOST PORT NUM_WORKERS KEEPALIVE_TIMEOUT
  SSL_KEYFILE_PATH SSL_CERTFILE_PATH SERVER_ROOT_PATH KUBIYA_API_KEY USE_LITELLM_PROXY`);
const FAMILIES = /^(?:SIDELITE_|LITELLM_CONFIG_|PYTHON|LD_|DYLD_)/;

export function isHostingName(name: string): boolean {
  return NAMES.has(name) || FAMILIES.test(name);
}

// Read by LiteLLM too, but only handed on when the configuration asks for them.
const NOTED =
  /^(?:REDIS_|LITELLM_|OTEL_)|^(?:OPENAI|ANTHROPIC)_(?:BASE_URL|API_BASE|AUTH_TOKEN)$|^SSL_|^(?:NO_DOCS|NO_REDOC|JSON_LOGS|PROXY_BASE_URL|REQUEST_TIMEOUT)$/;

/** Worth telling when the shell has it and LiteLLM does not get it. */
export function isReadByLitellm(name: string): boolean {
  return NOTED.test(name) || (NAMES.has(name) && name !== "KUBIYA_API_KEY");
}
