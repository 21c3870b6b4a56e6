// Builds the command line from the table of verbs and runs the one that was typed.
import { Command, CommanderError, Option } from "commander";
import { createContext } from "./command-context.ts";
import type { Signals } from "./core/context.ts";
import { UserError } from "./core/errors.ts";
import { EXIT_CODES } from "./core/exit-codes.ts";
import type { Host } from "./core/host.ts";
import { readVersion } from "./platform/version.ts";
import { checkFlagValue, describeUsage } from "./usage-error.ts";
import type { Flag, Verb } from "./verbs/verb.ts";
import { VERBS } from "./verbs/table.ts";

const GROUPS: Readonly<Record<string, string>> = {
  worker: "a worker and its LiteLLM",
  proxy: "a LiteLLM without a worker",
  config: "contexts, credentials, and where settings come from",
  provider: "endpoints that requests go to directly",
  agent: "which agent's model goes where",
  model: "the models of all routes",
  route: "where requests go, and why",
  runtime: "the Python environments",
};

/** Parses `argv` and runs the verb; returns the exit code. Throws UserError for a wrong command line. */
export async function runCli(
  argv: readonly string[],
  host: Host,
  signals: Signals,
): Promise<number> {
  let code: number = EXIT_CODES.ok.code;
  const program = new Command("sidelite")
    .description("Runs a real LiteLLM beside your agent worker.")
    .version(readVersion(), "--version")
    .enablePositionalOptions()
    .helpCommand(false);
  configure(program, host);
  for (const verb of VERBS) {
    // Hundreds of options would cost --help and every verb some milliseconds.
    const flagged = verb.name.split(" ").every((word, index) => argv[index] === word)
      ? verb.flags
      : [];
    addVerb(program, host, { ...verb, flags: flagged }, async (flags, args) => {
      const run = await verb.load();
      code = await run({ flags, args }, await createContext(host, signals, flags));
    });
  }
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT_CODES.ok.code;
    throw new UserError("usage", describeUsage(error, typedCommand(argv)), { cause: error });
  }
  return code;
}

/** `sidelite worker start`: as much of the command line as names a verb or a group of them. */
function typedCommand(argv: readonly string[]): string {
  const [first = "", second = ""] = argv;
  const names = VERBS.map(({ name }) => name);
  const typed = [`${first} ${second}`, first].find((words) =>
    names.some((name) => name === words || name.startsWith(`${words} `)),
  );
  return typed === undefined || first === "" ? "sidelite" : `sidelite ${typed}`;
}

function addVerb(
  program: Command,
  host: Host,
  verb: Verb,
  action: (
    flags: Record<string, string | boolean | string[] | undefined>,
    args: string[],
  ) => Promise<void>,
): void {
  const [first, second] = verb.name.split(" ");
  const parent = second === undefined ? program : findGroup(program, host, first ?? "");
  const command = parent
    .command(second ?? first ?? "", { hidden: verb.hidden === true })
    .description(verb.summary);
  configure(command, host);
  if (verb.args !== undefined) command.arguments(verb.args);
  if (verb.passThrough) command.passThroughOptions();
  for (const flag of verb.flags) command.addOption(buildOption(flag));
  command.action(async (...received: unknown[]) => {
    // After the positional arguments come the options and the command itself.
    const positional = received.slice(0, -2).flat();
    const args = positional.filter((value): value is string => typeof value === "string");
    await action(command.opts(), args);
  });
}

/** A flag that takes one value may be given once, and never empty. */
function buildOption(flag: Flag): Option {
  const option = new Option(flag.spec, flag.help);
  if (!option.required || option.variadic) return option;
  return option.argParser((value: string, previous: string | undefined) =>
    checkFlagValue(flag.spec, value, previous),
  );
}

function findGroup(program: Command, host: Host, name: string): Command {
  const existing = program.commands.find((command) => command.name() === name);
  if (existing) return existing;
  const group = program
    .command(name)
    .description(GROUPS[name] ?? name)
    .helpCommand(false);
  configure(group, host);
  return group;
}

function configure(command: Command, host: Host): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => void host.stdout.write(text),
    writeErr: () => {},
    outputError: () => {},
  });
}
