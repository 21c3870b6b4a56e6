// The voice on stderr: talk, problems, a progress line on a terminal, events with --verbose.
import type { Host } from "../core/host.ts";
import type { Progress, Report } from "../core/report.ts";
import { renderEvent } from "../core/report.ts";
import { createPalette } from "./palette.ts";
import { renderProblem } from "./problems.ts";
import { sanitize } from "./sanitize.ts";

/** Milliseconds between redraws of a progress line. */
const REDRAW_MS = 100;

export async function createTerminal(host: Host, options: { verbose: boolean }): Promise<Report> {
  const palette = await createPalette(host.stderr, host.env);
  const isTerminal = host.stderr.isTTY === true;
  let progressShown = false;

  const clear = (): void => {
    if (progressShown) host.stderr.write("\r\u001b[K");
    progressShown = false;
  };
  const say = (text: string): void => {
    clear();
    host.stderr.write(`${text}\n`);
  };
  const verbose = (text: string): void => {
    if (options.verbose) say(palette.dim(`sidelite: ${sanitize(text)}`));
  };

  return {
    info: (text) => say(`sidelite: ${sanitize(text)}`),
    verbose,
    problem: (problem) => say(renderProblem(problem, palette)),
    event: (event) => verbose(renderEvent(event)),
    progress: (label) => startProgress(label),
  };

  function startProgress(label: string): Progress {
    const started = host.monotonic();
    let drawn = 0;
    let shown = label;
    const draw = (): void => {
      if (!isTerminal || host.monotonic() - drawn < REDRAW_MS) return;
      drawn = host.monotonic();
      const seconds = Math.floor((drawn - started) / 1000);
      host.stderr.write(`\r\u001b[Ksidelite: ${sanitize(shown)} ${palette.dim(`${seconds} s`)}`);
      progressShown = true;
    };
    if (!isTerminal) say(`sidelite: ${sanitize(label)}`);
    const timer = setInterval(draw, REDRAW_MS);
    timer.unref();
    draw();
    return {
      update: (text) => {
        shown = text;
        draw();
      },
      done: (text) => {
        clearInterval(timer);
        clear();
        if (text) say(`sidelite: ${sanitize(text)}`);
      },
    };
  }
}
