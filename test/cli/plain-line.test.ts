import * as fc from "fast-check";
import { expect, it, vi } from "vitest";

import { runCli } from "../../src/cli.ts";
import type { Input } from "../../src/core/context.ts";
import { parsePlainLine } from "../../src/plain-line.ts";
import { SHORT_VERBS } from "../../src/short-line.ts";
import { VERBS } from "../../src/verbs/table.ts";
import { createSandbox } from "../config/support.ts";

const WORDS = `q a-b -x - -- --json --json=1 --env --all --force --name --name=q --name=a=b --name=
  --queue-id --queue-id=q --verbose --yes --unset --shell --shell=zsh --client --client=openai openai
  -f --follow --tail=3 -n 3 --since --nmae --no-json --__proto__ --to-string -d`.split(/\s+/);

const never = new AbortController().signal;
const signals = { abort: never, force: never, received: () => null, divert: () => () => {} };

/** What commander makes of a line; null: it is wrong. */
async function askCommander(
  argv: readonly string[],
): Promise<{ name: string; input: Input } | null> {
  let seen: { name: string; input: Input } | null = null;
  const spies = VERBS.map((verb) => {
    const run = (input: Input): Promise<number> => {
      seen = { name: verb.name, input };
      return Promise.resolve(0);
    };
    return vi.spyOn(verb, "load").mockResolvedValue(run);
  });
  const sandbox = await createSandbox();
  await runCli(argv, sandbox.host(), signals).catch(() => null);
  for (const spy of spies) spy.mockRestore();
  return seen;
}

it("understands the plain lines of a running instance's verbs", () => {
  const parsed = (line: string) => parsePlainLine(line.split(" "), SHORT_VERBS);
  expect(parsed("worker status")?.input).toEqual({ flags: {}, args: [] });
  expect(parsed("proxy list --json")?.verb.name).toBe("proxy list");
  const shell = parsed("env q --shell fish --unset --name=q");
  expect(shell?.input).toEqual({ flags: { shell: "fish", unset: true, name: "q" }, args: ["q"] });
  for (const left of [
    "worker",
    "worker start",
    "worker status --jsn",
    "env a b",
    "env --client x",
    "worker logs -f",
    "doctor",
    "worker list q",
    "worker status --help",
    "worker status -- q",
  ])
    expect(parsed(left)).toBeNull();
});

it(
  "makes of every line what commander makes of it, or leaves it",
  { timeout: 60_000 },
  async () => {
    const verb = fc.constantFrom(...SHORT_VERBS.map(({ name }) => name.split(" ")));
    const words = fc.array(fc.constantFrom(...WORDS), { maxLength: 4 });
    let understood = 0;
    await fc.assert(
      fc.asyncProperty(verb, words, async (name, rest) => {
        const argv = [...name, ...rest];
        const plain = parsePlainLine(argv, SHORT_VERBS);
        if (plain === null) return;
        understood += 1;
        const { input } = plain;
        expect(await askCommander(argv)).toEqual({ name: plain.verb.name, input });
      }),
      { numRuns: 300 },
    );
    expect(understood).toBeGreaterThan(20);
  },
);
