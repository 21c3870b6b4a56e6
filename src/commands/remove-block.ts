// `sidelite provider rm NAME` and `sidelite agent rm NAME`: removes a block; refused while others need it.
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { blockPath } from "../instance/direct-paths.ts";
import { openDirect } from "../instance/direct-source.ts";
import { changeDirect } from "../instance/edit-direct.ts";
import { readFormat, renderData } from "../ui/output-format.ts";

export async function removeBlock(
  kind: "provider" | "agent",
  { flags, args }: Input,
  context: Context,
): Promise<number> {
  const format = readFormat(flags, ["json"]);
  const [name = ""] = args;
  const opened = await openDirect(flags, context, "change");
  const path = blockPath(opened, `${kind}s`, name);
  const users = opened.config.agents
    .filter(({ parent, provider }) => name === (kind === "agent" ? parent : provider?.name))
    .map((agent) => agent.name);
  if (users.length > 0) {
    const message = `the ${kind} ${name} is needed by: ${users.join(", ")}`;
    const remedy = users.map((user) => `sidelite agent rm ${user}`).join("; ");
    throw new UserError("usage", problem(message, { remedy }));
  }
  await changeDirect(opened, [{ kind: "remove", path }], context);
  if (format === "json") context.print(renderData({ [kind]: name, removed: true }, "json"));
  else context.report.info(`${kind} "${name}" removed`);
  return EXIT_CODES.ok.code;
}
