// Lets a running instance take over what changes: when `reload` asks, when a file or the queue's settings did.
import { basename } from "node:path";
import type { Context } from "../core/context.ts";
import type { Scope } from "../core/scope.ts";
import type { ForegroundPlan } from "./foreground.ts";
import { InForce } from "./in-force.ts";
import type { Journal } from "./journal.ts";
import type { Life } from "./life.ts";
import { ChangeTeller } from "./tell-change.ts";
import { watchFiles } from "./watch-files.ts";
import { watchQueue } from "./watch-queue.ts";

export async function followChanges(
  scope: Scope,
  life: Life,
  { config, prepared, settings }: ForegroundPlan,
  journal: Journal,
  { host, report }: Context,
): Promise<void> {
  const readConfig = settings?.read ?? (async () => config);
  const { serving } = life;
  let reload: (() => Promise<string>) | null = null;
  let stop = async (): Promise<void> => {};
  if (serving !== null && prepared !== null) {
    const parts = { started: config, readConfig, serving, journal, host };
    const inForce = await InForce.start(parts, { config, prepared });
    stop = () => inForce.stop();
    reload = () => takeOver(life, inForce, true);
    life.inForce = inForce;
    life.reload = async () => {
      await askQueue(scope, settings, report);
      return takeOver(life, inForce, false);
    };
    const teller = new ChangeTeller(report);
    const onChange = (files: readonly string[]): Promise<void> =>
      teller.apply(files.map((file) => basename(file)).join(", "), () =>
        takeOver(life, inForce, true),
      );
    watchFiles(scope, inForce, onChange);
  }
  if (settings?.queue) watchQueue(scope, { source: settings.queue, readConfig, reload, report });
  // Released first: who waits for a reload that is under way waits no longer.
  scope.defer("reload", () => stop());
}

async function takeOver(life: Life, inForce: InForce, isUnasked: boolean): Promise<string> {
  const done = await inForce.reload(isUnasked);
  life.comeBackIfFailed();
  return done;
}

/** Who asks for a reload means the queue's settings as well; those of before do where they cannot be had. */
async function askQueue(
  { abort }: Scope,
  settings: ForegroundPlan["settings"],
  report: Context["report"],
): Promise<void> {
  if (!settings?.queue?.isAsked()) return;
  const found = await settings.queue.refresh(abort);
  if (found.kind !== "failed") return;
  for (const one of found.error.problems) report.problem({ ...one, severity: "warning" });
}
