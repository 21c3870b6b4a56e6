// `sidelite worker|proxy status`: one instance as it is now; exit 1 where it does not run.
import type { Context, Input } from "../core/context.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import type { Group } from "../instance/choose-instance.ts";
import { chooseInstance, readName } from "../instance/choose-instance.ts";
import { describeStatus } from "../instance/describe-status.ts";
import { readStatus } from "../instance/read-status.ts";
import { renderTable } from "../ui/table.ts";

const SCHEMA_VERSION = 1;
const RUNNING: ReadonlySet<string> = new Set(["starting", "running", "stopping"]);

export async function instanceStatus(
  group: Group,
  { flags, args }: Input,
  context: Context,
): Promise<number> {
  const { host, report } = context;
  const isNamed = readName({ args, flags }) !== null;
  const found = await chooseInstance({ flags, args, group: isNamed ? null : group }, host);
  const json = flags["json"] === true;
  if (found === null) {
    if (json)
      context.print(JSON.stringify({ schemaVersion: SCHEMA_VERSION, instance: null }, null, 2));
    else report.info(`no ${group} is running`);
    return EXIT_CODES.failed.code;
  }
  const instance = await readStatus(found, { environment: flags["env"] === true });
  if (json) context.print(JSON.stringify({ schemaVersion: SCHEMA_VERSION, instance }, null, 2));
  else context.print(renderTable([instance.name, ""], describeStatus(instance)));
  return RUNNING.has(instance.state) ? EXIT_CODES.ok.code : EXIT_CODES.failed.code;
}
