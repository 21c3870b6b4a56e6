// `sidelite config set-context NAME`: makes or changes a context; writes what was given and nothing else.
import { setContext } from "../config/context-edits.ts";
import type { ContextFile } from "../config/context-file.ts";
import { readContextValues } from "../config/context-values.ts";
import { currentContextOf, locateContextFile } from "../config/locate.ts";
import { parseName } from "../config/parse-scalar.ts";
import { Invalid } from "../config/spelling.ts";
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { changeContextFile } from "../instance/context-store.ts";

export async function configSetContext({ flags, args }: Input, context: Context): Promise<number> {
  const values = readContextValues(flags, context.host);
  const location = locateContextFile(flags, context.host);
  let name = "";
  let isNew = false;
  let lacksUser = false;
  await changeContextFile(
    location,
    (file) => {
      name = nameOf(args[0], flags["current"] === true, file);
      isNew = !file.contexts.has(name);
      const { user } = values.context;
      lacksUser = typeof user === "string" && !file.users.has(user);
      return setContext(file, name, values);
    },
    context.signals.abort,
  );
  context.report.info(`context "${name}" ${isNew ? "created" : "modified"}`);
  if (isNew) context.report.info(`use it: sidelite config use-context ${name}`);
  if (lacksUser) {
    const remedy = `sidelite config set-credentials ${String(values.context["user"])} --token-stdin`;
    context.report.problem({
      severity: "notice",
      message: "its user has no entry in the file yet",
      remedy,
    });
  }
  return EXIT_CODES.ok.code;
}

function nameOf(given: string | undefined, isCurrent: boolean, file: ContextFile): string {
  if (isCurrent === (given !== undefined)) {
    const message = isCurrent
      ? "a name and --current contradict each other"
      : "the name is missing";
    throw new UserError(
      "usage",
      problem(message, { remedy: "give a context's name, or --current" }),
    );
  }
  const name = given === undefined ? currentContextOf(file) : parseName(given);
  if (typeof name === "string" && name !== "") return name;
  const fault = name instanceof Invalid ? name.message : "current-context is not set";
  throw new UserError("usage", problem(fault, { remedy: "give the context's name" }));
}
