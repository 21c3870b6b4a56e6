// Settings that hold the path of a file or folder: LiteLLM's working directory is ours, so they become absolute.
import { isAbsolute, join, resolve } from "node:path";
import type { YamlPath } from "../core/document.ts";
import { looksLikeSecret } from "./secret-values.ts";
import type { Mapping } from "./tree.ts";
import { entriesOf, mapScalars, toMapping } from "./tree.ts";
import { words } from "./words.ts";

// Read from LiteLLM 1.106.2. A key means the same wherever it stands, but for those with a path.
const NAMES =
  words(`vertex_credentials vertex_ai_credentials gcs_path_service_account auto_router_config_path
  ssl_verify ssl_certificate ssl_ca_certs ssl_certfile ssl_keyfile ssl_ca_path
  gcp_ssl_ca_certs disk_cache_dir global_prompt_directory prompt_directory
  presidio_ad_hoc_recognizers output_parse_config anthropic_identity_token_file
  openai_identity_token_file banned_keywords_list blocked_user_list spec_path ca_bundle_path
  client_cert_path client_key_path oci_key_file category_file blocked_words_file`);
const VARIABLES = /_(?:FILE|PATH|DIR|CREDENTIALS|BUNDLE)$/;

export interface Folders {
  readonly baseDir: string | null;
  readonly home: string | null;
}

/** Every path-valued setting made absolute. References, addresses and inline JSON stay. */
export function absolutePaths(value: Mapping, folders: Folders): Mapping {
  const visit = (scalar: unknown, path: YamlPath) =>
    typeof scalar === "string" && NAMES.has(String(path.at(-1)))
      ? absolute(scalar, folders)
      : scalar;
  return toMapping(entriesOf(value).map(([key, item]) => [key, mapScalars(item, visit, [key])]));
}

/** Whether the setting holds a path here, and not inline JSON or a reference. */
export function holdsPath(name: string, text: string): boolean {
  return NAMES.has(name) && isAbsolute(text);
}

/** Whether a variable of this name holds a path, as far as its name tells. */
export function holdsVariablePath(name: string): boolean {
  return VARIABLES.test(name);
}

/** A value of `environment_variables`: only one that is clearly a relative path is changed. */
export function absoluteVariable(name: string, value: string, folders: Folders): string {
  return VARIABLES.test(name) && /^(?:\.{1,2}|~)\//.test(value) ? absolute(value, folders) : value;
}

function absolute(written: string, { baseDir, home }: Folders): string {
  if (/^\s*[{[]/.test(written) || /^[\w+.-]+:\/\//.test(written)) return written;
  if (/^(?:os\.environ\/|env:|oidc\/)|\$\{env\./.test(written)) return written;
  if (/^(?:true|false|none|)$/i.test(written) || looksLikeSecret(written)) return written;
  if (home !== null && (written === "~" || written.startsWith("~/")))
    return join(home, written.slice(1));
  return isAbsolute(written) || baseDir === null ? written : resolve(baseDir, written);
}
