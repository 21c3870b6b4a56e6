// What a person sees while an environment is made: the step, how far it is, how long it takes.
import { readdir } from "node:fs/promises";
import type { Progress } from "../core/report.ts";

export interface BuildProgress {
  /** "verifying" */
  step(text: string): void;
  /** A line of the installer's output. */
  line(text: string): void;
  stop(): void;
}

const EVERY_MS = 500;
/** uv: "Downloading litellm (35.1MiB)"; pip: "Downloading litellm-1.106.2-...whl (36.8 MB)". */
const DOWNLOADING = /^\s*Downloading ([A-Za-z0-9._]+)\S* \(([\d.]+ ?[kKMG]i?B)\)/;

export function showProgress(
  progress: Progress,
  options: { readonly title: string; readonly sitePackages: string; readonly packages: number },
): BuildProgress {
  const { title, sitePackages, packages } = options;
  const started = performance.now();
  let step = "";
  let installing = false;

  const show = async (): Promise<void> => {
    const installed = installing ? await countPackages(sitePackages) : 0;
    const doing = installed === 0 ? step : `${installed} of about ${packages} packages`;
    const seconds = Math.round((performance.now() - started) / 1000);
    progress.update(`installing ${title}: ${doing}, ${seconds} s`);
  };
  const timer = setInterval(() => void show(), EVERY_MS);
  return {
    step: (text) => {
      step = text;
      installing = text === "downloading";
      void show();
    },
    line: (text) => {
      const [, name, size] = DOWNLOADING.exec(text) ?? [];
      if (name !== undefined) step = `downloading ${name} (${size})`;
    },
    stop: () => clearInterval(timer),
  };
}

async function countPackages(sitePackages: string): Promise<number> {
  const names = await readdir(sitePackages).catch(() => []);
  return names.filter((name) => name.endsWith(".dist-info")).length;
}
