// `sidelite worker|proxy list`: every instance of this home and its state.
import { resolveHome } from "../config/home.ts";
import type { Context, Input } from "../core/context.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import type { Group } from "../instance/choose-instance.ts";
import { isOf } from "../instance/choose-instance.ts";
import { listInstances } from "../instance/find-instances.ts";
import { readStatus } from "../instance/read-status.ts";
import { renderTable } from "../ui/table.ts";

const SCHEMA_VERSION = 1;

export async function instanceList(
  group: Group,
  { flags }: Input,
  context: Context,
): Promise<number> {
  const { host } = context;
  const all = await listInstances(resolveHome(host).dir, host);
  const found = all.filter((each) => isOf(group, each));
  const instances = await Promise.all(found.map((each) => readStatus(each)));
  if (flags["json"] === true) {
    context.print(JSON.stringify({ schemaVersion: SCHEMA_VERSION, instances }, null, 2));
    return EXIT_CODES.ok.code;
  }
  const rows = instances.map(({ name, state, pid, url, proxy, worker }) => [
    name,
    state,
    pid === null ? "-" : `${pid}`,
    url ?? "-",
    proxy?.phase ?? "-",
    worker?.state ?? "-",
  ]);
  if (rows.length > 0)
    context.print(renderTable(["NAME", "STATE", "PID", "URL", "LITELLM", "WORKER"], rows));
  return EXIT_CODES.ok.code;
}
