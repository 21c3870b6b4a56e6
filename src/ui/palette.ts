// The few colours in use, switched off where NO_COLOR is set or the stream is no terminal.
import type { Environment } from "../core/host.ts";

export interface Palette {
  bad(text: string): string;
  warn(text: string): string;
  good(text: string): string;
  dim(text: string): string;
}

const PLAIN: Palette = {
  bad: (text) => text,
  warn: (text) => text,
  good: (text) => text,
  dim: (text) => text,
};

/** chalk is loaded only where there is something to colour. */
export async function createPalette(
  stream: { isTTY?: boolean },
  env: Environment,
): Promise<Palette> {
  const colour = stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  if (!colour) return PLAIN;
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level: 1 });
  return {
    bad: (text) => chalk.red(text),
    warn: (text) => chalk.yellow(text),
    good: (text) => chalk.green(text),
    dim: (text) => chalk.dim(text),
  };
}
