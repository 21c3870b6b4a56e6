// What a generation of LiteLLM serves, made of a configuration.
import { availableParallelism } from "node:os";
import { isSameData } from "../core/change.ts";
import type { GenerationSpec } from "../core/proxy-spec.ts";
import type { PreparedLitellm } from "../litellm/prepare.ts";
import { buildWorkerConfig } from "../litellm/worker-config.ts";
import { configPath } from "./config-store.ts";
import type { Session } from "./session.ts";

export function generationOf(
  { paths, cookie }: Pick<Session, "paths" | "cookie">,
  prepared: PreparedLitellm,
): GenerationSpec {
  const { digest, environment, importEnvironment, cwd, models, masterKey } = prepared;
  return {
    digest,
    environment: { ...environment, [cookie.name]: cookie.value },
    importEnvironment,
    workerConfig: buildWorkerConfig(configPath(paths, digest)),
    // LiteLLM's own folder, where modules would be looked for, is nobody's.
    cwd: cwd ?? paths.cwd,
    models,
    masterKey: masterKey.secret,
    ...limitsOf(prepared),
  };
}

/** One process where several would each keep their own count of what the configuration has counted. */
function limitsOf({
  sidelite,
  processState,
}: PreparedLitellm): Pick<GenerationSpec, "most" | "whyOne" | "recycleAtMb"> {
  const { maxGenerations, recycleAtMb } = sidelite;
  const most = maxGenerations ?? availableParallelism();
  if (processState.length > 0) {
    const whyOne = `the configuration keeps state in the process: ${processState.join(", ")}`;
    return { most: 1, whyOne, recycleAtMb };
  }
  const whyOne =
    maxGenerations === 1 ? "sidelite.max-generations is 1" : "this machine has one core";
  return { most, whyOne: most === 1 ? whyOne : null, recycleAtMb };
}

/** A secret's new value is a change too: the digest knows only its name. */
export function isSameGeneration(serving: GenerationSpec, next: PreparedLitellm): boolean {
  const { SIDELITE_COOKIE: _, ...environment } = serving.environment;
  return (
    serving.digest === next.digest &&
    isSameData(environment, next.environment) &&
    isSameData(pickLimits(serving), limitsOf(next))
  );
}

function pickLimits({ most, whyOne, recycleAtMb }: GenerationSpec): ReturnType<typeof limitsOf> {
  return { most, whyOne, recycleAtMb };
}
