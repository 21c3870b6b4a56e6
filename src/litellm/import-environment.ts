// What LiteLLM's import sees: the machine's basics, a quiet start, and no secret. Needs no configuration.
import type { Environment } from "../core/host.ts";
import { isSecretName } from "./field-names.ts";
import { isHostingName } from "./hosting-names.ts";
import { expandPatterns } from "./name-pattern.ts";
import { looksLikeSecret } from "./secret-values.ts";

// Proxies and certificates are read when LiteLLM is imported.
const BASE = `PATH HOME LANG LANGUAGE LC_* TMPDIR TZ
  HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy
  SSL_CERT_FILE SSL_CERT_DIR SSL_VERIFY SSL_CERTIFICATE REQUESTS_CA_BUNDLE CURL_CA_BUNDLE`.split(
  /\s+/,
);

// Read from LiteLLM 1.106.2; OFFLINE_MODE belongs to later versions.
const QUIET = {
  LITELLM_MODE: "PRODUCTION", // no `.env` of a home or folder is read
  LITELLM_LOCAL_MODEL_COST_MAP: "True", // no download, and no thread that forbids a fork
  LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS: "True",
  LITELLM_LOCAL_BLOG_POSTS: "True",
  LITELLM_OFFLINE_MODE: "true",
  LITELLM_LOG: "ERROR",
  LITELLM_DONT_SHOW_FEEDBACK_BOX: "true",
  DISABLE_ADMIN_UI: "true",
  NO_DOCS: "True",
  NO_REDOC: "True",
  OPENBLAS_NUM_THREADS: "1", // no native thread before a fork
  PYTHONUTF8: "1",
} as const;

/**
 * LiteLLM 1.106.2 reads these when it serves and never at its import (traced by test/lock/late-names.test.ts): a
 * generation has them in time, and a change of them needs no other keeper.
 */
const LATE =
  /^(?:AWS_|GOOGLE_|GCLOUD_|CLOUDSDK_|VERTEX|LANGFUSE_(?!MOCK_)|REDIS_(?:HOST|PORT|USERNAME|SSL)$)/;

const LOOPBACK = ["127.0.0.1", "localhost", "::1"];

/** `passEnv`: `sidelite.proxy.pass-env`; of its names those that hold no secret and may be read at import. */
export function importEnvironment(
  shell: Environment,
  passEnv: readonly string[],
): Record<string, string> {
  const environment: Record<string, string> = { ...QUIET };
  const passed = expandPatterns(passEnv, shell).filter((name) =>
    isImportable(name, shell[name] ?? ""),
  );
  for (const name of [...expandPatterns(BASE, shell), ...passed]) {
    const value = Object.hasOwn(shell, name) ? shell[name] : undefined;
    if (value !== undefined) environment[name] = value;
  }
  const noProxy = extendNoProxy(shell);
  return { ...environment, NO_PROXY: noProxy, no_proxy: noProxy };
}

function isImportable(name: string, value: string): boolean {
  const isEarly = !isHostingName(name) && !isReadLate(name);
  return isEarly && !isSecretName(name) && !looksLikeSecret(value);
}

export function isReadLate(name: string): boolean {
  return LATE.test(name);
}

function extendNoProxy(shell: Environment): string {
  const written = `${shell["NO_PROXY"] ?? ""},${shell["no_proxy"] ?? ""}`
    .split(",")
    .map((host) => host.trim());
  return [...new Set([...written.filter((host) => host !== ""), ...LOOPBACK])].join(",");
}
