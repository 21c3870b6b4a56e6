// `sidelite demo`: the whole path on LiteLLM's own mock responses, shown step by step.
import { fileURLToPath } from "node:url";
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { runForeground } from "../instance/foreground.ts";
import { loadPlan } from "../instance/plan.ts";
import { instancePaths } from "../state/paths.ts";
import { recordTimeline } from "../ui/timeline.ts";

const NAME = "demo";
const STEPS = [
  ["gateway.listening", "gateway up"],
  ["worker.started", "worker started"],
  ["proxy.ready", "LiteLLM ready"],
  ["gateway.first-answer", "first answer"],
] as const;
/** Once on a machine, and longer than all the rest: the steps behind it would seem slow without it. */
const INSTALLED = ["runtime.installed", "LiteLLM installed"] as const;

export async function demo(_: Input, context: Context): Promise<number> {
  const { host } = context;
  const timeline = recordTimeline(context.report, host);
  const told = { ...context, report: timeline.report };
  const flags = { proxyConfigFile: shipped("litellm_config.yaml") };
  const instance = { name: NAME, temporary: false };
  const loaded = await loadPlan(flags, { command: "run", kubiyaWorker: false, instance }, told);
  const { config } = loaded;
  context.print(
    "The real LiteLLM, on its own mock responses, answers a worker through sidelite:\n",
  );
  const code = await runForeground(
    {
      ...instance,
      ...loaded,
      // Not waiting shows that a request which comes early is held, not refused.
      worker: {
        command: [process.execPath, shipped("worker.mjs")],
        queueId: null,
        clients: [],
        wait: false,
      },
    },
    told,
  );
  if (context.signals.abort.aborted) return code;
  const missing = STEPS.filter(([event]) => !timeline.has(event));
  if (code !== EXIT_CODES.ok.code || missing.length > 0) {
    const what =
      missing.length > 0 ? `; missing: ${missing.map(([, label]) => label).join(", ")}` : "";
    throw new UserError(
      "failed",
      problem(`the demo failed: its worker ended with exit status ${code}${what}`, {
        remedy: `see ${instancePaths(config.home.dir, NAME, host.env).proxyLog}`,
      }),
    );
  }
  const paths = instancePaths(config.home.dir, NAME, host.env);
  const steps = timeline.has(INSTALLED[0]) ? [INSTALLED, ...STEPS] : STEPS;
  context.print(`\nAfter the start of sidelite:\n${timeline.render(steps)}`);
  context.print(
    `\nFiles:\n  LiteLLM's config  ${paths.configCopy}\n  its log           ${paths.proxyLog}`,
  );
  context.print(`\nNext: sidelite run --proxy-config-file ./litellm_config.yaml -- your-agent`);
  return EXIT_CODES.ok.code;
}

function shipped(name: string): string {
  return fileURLToPath(new URL(`../../templates/demo/${name}`, import.meta.url));
}
