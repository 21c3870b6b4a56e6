// The environments of LiteLLM: what a generation serves with, and what the keeper imports with (design 3.6).
import type { Environment } from "../core/host.ts";
import type { Use } from "./extract.ts";
import { isSecretName } from "./field-names.ts";
import { isHostingName, isReadByLitellm } from "./hosting-names.ts";
import { providerNames, serviceNames } from "./implicit-names.ts";
import { importEnvironment } from "./import-environment.ts";
import { expandPatterns } from "./name-pattern.ts";
import { PROVIDERS } from "./providers.ts";
import type { Usage } from "./usage.ts";

export interface EnvironmentInput {
  readonly shell: Environment;
  readonly usage: Usage;
  /** Variables that the configuration names. */
  readonly uses: readonly Use[];
  /** Variables that hold a key of the gateway itself, `master_key` or `sidelite.key`: nobody but us needs them. */
  readonly keyNames: readonly string[];
  /** `environment_variables` of the configuration. */
  readonly fileVariables: ReadonlyMap<string, string>;
  /** Ours: the master key and what was taken out of the configuration. */
  readonly ownVariables: ReadonlyMap<string, string>;
  /** `sidelite.proxy.pass-env`. */
  readonly passEnv: readonly string[];
  /** Settings of someone else: only names of the tables. */
  readonly isRemote: boolean;
}

export interface ProxyEnvironment {
  /** A generation's whole environment, secrets included. */
  readonly environment: Readonly<Record<string, string>>;
  /** The keeper's: no secret, nothing that the configuration names. */
  readonly importEnvironment: Readonly<Record<string, string>>;
  /** Good for LLM calls or for the gateway alone, so the worker loses them. */
  readonly hidden: readonly string[];
  /** In the shell, read by LiteLLM, and not handed on. */
  readonly dropped: readonly string[];
}

export function buildEnvironment(input: EnvironmentInput): ProxyEnvironment {
  const { shell, passEnv } = input;
  const implicit = implicitNames(input);
  const { needed, spared } = implicit;
  const present = (names: Iterable<string>) =>
    [...names].flatMap((name): [string, string][] => {
      const value = Object.hasOwn(shell, name) ? shell[name] : undefined;
      return value === undefined ? [] : [[name, value]];
    });
  const imported = importEnvironment(shell, passEnv);
  const cloud = expandPatterns(implicit.cloud, shell).filter((name) => !spared.has(name));
  const environment = Object.fromEntries([
    ...Object.entries(imported),
    ...present([...needed, ...cloud].filter((name) => !isHostingName(name))),
    ...present(expandPatterns(passEnv, shell).filter((name) => !isHostingName(name))),
    ...present(input.uses.map(({ name }) => name)),
    ...input.fileVariables,
    ...input.ownVariables,
  ]);
  const keys = input.uses.filter(isLlmUse).map(({ name }) => name);
  const stays = new Set(implicit.cloud);
  return {
    environment,
    importEnvironment: imported,
    hidden: [
      ...new Set([...needed, ...keys.filter((name) => !stays.has(name)), ...input.keyNames]),
    ].toSorted(),
    dropped: Object.keys(shell)
      .filter((name) => isReadByLitellm(name) && environment[name] === undefined && shell[name])
      .toSorted(),
  };
}

interface Implicit {
  /** What the providers used read for LLM calls. */
  readonly needed: ReadonlySet<string>;
  /** Keys among it that no deployment falls back on: each has one of its own. */
  readonly spared: ReadonlySet<string>;
  /** Patterns. */
  readonly cloud: readonly string[];
}

function implicitNames({ usage, isRemote, shell }: EnvironmentInput): Implicit {
  const needed = new Set<string>();
  const spared = new Set<string>();
  const cloud = [...usage.names];
  for (const [provider, { lacksKey }] of usage.providers) {
    if (isRemote && !PROVIDERS.has(provider)) continue;
    const names = providerNames(provider);
    for (const name of expandPatterns(split(names.llm), shell)) {
      if (lacksKey || !isSecretName(name)) needed.add(name);
      else spared.add(name);
    }
    cloud.push(...split(names.cloud));
  }
  for (const service of usage.services) cloud.push(...split(serviceNames(service)));
  for (const name of needed) spared.delete(name);
  return { needed, spared, cloud };
}

/** The key of a deployment, and not of a cloud that agents use themselves. */
function isLlmUse({ path }: Use): boolean {
  const field = String(path.at(-1));
  const isDeployment = path[0] === "model_list" || path[0] === "credential_list";
  return (
    isDeployment &&
    isSecretName(field) &&
    !/^(?:aws|s3|vertex|gcs|google|azure_ad|oci|client)_/.test(field)
  );
}

function split(names: string | undefined): string[] {
  return (names ?? "").split(/\s+/).filter((name) => name !== "");
}
