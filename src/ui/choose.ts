// Asks a person at a terminal to choose one of several, on stderr.
import { createInterface } from "node:readline";
import type { Host } from "../core/host.ts";
import { nearest } from "../core/suggest.ts";
import { createPalette } from "./palette.ts";
import { sanitize } from "./sanitize.ts";
import { renderTable } from "./table.ts";

export interface Choice {
  readonly name: string;
  readonly title: string;
  /** What speaks for or against it here. */
  readonly note: string;
  /** Marked, and the first such is what an empty answer means. */
  readonly isFit: boolean;
}

/** Asks again until a number or name is given. null: the input ended. Throws the signal's reason. */
export async function choose(
  question: string,
  choices: readonly Choice[],
  host: Pick<Host, "env" | "stdin" | "stderr">,
  signal: AbortSignal,
): Promise<Choice | null> {
  const palette = await createPalette(host.stderr, host.env);
  const preferred = choices.find(({ isFit }) => isFit) ?? null;
  const rows = choices.map(({ name, title, note, isFit }, index) => {
    return [isFit ? "*" : " ", `${index + 1}`.padStart(2), name, title, note];
  });
  const [, ...lines] = renderTable(["", "", "", "", ""], rows).split("\n");
  for (const [index, line] of lines.entries()) {
    const shown = sanitize(line);
    host.stderr.write(`${choices[index]?.isFit ? palette.good(shown) : shown}\n`);
  }
  const prompt = `${question}${preferred ? ` [${preferred.name}]` : ""}: `;
  signal.throwIfAborted();
  // The terminal itself edits the line; Ctrl+C stays a signal.
  const reader = createInterface({ input: host.stdin, terminal: false });
  const stop = (): void => reader.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    host.stderr.write(prompt);
    for await (const line of reader) {
      const answer = line.trim();
      const chosen = answer === "" ? preferred : find(answer, choices);
      if (chosen) return chosen;
      host.stderr.write(`${explain(answer, choices)}\n${prompt}`);
    }
    signal.throwIfAborted();
    return null;
  } finally {
    signal.removeEventListener("abort", stop);
    reader.close();
  }
}

function find(answer: string, choices: readonly Choice[]): Choice | null {
  return choices.find(({ name }, index) => name === answer || `${index + 1}` === answer) ?? null;
}

function explain(answer: string, choices: readonly Choice[]): string {
  if (answer === "") return `type a number from 1 to ${choices.length}, or a name`;
  const names = choices.map(({ name }) => name);
  const near = nearest(answer, names);
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `1 to ${choices.length}`;
  return `${sanitize(JSON.stringify(answer))} is none of them: ${hint}`;
}
