// What a generation of LiteLLM serves, made of a configuration.
import { isSameData } from "../core/change.ts";
import type { GenerationSpec } from "../core/proxy-spec.ts";
import { buildWorkerConfig } from "../litellm/worker-config.ts";
import { configPath } from "./config-store.ts";
import type { Prepared } from "./configuration.ts";
import type { Session } from "./session.ts";

export function generationOf({ paths, cookie }: Session, prepared: Prepared): GenerationSpec {
  const { digest, environment, cwd, models, masterKey } = prepared;
  return {
    digest,
    environment: { ...environment, [cookie.name]: cookie.value },
    workerConfig: buildWorkerConfig(configPath(paths, digest)),
    // LiteLLM's own folder, where modules would be looked for, is nobody's.
    cwd: cwd ?? paths.cwd,
    models,
    masterKey: masterKey.secret,
  };
}

/** A secret's new value is a change too: the digest knows only its name. */
export function isSameGeneration(serving: GenerationSpec, next: Prepared): boolean {
  const { SIDELITE_COOKIE: _, ...environment } = serving.environment;
  return serving.digest === next.digest && isSameData(environment, next.environment);
}
