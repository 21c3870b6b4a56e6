// `sidelite provider add NAME`: a block under `sidelite.providers` of the configuration file, which is made if need be.
import type { Context, Input } from "../core/context.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { createDirect } from "../instance/create-direct.ts";
import { freePath } from "../instance/direct-paths.ts";
import { findSource, openDirect } from "../instance/direct-source.ts";
import { changeDirect } from "../instance/edit-direct.ts";
import { readProviderFields } from "../instance/provider-fields.ts";
import { isMissing } from "../instance/read-litellm.ts";
import { readFormat, renderData } from "../ui/output-format.ts";

export async function providerAdd({ flags, args }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json"]);
  const [name = ""] = args;
  const fields = Object.fromEntries(readProviderFields(flags));
  const { source } = await findSource(flags, context);
  if (await isMissing(source)) {
    await createDirect(source, { sidelite: { providers: { [name]: fields } } }, context);
  } else {
    const opened = await openDirect(flags, context, "change");
    const path = freePath(opened, "providers", name);
    await changeDirect(opened, [{ kind: "set", path, value: fields }], context);
  }
  if (format === "json") context.print(renderData({ provider: name, changed: true }, "json"));
  else {
    context.report.info(`provider "${name}" added`);
    context.report.info(`try it: sidelite provider test ${name}`);
  }
  return EXIT_CODES.ok.code;
}
