// `environment_variables:` taken out of the configuration: it becomes part of LiteLLM's environment instead.
import type { YamlPath } from "../core/document.ts";
import type { Problem } from "../core/errors.ts";
import type { Environment } from "../core/host.ts";
import type { Place } from "../core/place.ts";
import { expandReferences } from "../core/references.ts";
import type { Finding } from "./findings.ts";
import { toProblem } from "./findings.ts";
import type { Folders } from "./path-fields.ts";
import { absoluteVariable } from "./path-fields.ts";
import { entriesOf } from "./tree.ts";
import { words } from "./words.ts";

export interface FileVariables {
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

interface Input {
  readonly section: unknown;
  readonly place: (path: YamlPath) => Place;
  readonly env: Environment;
  readonly folders: Folders;
}

const SECTION = "environment_variables";
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
// LiteLLM 1.106.2 skips these itself (_BLOCKED_ENV_KEYS).
const SKIPPED =
  words(`PATH LD_PRELOAD LD_LIBRARY_PATH DYLD_LIBRARY_PATH DYLD_INSERT_LIBRARIES PYTHONPATH PYTHONSTARTUP
  PYTHONHOME HOME USER SHELL LOGNAME NO_PROXY no_proxy`);
// These would change how sidelite itself hosts LiteLLM.
const OURS =
  /^(?:SIDELITE_\w*|WORKER_CONFIG|CONFIG_FILE_PATH|LITELLM_CONFIG_BUCKET_\w*|LITELLM_WORKER_STARTUP_HOOKS)$/;
const DATABASE = new Set(["DATABASE_URL", "DIRECT_URL", "DATABASE_URL_READ_REPLICA"]);

/** The section must be a mapping or absent. */
export function readFileVariables(input: Input): FileVariables {
  const values = new Map<string, string>();
  const problems: Problem[] = [];
  const report = (name: string, finding: Omit<Finding, "path">) =>
    problems.push(toProblem({ ...finding, path: [SECTION, name] }, input.place));
  const written = entriesOf(input.section);
  const literals = Object.fromEntries(written.filter(([, value]) => isLiteral(value)).map(asText));
  for (const [name, value] of written) {
    const refusal = refuse(name, value);
    if (refusal) {
      report(name, { ...refusal, rule: "environment-variables" });
      continue;
    }
    const own = { ...input.env, ...literals, [name]: input.env[name] };
    const {
      value: expanded,
      missing,
      lookAlikes,
    } = expandReferences(asText([name, value])[1], own, {
      credential: true,
    });
    for (const variable of missing) {
      const message = `the environment variable ${variable} is not set`;
      report(name, { message, remedy: `export ${variable}=...`, rule: "unset-variable" });
    }
    for (const { text, suggestion } of lookAlikes) {
      const message = `${text} would not be replaced by a variable`;
      report(name, { message, remedy: `write ${suggestion}`, rule: "look-alike" });
    }
    if (expanded !== null) values.set(name, absoluteVariable(name, expanded, input.folders));
  }
  return { values, problems };
}

interface Refusal {
  readonly severity: Problem["severity"];
  readonly message: string;
  readonly remedy: string;
}

function refuse(name: string, value: unknown): Refusal | null {
  if (!NAME.test(name)) {
    return {
      severity: "error",
      message: "is no name of a variable",
      remedy: "use letters, digits and _",
    };
  }
  if (DATABASE.has(name)) {
    const message = "sidelite runs LiteLLM without a database for now: nothing would migrate it";
    return { severity: "error", message, remedy: "remove it" };
  }
  if (SKIPPED.has(name) || OURS.test(name)) {
    const who = SKIPPED.has(name) ? "LiteLLM ignores it here" : "it belongs to sidelite";
    return { severity: "warning", message: `is left out: ${who}`, remedy: "remove it" };
  }
  if (typeof value === "object" || value === undefined) {
    const what = value === null ? "has no value" : "must be a single value";
    return { severity: "error", message: what, remedy: "write NAME: value" };
  }
  return null;
}

function isLiteral(value: unknown): boolean {
  return typeof value === "string" && !/os\.environ\/|^env:|\$\{env\./.test(value);
}

/** As LiteLLM does it with Python's `str()`. */
function asText([name, value]: readonly [string, unknown]): [string, string] {
  if (typeof value === "boolean") return [name, value ? "True" : "False"];
  return [name, String(value)];
}
