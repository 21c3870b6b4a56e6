// From a configuration as written to all that running LiteLLM with it takes. Pure.
import type { YamlPath } from "../core/document.ts";
import type { Problem } from "../core/errors.ts";
import type { Environment } from "../core/host.ts";
import type { Place } from "../core/place.ts";
import type { ExpectedModels } from "../core/proxy-spec.ts";
import { renderYaml } from "../core/render-yaml.ts";
import type { Secret } from "../core/secret.ts";
import { noFiles, notJson } from "./check-documents.ts";
import { collectSecrets } from "./collect-secrets.ts";
import { concealValues } from "./conceal.ts";
import { digestOf } from "./config-digest.ts";
import type { CustomModule } from "./custom-modules.ts";
import { listCustomModules } from "./custom-modules.ts";
import { listLocalFiles } from "./local-files.ts";
import type { LitellmDocument } from "./document.ts";
import { buildEnvironment } from "./environment.ts";
import { extractSecrets } from "./extract.ts";
import { readFileVariables } from "./file-variables.ts";
import type { Finding } from "./findings.ts";
import { toProblem } from "./findings.ts";
import { mergeIncludes } from "./includes.ts";
import { MASTER_KEY_VARIABLE, takeMasterKey, withMasterKey } from "./master-key.ts";
import type { Models } from "./models.ts";
import { listModels } from "./models.ts";
import { absolutePaths } from "./path-fields.ts";
import type { InstanceLimits } from "./rate-limits.ts";
import { takeRateLimits } from "./rate-limits.ts";
import { throwErrors } from "./throw-errors.ts";
import { checkWish, listProcessState } from "./process-state.ts";
import { rules } from "./rules.ts";
import { checkTypes } from "./schema.ts";
import { hasSecretManager } from "./secret-manager.ts";
import type { SideliteSection } from "./sidelite-section.ts";
import { splitSidelite } from "./sidelite-section.ts";
import { translate } from "./translate.ts";
import type { Mapping } from "./tree.ts";
import { entriesOf, withKey } from "./tree.ts";
import { collectUsage } from "./usage.ts";

export interface LitellmInput {
  readonly main: LitellmDocument;
  /** By absolute path (`readIncludes`). */
  readonly included: ReadonlyMap<string, LitellmDocument>;
  readonly trust: "local" | "queue";
  readonly env: Environment;
  readonly home: string | null;
  /** LiteLLM's key unless the configuration has one. */
  readonly internalMasterKey: Secret;
  /** Unknown keys are errors. */
  readonly strict: boolean;
  /** Nothing is to be started: an empty model list is only a warning. */
  readonly onlyValidate?: boolean;
  /** Entries of `model_list` that the configuration implies (agents with a provider of their own). */
  readonly impliedModels?: readonly unknown[];
}

export interface PreparedLitellm {
  /** What LiteLLM reads: no secret in it, the same to readers of YAML 1.1 and 1.2. */
  readonly rendered: string;
  /** Of the rendered text and the names of variables; no secret goes into it. */
  readonly digest: string;
  readonly models: ExpectedModels;
  /** For the gateway. */
  readonly limits: InstanceLimits;
  /** For `--model`: aliases too. */
  readonly names: Models;
  readonly sidelite: SideliteSection;
  /** Of a path in the whole configuration, `["sidelite", "providers", "p"]`. */
  readonly place: (path: YamlPath) => Place;
  readonly masterKey: { readonly secret: Secret; readonly fromUser: boolean };
  /** A generation's whole environment, secrets included. */
  readonly environment: Readonly<Record<string, string>>;
  /** The keeper's: no secret, nothing that the configuration names. */
  readonly importEnvironment: Readonly<Record<string, string>>;
  /** For the redactor. */
  readonly secrets: readonly Secret[];
  /** Warnings and notices. */
  readonly problems: readonly Problem[];
  /** Variables for LLM calls or the gateway alone that the configuration uses: the worker loses them. */
  readonly hiddenFromWorker: readonly string[];
  /** What it keeps in LiteLLM's process, in words: several processes would each have their own. */
  readonly processState: readonly string[];
  /** What LiteLLM reads besides, absolute paths: a change takes a new process. */
  readonly localFiles: readonly string[];
  readonly customModules: readonly CustomModule[];
  /** Folder that custom modules are imported from; null without any. */
  readonly cwd: string | null;
  /** In the shell, read by LiteLLM, and not handed on: told at --verbose. */
  readonly droppedNames: readonly string[];
}

/** Throws one UserError with every problem found. */
export function prepareLitellm(input: LitellmInput): PreparedLitellm {
  const { main, included, env, internalMasterKey: generated } = input;
  const { baseDir } = main;
  const folders = { baseDir, home: input.home };
  const { value: whole, place } = mergeIncludes(main, included);
  const documents = [main, ...included.values()];
  const problems = documents.flatMap(({ notices }) => [...notices]);
  const report = (findings: readonly Finding[]) =>
    problems.push(...findings.map((finding) => toProblem(finding, place)));

  const split = splitSidelite(whole, env);
  const limited = takeRateLimits(split.value);
  const translated = translate(withModels(limited.value, input.impliedModels ?? []));
  report([...notJson(documents), ...noFiles(main, input.trust)]);
  report([...split.findings, ...limited.findings, ...translated.findings]);
  report(checkTypes(translated.value));

  const section = translated.value["environment_variables"];
  const file = readFileVariables({ section, place, env, folders });
  const known = { ...env, ...Object.fromEntries(file.values) };
  const fileVariable = file.values.get("LITELLM_MASTER_KEY");
  const written = withKey(translated.value, "environment_variables", undefined);
  const master = takeMasterKey({ value: written, place, env: known, fileVariable, generated });
  const value = absolutePaths(master.value, folders);
  const extracted = extractSecrets({
    value,
    place,
    env: known,
    hasSecretManager: hasSecretManager(written),
  });
  problems.push(...file.problems, ...master.problems, ...extracted.problems);

  const { resolved } = extracted;
  const checked = {
    written,
    resolved,
    given: new Set([...file.values.keys(), ...split.section.proxy.passEnv]),
    present: new Set(Object.keys(known).filter((name) => known[name] !== "")),
    strict: input.strict,
    trust: input.trust,
    hasProviders: hasDirectRoutes(split.section),
    onlyValidate: input.onlyValidate ?? false,
  };
  const found = rules.flatMap((rule) => rule(checked)).map((finding) => toProblem(finding, place));
  problems.push(...concealValues(found, extracted, known));
  throwErrors(problems);

  const processState = listProcessState(resolved);
  report(checkWish(split.section, processState));
  const environment = buildEnvironment({
    shell: env,
    usage: collectUsage(resolved),
    uses: extracted.uses,
    keyNames: [...master.names, ...split.keyNames],
    fileVariables: file.values,
    ownVariables: new Map([...extracted.variables, [MASTER_KEY_VARIABLE, master.key.reveal()]]),
    passEnv: split.section.proxy.passEnv,
    isRemote: input.trust === "queue",
  });
  const customModules = listCustomModules(resolved);
  const cwd = customModules.length > 0 ? baseDir : null;
  const rendered = `# Made by sidelite from ${main.source}; edit that file instead.\n${renderYaml(withMasterKey(extracted.rendered))}`;
  const names = listModels(resolved);
  return {
    rendered,
    digest: digestOf(rendered, Object.keys(environment.environment), cwd),
    models: { exact: names.exact, wildcard: names.wildcard },
    limits: limited.limits,
    names,
    sidelite: split.section,
    place,
    masterKey: { secret: master.key, fromUser: master.isFromUser },
    environment: environment.environment,
    importEnvironment: environment.importEnvironment,
    secrets: collectSecrets(
      [
        master.key.reveal(),
        ...(split.section.key ? [split.section.key.reveal()] : []),
        ...extracted.secrets,
      ],
      environment.environment,
    ),
    problems,
    hiddenFromWorker: environment.hidden,
    localFiles: listLocalFiles(resolved, environment.environment, baseDir),
    processState,
    customModules,
    cwd,
    droppedNames: environment.dropped,
  };
}

function withModels(value: Mapping, implied: readonly unknown[]): Mapping {
  const written = value["model_list"] ?? [];
  if (implied.length === 0 || !Array.isArray(written)) return value;
  return withKey(value, "model_list", [...written, ...implied]);
}

function hasDirectRoutes({ providers, agents }: SideliteSection): boolean {
  return Object.keys(providers ?? {}).length > 0 || entriesOf(agents).length > 0;
}
