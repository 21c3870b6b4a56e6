// Runs every check of `doctor` and mends what is safe to mend.
import type { Flags } from "../config/flag-layer.ts";
import { resolveHome } from "../config/home.ts";
import { loadConfig } from "../config/load.ts";
import type { Context } from "../core/context.ts";
import { UserError } from "../core/errors.ts";
import { prepareSource } from "./configuration.ts";
import { CONFIG_CHECKS } from "./doctor-config.ts";
import type { Check, Finding, Patient } from "./doctor-check.ts";
import { ENVIRONMENT_CHECKS } from "./doctor-environment.ts";
import { INSTANCE_CHECKS } from "./doctor-instances.ts";
import { MACHINE_CHECKS } from "./doctor-machine.ts";

export const CHECKS: readonly Check[] = [
  ...MACHINE_CHECKS,
  ...CONFIG_CHECKS,
  ...INSTANCE_CHECKS,
  ...ENVIRONMENT_CHECKS,
];

export interface Examined extends Omit<Finding, "fix"> {
  readonly check: string;
  /** What `--fix` did. */
  readonly fixed?: string;
}

/** Throws UserError only where there is no home folder at all. */
export async function examine(
  flags: Flags,
  options: { readonly fix: boolean },
  context: Context,
): Promise<readonly Examined[]> {
  const patient = await admit(flags, context);
  const looked = await Promise.all(
    CHECKS.map(async ({ name, look }) => ({ name, findings: await look(patient) })),
  );
  const examined: Examined[] = [];
  for (const { name, findings } of looked) {
    for (const { fix, ...finding } of findings) {
      const fixed = options.fix ? await fix?.() : undefined;
      examined.push({ check: name, ...finding, ...(fixed === undefined ? {} : { fixed }) });
    }
  }
  return examined;
}

async function admit(flags: Flags, context: Context): Promise<Patient> {
  const { host, verbose } = context;
  const patient = { context, flags, home: resolveHome(host) };
  const options = { command: "worker", kubiyaWorker: false, queue: null, verbose } as const;
  try {
    const config = await loadConfig(flags, host, options);
    const { litellm } = config.proxy;
    try {
      const prepared = litellm && (await prepareSource(litellm, host));
      const problems = [...config.problems, ...(prepared?.problems ?? [])];
      return { ...patient, config, prepared, problems };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return {
        ...patient,
        config,
        prepared: null,
        problems: [...config.problems, ...error.problems],
      };
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...patient, config: null, prepared: null, problems: error.problems };
  }
}
