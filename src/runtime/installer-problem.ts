// Says why an installer failed, what to do about it, and whether it is a matter of security.
import type { ExitName } from "../core/exit-codes.ts";
import { problem, UserError } from "../core/errors.ts";

export interface InstallerFailure {
  /** "uv 0.13.8" */
  readonly installer: string;
  /** "LiteLLM 1.106.2" */
  readonly what: string;
  /** "3.11.7" */
  readonly python: string;
  readonly runtimesDir: string;
  /** Redacted; the last lines are shown. */
  readonly lines: readonly string[];
  /** "exit 1", "SIGKILL" */
  readonly end: string;
}

interface Cause {
  readonly pattern: RegExp;
  readonly exit: ExitName;
  readonly summary: string;
  remedy(failure: InstallerFailure): string;
}

/** First match wins: a hash mismatch may be followed by what looks like a download problem. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /hash mismatch|do not match the hashes|in --require-hashes mode/i,
    exit: "security",
    summary: "a package is not the one that the lock names",
    remedy: () =>
      "a cache is damaged, or somebody changed it on its way: clear the cache (uv cache clean, pip cache purge), " +
      "check PIP_INDEX_URL and UV_INDEX_URL, and run the command again",
  },
  {
    pattern: /no space left|os error 28|ENOSPC|disk quota/i,
    exit: "machine",
    summary: "the disk is full",
    remedy: ({ runtimesDir }) =>
      `free about 1 GB below ${runtimesDir} and in the temp and cache folders, or set SIDELITE_RUNTIME_DIR`,
  },
  {
    pattern: /read-only file system|permission denied|os error (13|30)/i,
    exit: "machine",
    summary: "a folder cannot be written",
    remedy: ({ runtimesDir }) =>
      `make ${runtimesDir} and the cache folder (UV_CACHE_DIR, PIP_CACHE_DIR) writable, or set SIDELITE_RUNTIME_DIR`,
  },
  {
    pattern: /certificate|UnknownIssuer|SSLError|invalid peer/i,
    exit: "machine",
    summary: "the package index's certificate is not trusted",
    remedy: () => "name your company's certificates: export SSL_CERT_FILE=/path/to/ca.pem",
  },
  {
    pattern: /\b40[13] (client error|unauthorized|forbidden)|unauthorized|forbidden/i,
    exit: "machine",
    summary: "the package index refuses these credentials",
    remedy: () => "put valid ones into PIP_INDEX_URL, UV_DEFAULT_INDEX or ~/.netrc",
  },
  {
    pattern:
      /dns|name or service|name resolution|connect|timed? ?out|error sending request|max retries|network|unreachable/i,
    exit: "machine",
    summary: "the package index cannot be reached",
    remedy: () =>
      "check the network; set PIP_INDEX_URL for a mirror, HTTPS_PROXY for a proxy; then run the command again",
  },
  {
    pattern:
      /no usable wheels|no wheels|no matching distribution|could not find a version|was not found/i,
    exit: "machine",
    summary: "the package index has no package for this machine",
    remedy: ({ python }) =>
      `packages exist for Linux x64 and arm64 (glibc 2.28) and macOS arm64, this is Python ${python} on ` +
      `${process.platform} ${process.arch}; a mirror may lack them: check PIP_INDEX_URL`,
  },
];

const SHOWN_LINES = 6;

export function installerProblem(failure: InstallerFailure): UserError {
  const text = failure.lines.join("\n");
  const cause = CAUSES.find(({ pattern }) => pattern.test(text));
  const said = failure.lines.slice(-SHOWN_LINES).join("\n  ");
  const why = cause === undefined ? "" : `: ${cause.summary}`;
  const { what, installer, end } = failure;
  const message = `cannot install ${what}${why} (${installer}, ${end})${said && `\n  ${said}`}`;
  const remedy = cause?.remedy(failure) ?? "run the command again with --verbose";
  return new UserError(cause?.exit ?? "machine", problem(message, { remedy }));
}
