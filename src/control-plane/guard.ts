// The guard of remote settings: a LiteLLM config of someone else passes through a closed schema or not at all.
import type { JudgeDestination } from "../core/destination.ts";
import type { YamlPath } from "../core/document.ts";
import { renderPath } from "../core/document.ts";
import type { Problem } from "../core/errors.ts";
import { problem, UserError } from "../core/errors.ts";
import type { Place } from "../core/place.ts";
import { checkVariables } from "./check-variables.ts";
import { isMapping, toPointer } from "./plain-data.ts";
import { MAX_MODELS, remoteSchema, variableOf } from "./remote-schema.ts";
import type { Findings } from "./shape.ts";

export interface Guard {
  readonly trustedHosts: readonly string[];
  readonly judge: JudgeDestination;
  readonly place: Place;
}

const PATH = ["settings", "litellm_config"] as const;
/** Where a model's number stands in a path; nothing else there is a number. */
const MODEL_AT = 3;
const MAX_REPORTED = 20;
const REMEDY =
  "put it into a configuration of your own, or trust this queue: `trust-queue: full` under litellm-proxy: in your context";

/** `config` is plain data. Throws UserError: security naming every refused key, else controlPlane with JSON pointers. */
export function guardConfig(config: unknown, { trustedHosts, judge, place }: Guard): void {
  const refused: Problem[] = [];
  const malformed: Problem[] = [];
  const faultyModels = new Set<unknown>();
  const findings: Findings = {
    refuse: (path, message, remedy = REMEDY) => {
      refused.push(problem(message, { place, path: renderPath(path), remedy }));
      faultyModels.add(path[MODEL_AT]);
    },
    malformed: (path, message) => {
      const remedy = "the queue's owner must mend it";
      malformed.push(problem(message, { place, path: toPointer(path), remedy }));
      faultyModels.add(path[MODEL_AT]);
    },
  };
  remoteSchema(checkVariables(listCallbacks(config), trustedHosts))(config, PATH, findings);
  const models =
    isMapping(config) && Array.isArray(config["model_list"]) ? config["model_list"] : [];
  models.slice(0, MAX_MODELS).forEach((entry: unknown, index) => {
    if (faultyModels.has(index)) return;
    const parameters = isMapping(entry) ? entry["litellm_params"] : undefined;
    const path = [...PATH, "model_list", index, "litellm_params"];
    checkDestination(parameters, path, { findings, trustedHosts, judge });
  });
  if (refused.length > 0) throw new UserError("security", limit([...refused, ...malformed]));
  if (malformed.length > 0) throw new UserError("controlPlane", limit(malformed));
}

function checkDestination(
  parameters: unknown,
  path: YamlPath,
  { findings, trustedHosts, judge }: Omit<Guard, "place"> & { readonly findings: Findings },
): void {
  const read = (key: string): string | null => {
    const value = isMapping(parameters) ? parameters[key] : null;
    return typeof value === "string" ? value : null;
  };
  const model = read("model");
  const apiBase = read("api_base");
  if (model === null) return;
  if (apiBase === null && /ollama/i.test(model)) {
    const remedy = "add its api_base: without one LiteLLM starts `ollama serve` itself";
    return findings.refuse([...path, "model"], "would start a program on this machine", remedy);
  }
  const refusal = judge(
    { model, apiBase, variable: variableOf(read("api_key") ?? "") },
    trustedHosts,
  );
  if (refusal) findings.refuse([...path, refusal.key], refusal.message, refusal.remedy);
}

/** Names under any of the three lists, however wrong the rest may be. */
function listCallbacks(config: unknown): string[] {
  const settings = isMapping(config) ? config["litellm_settings"] : null;
  if (!isMapping(settings)) return [];
  return ["success_callback", "failure_callback", "callbacks"]
    .flatMap((list) => settings[list])
    .filter((name): name is string => typeof name === "string");
}

function limit(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MAX_REPORTED) return problems;
  const rest = problem(`and ${problems.length - MAX_REPORTED} more of the kind`);
  return [...problems.slice(0, MAX_REPORTED), rest];
}
