// Runs the guard over a config as it would arrive.
import { guardConfig } from "../../src/control-plane/guard.ts";
import { parseAnswer } from "../../src/control-plane/parse-answer.ts";
import { UserError } from "../../src/core/errors.ts";
import { judgeDestination } from "../../src/litellm/judge-destination.ts";

const place = { source: "queue q" };

/** Key paths of its refusals. */
export const MODEL = "settings.litellm_config.model_list[0].litellm_params";

/** The error that the guard ends with, null when it lets the config through. */
export function guard(
  config: unknown,
  env = {},
  trustedHosts: readonly string[] = [],
): UserError | null {
  const body = Buffer.from(JSON.stringify({ settings: { litellm_config: config } }));
  try {
    const { settings } = parseAnswer(body, place);
    const judge = (destination: Parameters<typeof judgeDestination>[0]) =>
      judgeDestination(destination, trustedHosts, env);
    guardConfig(settings["litellm_config"], { trustedHosts, judge, place });
    return null;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

export function pathsOf(error: UserError | null): (string | undefined)[] {
  return (error?.problems ?? []).map(({ path }) => path);
}
