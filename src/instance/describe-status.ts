// An instance's status as lines of words for a person.
import type { InstanceStatus, ProxyView, WorkerExit, WorkerView } from "./instance-status.ts";

type Row = readonly [label: string, value: string];

const FILES: Readonly<Record<string, string>> = {
  config: "config file",
  proxyLog: "proxy log",
  workerLog: "worker log",
};
/** In text; JSON has all of them. */
const SHOWN_RESTARTS = 5;

export function describeStatus(status: InstanceStatus): Row[] {
  const { state, pid, daemon, startedAt, url, proxy, worker, joined, config } = status;
  const { files, failure } = status;
  const where = daemon ? "daemon" : "foreground";
  const rows: (Row | null)[] = [
    ["state", pid === null ? state : `${state}, pid ${pid}, ${where}`],
    startedAt === "" ? null : ["started", startedAt],
    failure === null ? null : ["failure", failure],
    url === null ? null : ["gateway", url],
    ...(proxy ? describeProxy(proxy) : []),
    ...(worker ? describeWorker(worker) : []),
    ...joined.map(({ pid: run, program, since }): Row => [
      "joined run",
      `${program}, pid ${run}, since ${since}`,
    ]),
    config?.origin ? ["config from", config.origin] : null,
    config?.context ? ["context", config.context] : null,
    ...(config?.unapplied ?? []).map((file): Row => ["not applied", `${file} has changed since`]),
    ...(config?.pending ?? []).map((text): Row => ["not in force", text]),
    ...Object.entries(files).map(([key, path]): Row => [FILES[key] ?? key, path]),
  ];
  return rows.filter((row) => row !== null);
}

function describeProxy({
  phase,
  generations,
  processes,
  recycled,
  missing,
  models,
  restarts,
  failure,
}: ProxyView): Row[] {
  const shown = generations.map(({ name, status, pid }) => `${name} ${status}, pid ${pid ?? "-"}`);
  const counted = restarts.length > 0 ? `, ${restarts.length} restarts` : "";
  return [
    ["LiteLLM", `${phase}${counted}${failure ? `: ${failure.cause.summary}` : ""}`],
    ...(processes.most > 0 ? [["processes", describeProcesses(processes)] as const] : []),
    ...(recycled > 0 ? [["recycled", `${recycled} times, at the memory limit`] as const] : []),
    ...shown.map((generation): Row => ["generation", generation]),
    ["models", models.length === 0 ? "none" : models.join(", ")],
    ...(missing.length > 0 ? [["missing", missing.join(", ")] as const] : []),
    ...restarts.slice(-SHOWN_RESTARTS).map(({ at, cause }): Row => ["restart", `${at} ${cause}`]),
  ];
}

function describeProcesses({ serving, most, whyOne }: ProxyView["processes"]): string {
  if (whyOne !== null) return `${serving} of 1: ${whyOne}`;
  return `${serving} of up to ${most}, as load asks for`;
}

function describeWorker({ state, pid, restarts, lastExit, environment }: WorkerView): Row[] {
  const counted = restarts > 0 ? `, ${restarts} restarts` : "";
  return [
    ["worker", `${state}${pid === null ? "" : `, pid ${pid}`}${counted}`],
    ...(lastExit ? [["last exit", describeExit(lastExit)] as const] : []),
    ...Object.entries(environment ?? {}).map(([name, value]): Row => ["env", `${name}=${value}`]),
  ];
}

function describeExit({ code, signal, at }: WorkerExit): string {
  return `${signal ?? `exit status ${code}`} at ${at}`;
}
