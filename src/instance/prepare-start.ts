// The LiteLLM config of a start made ready, with the talk about it.
import type { Config } from "../config/config.ts";
import type { LitellmSource } from "../config/litellm-source.ts";
import type { Context } from "../core/context.ts";
import { matchModel } from "../litellm/models.ts";
import type { Prepared } from "./configuration.ts";
import { checkModel, prepareSource } from "./configuration.ts";

/** What the Kubiya worker asks for when nobody says otherwise. */
const KUBIYA_DEFAULT_MODEL = "kubiya/claude-sonnet-4";

/** Throws UserError with every problem; prints warnings and notices. */
export async function prepareStart(
  config: Config,
  source: LitellmSource,
  kubiyaWorker: boolean,
  { host, report }: Context,
): Promise<Prepared> {
  const trustQueue = config.proxy.queueTrust.full;
  const prepared = await prepareSource(source, host, { trustQueue });
  for (const found of prepared.problems) report.problem(found);
  if (prepared.droppedNames.length > 0) {
    report.verbose(
      `LiteLLM does not get these variables: ${prepared.droppedNames.join(", ")} (sidelite.proxy.pass-env adds them)`,
    );
  }
  checkModel(config, prepared);
  const { model } = config.proxy;
  const hasDefault =
    matchModel(KUBIYA_DEFAULT_MODEL, prepared.names) ||
    prepared.direct?.serves(KUBIYA_DEFAULT_MODEL) === true;
  if (kubiyaWorker && model === null && !hasDefault) {
    const [first = "NAME"] = [...prepared.names.exact, ...(prepared.direct?.models ?? [])];
    report.problem({
      severity: "warning",
      message: `the Kubiya worker asks for ${KUBIYA_DEFAULT_MODEL} by default, which this LiteLLM config does not have`,
      remedy: `add --model ${first}, or an alias in the config: router_settings: {model_group_alias: {"${KUBIYA_DEFAULT_MODEL}": "${first}"}}`,
    });
  }
  return prepared;
}
