// doctor: variables of this shell that would lead clients or LiteLLM elsewhere.
import { REMOVED } from "../worker/environment.ts";
import { matchLength } from "../worker/name-patterns.ts";
import type { Check, Finding, Patient } from "./doctor-check.ts";
import { ok } from "./doctor-check.ts";

export const ENVIRONMENT_CHECKS: readonly Check[] = [
  { name: "environment", look: checkEnvironment },
];

const DANGERS: readonly (readonly [name: string, message: string, remedy: string])[] = [
  [
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "switches off the check of certificates",
    "unset it; NODE_EXTRA_CA_CERTS adds your organisation's certificates",
  ],
  [
    "NODE_OPTIONS",
    "changes how sidelite's own Node runs",
    "unset it unless you know why it is there",
  ],
];
const OWN = new Set(["LITELLM_LOCAL_MODEL_COST_MAP"]);
const CORPORATE = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
];

async function checkEnvironment({ context }: Patient): Promise<readonly Finding[]> {
  const { env } = context.host;
  const present = Object.keys(env).filter((name) => env[name] !== undefined && env[name] !== "");
  const hijacking = present.filter((name) => matchLength(name, REMOVED) >= 0 && !OWN.has(name));
  const findings: Finding[] = DANGERS.filter(([name]) => present.includes(name)).map(
    ([name, message, remedy]) => ({ result: "warning", message: `${name} ${message}`, remedy }),
  );
  if (hijacking.length > 0) {
    findings.push({
      result: "warning",
      message: `${hijacking.toSorted().join(", ")} would lead clients past the gateway; a worker of sidelite does not get them, this shell's programs do`,
      remedy: `eval "$(sidelite env)" points this shell at the gateway`,
    });
  }
  const proxies = present.filter((name) => CORPORATE.includes(name));
  const spared = /(?:^|[,\s])127\.0\.0\.1(?:$|[,\s])/.test(
    env["NO_PROXY"] ?? env["no_proxy"] ?? "",
  );
  if (proxies.length > 0 && !spared) {
    findings.push({
      result: "note",
      message: `${proxies.join(", ")} is set: a program of this shell may send prompts for the gateway there`,
      remedy:
        'eval "$(sidelite env)" adds 127.0.0.1 to NO_PROXY; a worker of sidelite has it already',
    });
  }
  return findings.length > 0 ? findings : ok("nothing in it leads elsewhere");
}
