// The whole environment of pip and uv: the user's index, proxy and certificates, and nothing that changes the result.
import type { Environment } from "../core/host.ts";
import type { InstallerFiles } from "./installer-files.ts";

/** No provider key is among them. Hashes make the index harmless, so the user's is honoured. */
const PASSED: readonly string[] = [
  "PATH HOME USER LOGNAME LANG LC_ALL LC_CTYPE TMPDIR TZ NETRC",
  "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY",
  "http_proxy https_proxy all_proxy no_proxy",
  "SSL_CERT_FILE SSL_CERT_DIR SSL_CLIENT_CERT REQUESTS_CA_BUNDLE CURL_CA_BUNDLE",
  "XDG_CACHE_HOME XDG_DATA_HOME UV_CACHE_DIR PIP_CACHE_DIR UV_PYTHON_INSTALL_DIR",
  "UV_HTTP_TIMEOUT UV_HTTP_RETRIES UV_NATIVE_TLS UV_SYSTEM_CERTS UV_KEYRING_PROVIDER PIP_RETRIES",
].flatMap((line) => line.split(" "));
/** Version managers' own settings decide what a shim runs; credentials belong to a named index. */
const PASSED_PATTERN = /^(PYENV|ASDF|MISE)_\w+$|^UV_INDEX_\w+_(USERNAME|PASSWORD)$/;

/** Read by us and given on under both tools' names. */
const TRANSLATED: readonly string[] = [
  "UV_DEFAULT_INDEX UV_INDEX_URL PIP_INDEX_URL UV_INDEX UV_EXTRA_INDEX_URL",
  "PIP_EXTRA_INDEX_URL UV_INSECURE_HOST PIP_TRUSTED_HOST PIP_CERT PIP_CLIENT_CERT",
  "PIP_PROXY PIP_DEFAULT_TIMEOUT PIP_TIMEOUT PIP_KEYRING_PROVIDER",
  "PIP_CONFIG_FILE UV_CONFIG_FILE PIP_DISABLE_PIP_VERSION_CHECK PIP_NO_INPUT",
].flatMap((line) => line.split(" "));

const FIXED = {
  UV_NO_CONFIG: "1",
  UV_NO_PROGRESS: "1",
  UV_PYTHON_DOWNLOADS: "never",
  // An index that has the name, but not the file with our hash, must not hide one that has it.
  UV_INDEX_STRATEGY: "unsafe-best-match",
  PIP_CONFIG_FILE: "/dev/null",
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
  PIP_NO_INPUT: "1",
} as const;

export interface InstallerEnvironment {
  readonly env: Record<string, string>;
  /** Variables and options that were there and are not honoured. */
  readonly ignored: readonly string[];
}

/** For finding Python and uv: neither installs anything. */
export function buildProbeEnvironment(env: Environment): Record<string, string> {
  return { ...passed(env), ...FIXED };
}

/** One answer for both tools: the environment before the files, uv's names before pip's. */
export function buildInstallerEnvironment(
  env: Environment,
  files: InstallerFiles,
): InstallerEnvironment {
  const { pip, uv } = files;
  const index = first(
    env["UV_DEFAULT_INDEX"],
    env["UV_INDEX_URL"],
    env["PIP_INDEX_URL"],
    uv.index,
    pip.index,
  );
  const extra = firstList(
    [...words(env["UV_INDEX"]), ...words(env["UV_EXTRA_INDEX_URL"])],
    words(env["PIP_EXTRA_INDEX_URL"]),
    uv.extra,
    pip.extra,
  );
  const trusted = firstList(
    words(env["UV_INSECURE_HOST"]),
    words(env["PIP_TRUSTED_HOST"]),
    uv.trusted,
    pip.trusted,
  );
  const given = {
    requests: first(env["REQUESTS_CA_BUNDLE"], env["CURL_CA_BUNDLE"]),
    pipCert: first(env["PIP_CERT"], pip.cert),
    pipClient: first(env["PIP_CLIENT_CERT"], pip.clientCert),
    timeout: first(env["PIP_DEFAULT_TIMEOUT"], env["PIP_TIMEOUT"], pip.timeout),
    proxy: first(env["PIP_PROXY"], pip.proxy),
    keyring: first(env["PIP_KEYRING_PROVIDER"], pip.keyring),
  };
  const settings: Record<string, string | undefined> = {
    UV_DEFAULT_INDEX: index,
    PIP_INDEX_URL: index && withoutName(index),
    UV_INDEX: extra?.join(" "),
    PIP_EXTRA_INDEX_URL: extra?.map(withoutName).join(" "),
    UV_INSECURE_HOST: trusted?.join(" "),
    PIP_TRUSTED_HOST: trusted?.join(" "),
    SSL_CERT_FILE: first(env["SSL_CERT_FILE"], given.pipCert, given.requests),
    PIP_CERT: first(given.pipCert, env["SSL_CERT_FILE"], given.requests),
    SSL_CLIENT_CERT: first(env["SSL_CLIENT_CERT"], given.pipClient),
    PIP_CLIENT_CERT: first(given.pipClient, env["SSL_CLIENT_CERT"]),
    UV_NATIVE_TLS: first(env["UV_NATIVE_TLS"], uv.nativeTls === true ? "true" : undefined),
    UV_HTTP_TIMEOUT: first(env["UV_HTTP_TIMEOUT"], given.timeout),
    PIP_DEFAULT_TIMEOUT: given.timeout,
    PIP_PROXY: given.proxy,
    HTTPS_PROXY: first(env["HTTPS_PROXY"], env["https_proxy"], env["ALL_PROXY"], given.proxy),
    PIP_KEYRING_PROVIDER: given.keyring,
    // Of pip's providers uv knows only this one.
    UV_KEYRING_PROVIDER: first(
      env["UV_KEYRING_PROVIDER"],
      uv.keyring,
      given.keyring === "subprocess" ? given.keyring : undefined,
    ),
  };
  const honoured = Object.entries(settings).filter(
    (entry): entry is [string, string] => !!entry[1],
  );
  const result = { ...passed(env), ...Object.fromEntries(honoured), ...FIXED };
  return { env: result, ignored: [...ignoredVariables(env, result), ...files.ignored] };
}

function passed(env: Environment): Record<string, string> {
  const names = Object.keys(env).filter(
    (name) => PASSED.includes(name) || PASSED_PATTERN.test(name),
  );
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

function ignoredVariables(env: Environment, result: Readonly<Record<string, string>>): string[] {
  const known = (name: string): boolean =>
    TRANSLATED.includes(name) || PASSED.includes(name) || name in result;
  return Object.keys(env).filter((name) => /^(PIP|UV)_/.test(name) && !known(name));
}

function first(...values: readonly (string | undefined)[]): string | undefined {
  return values.find((value) => value !== undefined && value !== "");
}

function firstList(
  ...lists: readonly (readonly string[] | undefined)[]
): readonly string[] | undefined {
  return lists.find((list) => list !== undefined && list.length > 0);
}

function words(text: string | undefined): string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}

/** uv's `name=https://...`; an URL's own query is left alone. */
function withoutName(index: string): string {
  return index.replace(/^[A-Za-z0-9._-]+=(?=[a-z]+:)/, "");
}
