// `sidelite init`: writes a LiteLLM config to begin with, for one provider or purpose.
import { join } from "node:path";
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { lookUp } from "../core/references.ts";
import type { Credentials, Offer } from "../instance/init-credentials.ts";
import { findCredentials, readOffers } from "../instance/init-credentials.ts";
import { renderTemplate, writeConfigFile } from "../instance/init-file.ts";
import type { Template } from "../instance/init-templates.ts";
import { findTemplate } from "../instance/init-templates.ts";
import { choose } from "../ui/choose.ts";
import { renderTable } from "../ui/table.ts";

const SCHEMA_VERSION = 1;

export async function init({ flags, args }: Input, context: Context): Promise<number> {
  const { host } = context;
  const [name] = args;
  if (flags["list"] === true) {
    const all = await readOffers(context.host);
    context.print(flags["json"] === true ? renderJson(all) : renderList(all));
    return EXIT_CODES.ok.code;
  }
  const template = name === undefined ? await ask(context) : await findTemplate(name);
  const text = renderTemplate(template, host.cwd);
  if (flags["print"] === true) {
    context.print(text.trimEnd());
    return EXIT_CODES.ok.code;
  }
  const file = `litellm_${template.name}.yaml`;
  await writeConfigFile(join(host.cwd, file), text, flags["force"] === true);
  context.print(`./${file}`);
  explainNext(file, await findCredentials(template, host), context);
  return EXIT_CODES.ok.code;
}

function renderJson(all: readonly Offer[]): string {
  const templates = all.map(({ name, title, variables, credentials }) => {
    return { name, title, variables, unset: credentials.unset, found: credentials.found };
  });
  return JSON.stringify({ schemaVersion: SCHEMA_VERSION, templates }, null, 2);
}

function renderList(all: readonly Offer[]): string {
  const rows = all.map(({ name, title, credentials }) => [name, title, credentials.text]);
  return renderTable(["TEMPLATE", "FOR", "HERE"], rows);
}

/** Throws UserError("usage") with the list where nobody can be asked. */
async function ask(context: Context): Promise<Template> {
  const { host, signals, yes } = context;
  const all = await readOffers(context.host);
  const choices = all.map((each) => ({
    ...each,
    note: each.credentials.text,
    isFit: each.credentials.found,
  }));
  const isAttended = !yes && host.stderr.isTTY === true;
  const chosen = isAttended ? await choose("template", choices, host, signals.abort) : null;
  const template = all.find(({ name }) => name === chosen?.name);
  if (template) return template;
  const list = renderList(all).replaceAll("\n", "\n  ");
  const remedy = "name one: sidelite init TEMPLATE";
  throw new UserError("usage", problem(`no template is named:\n  ${list}`, { remedy }));
}

function explainNext(file: string, { unset }: Credentials, { host, report }: Context): void {
  if (unset.length > 0) report.info(`not set yet: ${unset.join(", ")}`);
  const isKubiya = lookUp(host.env, "KUBIYA_API_KEY") !== null;
  const start = isKubiya ? "worker start --queue-id=QUEUE" : "run";
  report.info(
    `next: sidelite ${start} --proxy-config-file=./${file}${isKubiya ? "" : " -- COMMAND"}`,
  );
}
