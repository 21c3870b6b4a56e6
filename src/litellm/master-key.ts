// LiteLLM's own key: the user's `general_settings.master_key`, or one that nobody else holds (design 4.2).
import type { YamlPath } from "../core/document.ts";
import type { Problem } from "../core/errors.ts";
import type { Environment } from "../core/host.ts";
import type { Place } from "../core/place.ts";
import { expandReferences } from "../core/references.ts";
import { Secret } from "../core/secret.ts";
import type { Finding } from "./findings.ts";
import { toProblem } from "./findings.ts";
import type { Mapping } from "./tree.ts";
import { getOwn, isMapping, toMapping, withKey } from "./tree.ts";

export const MASTER_KEY_VARIABLE = "SIDELITE_MASTER_KEY";

const PATH = ["general_settings", "master_key"] as const;
const MIN_LENGTH = 16;

export interface MasterKey {
  /** The configuration without the key. */
  readonly value: Mapping;
  readonly key: Secret;
  readonly isFromUser: boolean;
  /** Variables that it was read from. */
  readonly names: readonly string[];
  readonly problems: readonly Problem[];
}

interface Input {
  readonly value: Mapping;
  readonly place: (path: YamlPath) => Place;
  /** The shell's variables with `environment_variables` over them. */
  readonly env: Environment;
  /** The key in `environment_variables`, which LiteLLM would take when the setting is absent. */
  readonly fileVariable: string | undefined;
  readonly generated: Secret;
}

export function takeMasterKey(input: Input): MasterKey {
  const settings = input.value["general_settings"];
  const written = getOwn(settings, "master_key");
  const path = written === undefined ? ["environment_variables", "LITELLM_MASTER_KEY"] : PATH;
  const value = withKey(input.value, "general_settings", withoutKey(settings));
  if (written === undefined && input.fileVariable === undefined) {
    return { value, key: input.generated, isFromUser: false, names: [], problems: [] };
  }
  const { found = EMPTY, names } =
    written === undefined ? { found: input.fileVariable, names: [] } : readKey(written, input.env);
  const wrong = typeof found === "string" ? weakness(found) : found;
  const key = typeof found === "string" ? new Secret(found) : input.generated;
  const problems = wrong
    ? [toProblem({ rule: "weak-master-key", ...wrong, path }, input.place)]
    : [];
  return { value, key, isFromUser: true, names, problems };
}

type Wrong = Pick<Finding, "message" | "remedy"> & Partial<Finding>;

const EMPTY: Wrong = {
  message: "is empty",
  remedy: "remove it (sidelite makes a key of its own), or write os.environ/NAME",
};

interface ReadKey {
  readonly found: string | Wrong;
  readonly names: readonly string[];
}

function readKey(written: unknown, env: Environment): ReadKey {
  const wrong = (found: Wrong): ReadKey => ({ found, names: [] });
  if (written === null || written === "") return wrong(EMPTY);
  if (typeof written !== "string") {
    return wrong({ message: "must be text", remedy: "put it in quotes, or write os.environ/NAME" });
  }
  const { value, used, missing, lookAlikes } = expandReferences(written, env, { credential: true });
  const [alike] = lookAlikes;
  if (alike) {
    const message = `${alike.text} is no reference to a variable`;
    return wrong({ message, remedy: `write ${alike.suggestion}` });
  }
  if (missing.length > 0) {
    const message = `the environment variable ${missing.join(", ")} is not set`;
    return wrong({ message, remedy: `export ${missing[0]}=sk-...`, rule: "unset-variable" });
  }
  return { found: value ?? EMPTY, names: used };
}

/** LiteLLM accepts only keys that begin with `sk-`, and refuses to start with its documentation's `sk-1234`. */
function weakness(key: string): Wrong | null {
  const remedy = 'use one like "sk-$(openssl rand -hex 32)"';
  if (/\s/.test(key)) return { message: "has white space in it", remedy };
  if (!key.startsWith("sk-")) return { message: "must begin with sk-", remedy };
  if (key.startsWith("sk-1234") && key.length < MIN_LENGTH)
    return { message: "is publicly known", remedy };
  if (key.length < MIN_LENGTH) {
    return { message: `is too short: it needs at least ${MIN_LENGTH} characters`, remedy };
  }
  return null;
}

function withoutKey(settings: unknown): unknown {
  return isMapping(settings) ? withKey(settings, "master_key", undefined) : settings;
}

/** Says where LiteLLM finds its key. */
export function withMasterKey(rendered: Mapping): Mapping {
  const settings = rendered["general_settings"];
  const reference = `os.environ/${MASTER_KEY_VARIABLE}`;
  const changed = withKey(isMapping(settings) ? settings : toMapping([]), "master_key", reference);
  return withKey(rendered, "general_settings", changed);
}
