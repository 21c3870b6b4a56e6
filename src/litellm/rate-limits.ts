// `litellm_settings.rpm` and `tpm`, which LiteLLM ignores: taken out for the gateway, which counts them.
import type { Finding } from "./findings.ts";
import type { Mapping } from "./tree.ts";
import { getOwn, isMapping, withKey } from "./tree.ts";

/** Of all models together, per minute; null: no limit. */
export interface InstanceLimits {
  readonly rpm: number | null;
  readonly tpm: number | null;
}

interface Taken {
  readonly value: Mapping;
  readonly limits: InstanceLimits;
  readonly findings: readonly Finding[];
}

const SECTION = "litellm_settings";
const NAMES = { rpm: "requests", tpm: "tokens" } as const;

export function takeRateLimits(value: Mapping): Taken {
  const settings = value[SECTION];
  if (!isMapping(settings)) return { value, limits: { rpm: null, tpm: null }, findings: [] };
  const rpm = getOwn(settings, "rpm") ?? null;
  const tpm = getOwn(settings, "tpm") ?? null;
  const findings = [...check("rpm", rpm), ...check("tpm", tpm)];
  const rest = withKey(withKey(settings, "rpm", undefined), "tpm", undefined);
  const isWritten = Object.hasOwn(settings, "rpm") || Object.hasOwn(settings, "tpm");
  return {
    value: isWritten ? withKey(value, SECTION, rest) : value,
    limits: { rpm: isLimit(rpm) ? rpm : null, tpm: isLimit(tpm) ? tpm : null },
    findings,
  };
}

function check(key: keyof typeof NAMES, limit: unknown): Finding[] {
  if (limit === null) return [];
  const path = [SECTION, key];
  if (!isLimit(limit)) {
    const remedy = "write a number without quotes, or remove it";
    return [{ path, message: "must be a whole number, 1 or more", remedy, rule: "wrong-type" }];
  }
  const message = `is counted by sidelite's gateway, for all models together (${limit} ${NAMES[key]} per minute): LiteLLM ignores it here`;
  const remedy = `for one model, set ${key} in its litellm_params`;
  return [{ path, message, remedy, severity: "notice", rule: "translated" }];
}

function isLimit(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}
