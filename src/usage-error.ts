// Says in sidelite's words what commander found wrong with the command line; repeats no value, which may be a secret.
import type { Problem } from "./core/errors.ts";
import { problem, UserError } from "./core/errors.ts";

/** As a CommanderError has it. */
interface Complaint {
  readonly code: string;
  readonly message: string;
}

/** Flags that other programs have. */
const INSTEAD: Readonly<Record<string, string>> = {
  "--api-key": "set KUBIYA_API_KEY: other users can read a command line",
  "--token": "set KUBIYA_API_KEY, or `sidelite config set-credentials NAME --token-stdin`",
  "--host": "leave it out: sidelite serves this machine alone",
  "--port": "use --proxy-port",
};

const KEY_OF_PROVIDER = "use --api-key-env NAME: other users can read a command line";

/** `command` is how the verb is typed, `sidelite worker start`. */
export function describeUsage({ code, message }: Complaint, command: string): Problem {
  const [line = "", ...hints] = message.replace(/^error: /, "").split("\n");
  const what = line.replace(/\.$/, "");
  const help = `see \`${command} --help\``;
  const near = /^\(Did you mean (.*)\?\)$/.exec(hints.join(" "))?.[1];
  const remedy = near === undefined ? help : `did you mean ${near}?`;
  const quoted = /'([^']*)'/.exec(line)?.[1] ?? "";
  switch (code) {
    case "commander.help":
      return problem("a command is missing", { remedy: help });
    case "commander.unknownOption": {
      const [flag = ""] = quoted.split("=");
      return problem("unknown option", {
        place: { source: flag },
        remedy: isProviderKey(flag, command) ? KEY_OF_PROVIDER : (INSTEAD[flag] ?? remedy),
      });
    }
    case "commander.optionMissingArgument":
      return missingValue(quoted);
    default:
      return problem(what === "" ? "wrong usage" : what, { remedy });
  }
}

function isProviderKey(flag: string, command: string): boolean {
  return flag === "--api-key" && command.startsWith("sidelite provider ");
}

/** The value of a flag that takes one; `spec` is `--model <name>`. Throws UserError("usage"). */
export function checkFlagValue(spec: string, value: string, previous: string | undefined): string {
  const place = { source: nameOf(spec) };
  const refuse = (found: Problem): never => {
    throw new UserError("usage", found);
  };
  if (previous !== undefined) {
    refuse(problem("it is given twice", { place, remedy: "keep one of them" }));
  }
  if (value === "") refuse(problem("the value is empty", { place, remedy: "give a value" }));
  if (value.startsWith("--")) refuse(missingValue(spec));
  return value;
}

function missingValue(spec: string): Problem {
  const remedy = `write ${spec.replace(/^-\w, /, "").replace(" ", "=")}`;
  return problem("the value is missing", { place: { source: nameOf(spec) }, remedy });
}

function nameOf(spec: string): string {
  return /--[\w-]+/.exec(spec)?.[0] ?? spec;
}
