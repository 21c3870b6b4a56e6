// `sidelite worker|proxy stop`: ends instances and waits until nothing of them is left.
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import type { Group } from "../instance/choose-instance.ts";
import { chooseInstance, isOf, listUnended, readName } from "../instance/choose-instance.ts";
import type { FoundInstance } from "../instance/find-instances.ts";
import { stopInstance } from "../instance/stop-instance.ts";

export async function instanceStop(
  group: Group,
  { flags, args }: Input,
  context: Context,
): Promise<number> {
  const { report, signals } = context;
  const chosen = await choose(group, { flags, args }, context);
  if (chosen.length === 0) report.info(`no ${group} is running`);
  const options = { force: flags["force"] === true, signal: signals.abort };
  const outcomes = await Promise.allSettled(
    chosen.map(async (instance) => {
      const stopped = await stopInstance(instance, options);
      report.info(stopped ? `${instance.name} is stopped` : `${instance.name} is not running`);
    }),
  );
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason] : [],
  );
  const unknown: unknown = failures.find((error) => !(error instanceof UserError));
  if (unknown !== undefined) throw unknown;
  const known = failures.filter((error) => error instanceof UserError);
  const [first] = known;
  if (first === undefined) return EXIT_CODES.ok.code;
  throw new UserError(
    first.exit,
    known.flatMap(({ problems }) => problems),
  );
}

async function choose(group: Group, input: Input, { host }: Context): Promise<FoundInstance[]> {
  const name = readName(input);
  if (input.flags["all"] === true) {
    if (name === null) return listUnended(group, host);
    const remedy = "leave out one of the two";
    throw new UserError(
      "usage",
      problem(`--all and the name ${name} contradict each other`, { remedy }),
    );
  }
  const found = await chooseInstance({ ...input, group: name === null ? group : null }, host);
  if (found === null) return [];
  if (group === "proxy" && found.runs && !isOf("proxy", found)) {
    const remedy = `sidelite worker stop ${found.name}`;
    throw new UserError(
      "usage",
      problem(`a worker needs the LiteLLM of ${found.name}`, { remedy }),
    );
  }
  return [found];
}
