// What serving tells: a LiteLLM without some models, one that failed, the first answer.
import type { Problem } from "../core/errors.ts";
import { problem } from "../core/errors.ts";
import type { Report } from "../core/report.ts";
import type { Policy } from "../gateway/policy.ts";
import type { Proxy, ProxyFailure } from "../proxy/start.ts";

export async function warnWhenDegraded(
  proxy: Proxy | null,
  report: Report,
  logPath: string,
): Promise<void> {
  const degraded = (await proxy?.ready)?.degraded ?? [];
  if (degraded.length === 0) return;
  report.problem({
    severity: "warning",
    message: `LiteLLM serves without ${degraded.join(", ")}: it dropped what it could not use`,
    remedy: `see ${logPath}`,
  });
}

/** What to tell the user when LiteLLM has failed for good. */
export function describeFailure({ cause, lines }: ProxyFailure, logPath: string): Problem {
  const shown = lines.map((line) => `\n    ${line}`).join("");
  return problem(`LiteLLM failed: ${cause.summary}${shown}`, {
    remedy: cause.remedy ?? `see ${logPath}`,
  });
}

export function reportFirstAnswer(policy: Policy, told: () => void): Policy {
  let isFirst = true;
  return {
    admit: (request) => policy.admit(request),
    settle: (admission, outcome) => {
      policy.settle(admission, outcome);
      if (!isFirst || outcome.status < 200 || outcome.status > 299) return;
      isFirst = false;
      told();
    },
  };
}
