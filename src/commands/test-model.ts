// `sidelite test MODEL`: one real completion through a running instance, or one made for it.
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { loadPlan } from "../instance/plan.ts";
import { reachInstance } from "../instance/reach.ts";
import { withTemporaryGateway } from "../instance/temporary-gateway.ts";
import type { Trial } from "../instance/try-model.ts";
import { tryModel } from "../instance/try-model.ts";
import { confirm } from "../ui/confirm.ts";
import { renderSeconds } from "../ui/units.ts";

const SCHEMA_VERSION = 1;

export async function testModel({ flags, args }: Input, context: Context): Promise<number> {
  const { host, report, signals } = context;
  const [model = ""] = args;
  const running = await reachInstance(flags, host);
  // What is wrong with the configuration is told before anybody is asked.
  const loaded = running
    ? null
    : await loadPlan({ ...flags, model }, { command: "proxy", kubiyaWorker: false }, context);
  await agree(model, flags["yes"] === true, context);
  const attempt = (at: { url: string; key: string }, signal: AbortSignal): Promise<Trial> =>
    tryModel(at, model, host, signal);
  if (running) report.info(`asking ${running.name} at ${running.url}`);
  const trial =
    loaded === null
      ? running && (await attempt(running, signals.abort))
      : await withTemporaryGateway(loaded, context, attempt);
  if (trial === null || typeof trial === "number") return trial ?? EXIT_CODES.failed.code;
  return tell(trial, flags["json"] === true, context);
}

/** Throws UserError("usage") where nobody can be asked: a script agrees to a bill by --yes alone. */
async function agree(model: string, isAgreed: boolean, { host, signals }: Context): Promise<void> {
  if (isAgreed) return;
  const question = `send one short request to ${model}? Its provider may bill it`;
  const isAttended = host.stdin.isTTY === true && host.stderr.isTTY === true;
  if (isAttended && (await confirm(question, host, signals.abort))) return;
  const message = isAttended
    ? "nothing was sent"
    : "one request, which may be billed, is not agreed to";
  throw new UserError(
    isAttended ? "failed" : "usage",
    problem(message, { remedy: "add --yes to send it" }),
  );
}

function tell(trial: Trial, isJson: boolean, context: Context): number {
  const isFine = trial.status >= 200 && trial.status < 300;
  const code = isFine ? EXIT_CODES.ok.code : EXIT_CODES.failed.code;
  if (isJson) {
    context.print(JSON.stringify({ schemaVersion: SCHEMA_VERSION, ok: isFine, ...trial }, null, 2));
    return code;
  }
  const { model, status, ms, text, servedBy, tokens, cost } = trial;
  if (!isFine) {
    throw new UserError(
      "failed",
      problem(`${model} answered ${status} after ${renderSeconds(ms)}: ${text}`, {
        remedy: "see the log: sidelite proxy logs, or sidelite worker logs",
      }),
    );
  }
  context.print(text.trim());
  const facts = [
    servedBy === null ? [] : [`from ${servedBy}`],
    tokens === null ? [] : [`${tokens} tokens`],
    cost === null ? [] : [`$${cost}`],
  ].flat();
  context.report.info([`${model} answered in ${renderSeconds(ms)}`, ...facts].join(", "));
  return code;
}
