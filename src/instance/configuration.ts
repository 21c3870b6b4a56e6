// Settings and LiteLLM config of one start, understood together; reload makes it again.
import { randomBytes } from "node:crypto";
import type { Config } from "../config/config.ts";
import type { LitellmSource } from "../config/litellm-source.ts";
import type { Host } from "../core/host.ts";
import type { Problem } from "../core/errors.ts";
import { problem, UserError } from "../core/errors.ts";
import { Secret } from "../core/secret.ts";
import { matchModel, nearModels } from "../litellm/models.ts";
import type { PreparedLitellm } from "../litellm/prepare.ts";
import { prepareLitellm } from "../litellm/prepare.ts";
import { findMissingModules } from "./missing-modules.ts";
import type { Direct } from "./read-direct.ts";
import { readDirect } from "./read-direct.ts";
import { readLitellm } from "./read-litellm.ts";

/** Bytes of randomness in a key of ours. */
const KEY_BYTES = 32;

/** LiteLLM takes only keys that begin with `sk-`. */
export function generateKey(): Secret {
  return new Secret(`sk-${randomBytes(KEY_BYTES).toString("base64url")}`);
}

/** LiteLLM's part and the direct routes. */
export interface Prepared extends PreparedLitellm {
  /** null: everything goes to LiteLLM. */
  readonly direct: Direct | null;
  /** Absolute paths of all that was read for it. */
  readonly files: readonly string[];
  /** false: there are direct routes and no model that LiteLLM could serve. */
  readonly needsLitellm: boolean;
}

export interface PrepareOptions {
  readonly strict?: boolean;
  readonly onlyValidate?: boolean;
  /** A config of the queue counts as a local one. */
  readonly trustQueue?: boolean;
  /** LiteLLM's key unless the configuration has one; default: a new one. */
  readonly masterKey?: Secret;
}

/** The LiteLLM config made ready. Throws UserError with every problem. */
export async function prepareSource(
  source: LitellmSource,
  host: Host,
  options: PrepareOptions = {},
): Promise<Prepared> {
  const documents = await readLitellm(source);
  const read = await readDirect(documents, host);
  const { direct, secrets, problems, impliedModels } = read;
  const litellm = withProblems(problems, () =>
    prepareLitellm({
      ...documents,
      trust: source.origin.layer === "queue" && options.trustQueue !== true ? "queue" : "local",
      env: host.env,
      home: host.home,
      internalMasterKey: options.masterKey ?? generateKey(),
      strict: options.strict ?? false,
      onlyValidate: options.onlyValidate ?? false,
      impliedModels,
    }),
  );
  const { exact, wildcard } = litellm.models;
  const missing = await findMissingModules(litellm);
  const hidden = new Set([...litellm.hiddenFromWorker, ...(direct?.keyNames ?? [])]);
  return {
    ...litellm,
    direct,
    files: [
      ...(source.kind === "file" ? [source.path] : []),
      ...documents.included.keys(),
      ...(direct?.files ?? []),
    ],
    needsLitellm: direct === null || exact.length + wildcard.length > 0,
    secrets: [...litellm.secrets, ...secrets],
    problems: [...withoutImplied(litellm.problems, read.impliedFrom), ...problems, ...missing],
    hiddenFromWorker: [...hidden].toSorted(),
  };
}

/** An agent's entry is written nowhere that a warning could point at; its provider's own place has been judged. */
function withoutImplied(problems: readonly Problem[], from: number): readonly Problem[] {
  return problems.filter(({ path = "" }) => {
    const [, index] = /^model_list\[(\d+)\]/.exec(path) ?? [];
    return index === undefined || Number(index) < from;
  });
}

/** Throws what `prepare` throws and the errors among `problems` as one. */
function withProblems<T>(problems: readonly Problem[], prepare: () => T): T {
  const isFaulty = problems.some(({ severity }) => severity === "error");
  try {
    const prepared = prepare();
    if (!isFaulty) return prepared;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.exit, [...error.problems, ...problems], { cause: error });
  }
  throw new UserError("usage", problems);
}

/** `--model` must name something that the config serves. Throws UserError("usage") with near names. */
export function checkModel(config: Config, prepared: Prepared): void {
  const { model, skipModelValidation } = config.proxy;
  if (model === null || skipModelValidation || matchModel(model, prepared.names)) return;
  if (prepared.direct?.serves(model)) return;
  const near = nearModels(model, prepared.names);
  const remedy =
    near.length > 0 ? `did you mean ${near.join(" or ")}?` : "name one of the config's models";
  throw new UserError(
    "usage",
    problem(`the model ${JSON.stringify(model)} is not in the LiteLLM config`, {
      place: config.origins.model.place,
      remedy: `${remedy} (--skip-model-validation accepts any)`,
    }),
  );
}
