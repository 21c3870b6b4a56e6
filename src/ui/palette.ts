// The few colours in use, switched off where NO_COLOR is set or the stream is no terminal.
import { Chalk } from "chalk";
import type { Environment } from "../core/host.ts";

export interface Palette {
  bad(text: string): string;
  warn(text: string): string;
  good(text: string): string;
  dim(text: string): string;
}

export function createPalette(stream: { isTTY?: boolean }, env: Environment): Palette {
  const colour = stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  return {
    bad: (text) => chalk.red(text),
    warn: (text) => chalk.yellow(text),
    good: (text) => chalk.green(text),
    dim: (text) => chalk.dim(text),
  };
}
