// `sidelite validate`: checks a LiteLLM config, or the merged configuration, without starting anything.
import { resolve } from "node:path";
import type { Config } from "../config/config.ts";
import type { Context, Input } from "../core/context.ts";
import type { Problem } from "../core/errors.ts";
import { UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import type { Host } from "../core/host.ts";
import { prepareSource } from "../instance/configuration.ts";
import { stdinSource, fileSource } from "../instance/validate-source.ts";

const SCHEMA_VERSION = 1;

export async function validate({ flags, args }: Input, context: Context): Promise<number> {
  const strict = flags["strict"] === true;
  const { problems, models, code } = await check(args[0], flags, strict, context);
  if (flags["json"] === true) {
    const valid = code === EXIT_CODES.ok.code;
    context.print(
      JSON.stringify({ schemaVersion: SCHEMA_VERSION, valid, models, problems }, null, 2),
    );
    return code;
  }
  for (const found of problems) context.report.problem(found);
  if (code === EXIT_CODES.ok.code) {
    context.print(
      models.length === 0
        ? "valid"
        : `valid: ${models.length} ${models.length === 1 ? "model" : "models"}: ${models.join(", ")}`,
    );
  }
  return code;
}

interface Checked {
  readonly problems: readonly Problem[];
  readonly models: readonly string[];
  readonly code: number;
}

async function check(
  file: string | undefined,
  flags: Input["flags"],
  strict: boolean,
  { host, verbose, signals }: Context,
): Promise<Checked> {
  try {
    const merged = file === undefined ? await loadMerged(flags, host, verbose) : null;
    const source =
      file === undefined
        ? merged?.proxy.litellm
        : file === "-"
          ? await stdinSource(host.stdin, host.cwd, signals.abort)
          : fileSource(resolve(host.cwd, file));
    if (!source) return { problems: merged?.problems ?? [], models: [], code: EXIT_CODES.ok.code };
    const prepared = await prepareSource(source, host, { strict, onlyValidate: true });
    const problems = [...(merged?.problems ?? []), ...prepared.problems];
    const isRefused = strict && problems.some(({ severity }) => severity === "warning");
    return {
      problems,
      models: [
        ...prepared.models.exact,
        ...prepared.models.wildcard,
        ...(prepared.direct?.models ?? []),
      ],
      code: isRefused ? EXIT_CODES.usage.code : EXIT_CODES.ok.code,
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { problems: error.problems, models: [], code: error.exitCode };
  }
}

/** Loaded only where no file is named: an editor may run this at every keystroke. */
async function loadMerged(flags: Input["flags"], host: Host, verbose: boolean): Promise<Config> {
  const { loadConfig } = await import("../config/load.ts");
  return loadConfig(flags, host, { command: "proxy", kubiyaWorker: false, queue: null, verbose });
}
