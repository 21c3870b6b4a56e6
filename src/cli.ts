// Builds the command line from the table of verbs and runs the one that was typed.
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { readFileSync } from "node:fs";
import type { Context, Signals } from "./core/context.ts";
import { problem, UserError } from "./core/errors.ts";
import { EXIT_CODES } from "./core/exit-codes.ts";
import type { Host } from "./core/host.ts";
import type { Flag, Verb } from "./verbs/verb.ts";
import { VERBS } from "./verbs/table.ts";

const GROUPS: Readonly<Record<string, string>> = {
  worker: "a worker and its LiteLLM",
  proxy: "a LiteLLM without a worker",
  runtime: "the Python environments",
};

/** Parses `argv` and runs the verb; returns the exit code. Throws UserError for a wrong command line. */
export async function runCli(argv: readonly string[], host: Host, signals: Signals): Promise<number> {
  let code: number = EXIT_CODES.ok.code;
  const program = new Command("sidelite")
    .description("Runs a real LiteLLM beside your agent worker.")
    .version(readVersion(), "--version")
    .enablePositionalOptions()
    .helpCommand(false);
  configure(program, host);
  for (const verb of VERBS) {
    addVerb(program, host, verb, async (flags, args) => {
      const run = await verb.load();
      code = await run({ flags, args }, await createContext(host, signals, flags));
    });
  }
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT_CODES.ok.code;
    const [message, ...hints] = error.message.replace(/^error: /, "").split("\n");
    throw new UserError(
      "usage",
      problem(message === "(outputHelp)" ? "a command is missing" : (message ?? "wrong usage"), {
        remedy: hints.join(" ").replace(/^\((.*)\)$/, "$1") || "see `sidelite --help`",
      }),
      { cause: error },
    );
  }
  return code;
}

function addVerb(
  program: Command,
  host: Host,
  verb: Verb,
  action: (flags: Record<string, string | boolean | string[] | undefined>, args: string[]) => Promise<void>,
): void {
  const [first, second] = verb.name.split(" ");
  const parent = second === undefined ? program : findGroup(program, host, first ?? "");
  const command = parent.command(second ?? first ?? "").description(verb.summary);
  configure(command, host);
  if (verb.args !== undefined) command.argument(verb.args);
  if (verb.passThrough) command.passThroughOptions();
  for (const flag of verb.flags) command.addOption(buildOption(flag));
  command.action(async (...received: unknown[]) => {
    const positional = verb.args === undefined ? [] : [received[0]].flat();
    const args = positional.filter((value): value is string => typeof value === "string");
    await action(command.opts(), args);
  });
}

/** A flag that takes one value may be given once, and never empty. */
function buildOption(flag: Flag): Option {
  const option = new Option(flag.spec, flag.help);
  if (!option.required || option.variadic) return option;
  return option.argParser((value: string, previous: string | undefined) => {
    if (previous !== undefined) throw new InvalidArgumentError("it was given twice.");
    if (value === "") throw new InvalidArgumentError("it is empty.");
    return value;
  });
}

function findGroup(program: Command, host: Host, name: string): Command {
  const existing = program.commands.find((command) => command.name() === name);
  if (existing) return existing;
  const group = program.command(name).description(GROUPS[name] ?? name).helpCommand(false);
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

async function createContext(
  host: Host,
  signals: Signals,
  flags: Record<string, string | boolean | string[] | undefined>,
): Promise<Context> {
  const { createTerminal } = await import("./ui/terminal.ts");
  const verbose = flags["verbose"] === true;
  return {
    host,
    signals,
    verbose,
    yes: flags["yes"] === true || host.stdin.isTTY !== true,
    report: createTerminal(host, { verbose }),
    print: (text) => void host.stdout.write(`${text}\n`),
  };
}

function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
