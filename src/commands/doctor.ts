// `sidelite doctor`: what is wrong, and what to do about it; exit 1 where something is.
import type { Context, Input } from "../core/context.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import type { Examined } from "../instance/doctor.ts";
import { examine } from "../instance/doctor.ts";
import type { Palette } from "../ui/palette.ts";
import { createPalette } from "../ui/palette.ts";
import { sanitize } from "../ui/sanitize.ts";

const SCHEMA_VERSION = 1;

export async function doctor({ flags }: Input, context: Context): Promise<number> {
  const { host } = context;
  const checks = await examine(flags, { fix: flags["fix"] === true }, context);
  const healthy = checks.every(({ result, fixed }) => result !== "failed" || fixed !== undefined);
  if (flags["json"] === true) {
    context.print(JSON.stringify({ schemaVersion: SCHEMA_VERSION, healthy, checks }, null, 2));
  } else {
    const palette = await createPalette(host.stdout, host.env);
    for (const found of checks)
      context.print(render(found, (text) => palette[COLOURS[found.result]](text)));
  }
  return healthy ? EXIT_CODES.ok.code : EXIT_CODES.failed.code;
}

const COLOURS = {
  ok: "good",
  note: "dim",
  skipped: "dim",
  warning: "warn",
  failed: "bad",
} as const satisfies Record<Examined["result"], keyof Palette>;

/** Wide enough for the longest name and result. */
const RESULT_WIDTH = 9;
const CHECK_WIDTH = 15;

function render(
  { check, result, message, remedy, fixed }: Examined,
  colour: (text: string) => string,
): string {
  const indent = " ".repeat(RESULT_WIDTH + CHECK_WIDTH);
  const head = `${colour(result.padEnd(RESULT_WIDTH))}${check.padEnd(CHECK_WIDTH)}${sanitize(message)}`;
  const lines = [
    head,
    ...(remedy === undefined || fixed !== undefined ? [] : [`${indent}fix: ${sanitize(remedy)}`]),
    ...(fixed === undefined ? [] : [`${indent}fixed: ${sanitize(fixed)}`]),
  ];
  return lines.join("\n");
}
