// Why a LiteLLM process ended, from its exit and its last log lines (texts of LiteLLM 1.106.2).

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines of its log, redacted. */
  readonly lines: readonly string[];
  /** The kernel counted an out-of-memory kill meanwhile. */
  readonly oomKilled?: boolean;
}

type CauseKind =
  | "configuration"
  | "missing-module"
  | "broken-runtime"
  | "port"
  | "disk"
  | "out-of-memory"
  | "killed"
  | "crash"
  | "unknown";

export interface ExitCause {
  readonly kind: CauseKind;
  /** One line, without a final full stop. */
  readonly summary: string;
  readonly remedy: string | null;
  /** Starting again would end the same way. */
  readonly permanent: boolean;
}

interface Pattern {
  readonly match: RegExp;
  readonly kind: CauseKind;
  readonly summary: (match: RegExpExecArray) => string;
  readonly remedy: string | null;
}

// uvicorn's exit when the application's start-up failed.
const STARTUP_FAILED = 3;
// click's exit for a wrong option or a variable that stands for one, such as DEBUG.
const USAGE = 2;

const PATTERNS: readonly Pattern[] = [
  {
    match: /LiteLLM proxy refused to start: (.+?)\.?$/,
    kind: "configuration",
    summary: ([, reason]) => `LiteLLM refused to start: ${reason}`,
    remedy: "set general_settings.master_key to a key of your own, or remove it",
  },
  {
    match: /ImportError: Could not import (\S+) from (\S+)/,
    kind: "missing-module",
    summary: ([, name, module]) => `the custom module ${module} (${name}) could not be imported`,
    remedy: "put the module beside the configuration file, and what it imports",
  },
  {
    match:
      /ModuleNotFoundError: No module named '(litellm)\b|PackageNotFoundError: .* for ([\w-]+)$/,
    kind: "broken-runtime",
    summary: ([, module, distribution]) =>
      `${module ?? distribution} is missing in sidelite's own Python environment`,
    remedy: "make it anew: sidelite runtime install --rebuild",
  },
  {
    match: /ModuleNotFoundError: (?:No module named )?'?([^']+)'?/,
    kind: "missing-module",
    summary: ([, what]) => `a Python module is missing: ${what}`,
    remedy: "remove the setting that needs it: sidelite's LiteLLM comes without it",
  },
  {
    match: /ValueError: Invalid routing_strategy: '([^']*)'/,
    kind: "configuration",
    summary: ([, name]) => `LiteLLM does not know the routing strategy ${name}`,
    remedy: "see router_settings.routing_strategy",
  },
  {
    match: /^yaml\.\w+\.\w+Error: (.+)$/,
    kind: "configuration",
    summary: ([, what]) => `LiteLLM could not read its configuration: ${what}`,
    remedy: null,
  },
  {
    match: /Config cannot be None or Empty|Config file not found/,
    kind: "configuration",
    summary: ([what]) => `LiteLLM has no configuration: ${what}`,
    remedy: "was the file under `configs/` removed? start again",
  },
  {
    match:
      /(?:Missing|missing) [`'"]?([A-Z][A-Z0-9_]{3,})[`'"]? (?:from|in) (?:your |the )?environment/,
    kind: "configuration",
    summary: ([, name]) => `LiteLLM needs the variable ${name}`,
    remedy: "add it to `environment_variables:`, or to sidelite.proxy.pass-env and export it",
  },
  {
    match: /Enterprise|not_premium_user|LITELLM_LICENSE/,
    kind: "configuration",
    summary: ([what]) => `a setting needs a LiteLLM licence (${what})`,
    remedy: "remove the setting, or set LITELLM_LICENSE in `environment_variables:`",
  },
  {
    match: /Address already in use|address already in use/,
    kind: "port",
    summary: () => "LiteLLM could not listen: the address is in use",
    remedy: null,
  },
  {
    match: /No space left on device/,
    kind: "disk",
    summary: () => "the disk is full",
    remedy: "free some space",
  },
  {
    match: /^MemoryError\b|Cannot allocate memory/,
    kind: "out-of-memory",
    summary: () => "LiteLLM had no memory left",
    remedy: "give it more memory, or use fewer models and callbacks",
  },
];

const PERMANENT: ReadonlySet<CauseKind> = new Set([
  "configuration",
  "missing-module",
  "broken-runtime",
]);
const EXCEPTION = /^(?:[A-Za-z_][\w.]*(?:Error|Exception)): (.+)$/;
const USAGE_ERROR = /^Error: (.+?)\.?$/;

export function classifyExit(exit: Exit): ExitCause {
  const { code, signal, lines } = exit;
  if (signal === "SIGKILL" || code === 137) return killed(exit.oomKilled ?? false);
  const known = findPattern(lines);
  if (known) return known;
  if (code === STARTUP_FAILED || code === USAGE) {
    const pattern = code === USAGE ? USAGE_ERROR : EXCEPTION;
    const reason = lines.findLast((line) => pattern.test(line.trim()))?.trim();
    const summary = reason
      ? `LiteLLM's start failed: ${reason}`
      : `LiteLLM's start failed (exit ${code})`;
    return cause(
      "configuration",
      summary,
      "see the lines above; the configuration is the likely reason",
    );
  }
  if (signal !== null) return cause("crash", `LiteLLM was ended by ${signal}`, null);
  return cause("unknown", `LiteLLM ended with exit code ${code ?? "unknown"}`, null);
}

/** The latest line that says something we know. */
function findPattern(lines: readonly string[]): ExitCause | null {
  for (const line of lines.toReversed()) {
    for (const { match, kind, summary, remedy } of PATTERNS) {
      const found = match.exec(line.trim());
      if (found) return cause(kind, summary(found), remedy);
    }
  }
  return null;
}

function killed(isOutOfMemory: boolean): ExitCause {
  const remedy = "give it more memory, or use fewer models and callbacks";
  if (isOutOfMemory)
    return cause("out-of-memory", "LiteLLM was killed: the machine had no memory left", remedy);
  return cause("killed", "LiteLLM was killed by SIGKILL, possibly out of memory", null);
}

function cause(kind: CauseKind, summary: string, remedy: string | null): ExitCause {
  return { kind, summary, remedy, permanent: PERMANENT.has(kind) };
}
