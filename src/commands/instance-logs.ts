// `sidelite worker|proxy logs`: what an instance's log holds, also after its end, and what comes.
import { once } from "node:events";
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { resolveHome } from "../config/home.ts";
import type { Group } from "../instance/choose-instance.ts";
import { chooseInstance } from "../instance/choose-instance.ts";
import type { FoundInstance } from "../instance/find-instances.ts";
import { findInstance, listInstances } from "../instance/find-instances.ts";
import { createLogFilter, parseLogQuery } from "../instance/log-filter.ts";
import { createPartJoiner } from "../instance/join-parts.ts";
import { followLog, readLog } from "../instance/read-log.ts";
import { instancePaths } from "../state/paths.ts";
import { sanitize } from "../ui/sanitize.ts";

/** As tail(1). */
const FOLLOWED_TAIL = 10;

export async function instanceLogs(
  group: Group,
  { flags, args }: Input,
  { host, report, signals }: Context,
): Promise<number> {
  const follow = flags["follow"] === true;
  const query = parseLogQuery(flags, host.now());
  const running = await chooseInstance({ flags, args, group: null }, host);
  const found = running ?? (follow ? null : await findLatest(host));
  if (found === null) {
    report.info("nothing is running");
    return EXIT_CODES.failed.code;
  }
  const home = resolveHome(host).dir;
  const paths = instancePaths(home, found.name, host.env);
  const path = group === "worker" ? paths.workerLog : paths.proxyLog;
  if (group === "worker" && found.record?.kind !== undefined && found.record.kind !== "worker") {
    const remedy = `see sidelite proxy logs ${found.name}`;
    throw new UserError("usage", problem(`${found.name} has no worker.log`, { remedy }));
  }
  const parts = createPartJoiner();
  const write = async (text: string): Promise<void> => {
    if (text === "") return;
    const bytes = Buffer.from(text, "latin1");
    const shown = host.stdout.isTTY === true ? sanitize(bytes.toString()) : bytes;
    if (!host.stdout.write(shown)) await once(host.stdout, "drain", { signal: signals.abort });
  };
  const passes = createLogFilter(query);
  const wanted = query.tail ?? (follow && query.since === null ? FOLLOWED_TAIL : null);
  const { lines, position } = await readLog(path, passes, wanted);
  if (position === null && lines.length === 0) report.info(`there is no log yet: ${path}`);
  for (const line of lines) await write(parts.next(line));
  if (!follow) {
    await write(parts.end());
    return EXIT_CODES.ok.code;
  }
  const isOver = async (): Promise<boolean> =>
    (await findInstance(home, found.name, host))?.runs !== true;
  for await (const line of followLog(path, position, isOver, signals.abort)) {
    if (passes(line)) await write(parts.next(line));
  }
  await write(parts.end());
  return EXIT_CODES.ok.code;
}

/** The one that was started last: its log is asked for after it has ended. */
async function findLatest(host: Context["host"]): Promise<FoundInstance | null> {
  const all = await listInstances(resolveHome(host).dir, host);
  const started = ({ record }: FoundInstance): string => record?.startedAt ?? "";
  return all.toSorted((a, b) => started(b).localeCompare(started(a)))[0] ?? null;
}
