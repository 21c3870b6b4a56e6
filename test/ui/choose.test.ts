// Choosing at a terminal: what is shown, and what each kind of answer does.
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { Choice } from "../../src/ui/choose.ts";
import { choose } from "../../src/ui/choose.ts";

const CHOICES: readonly Choice[] = [
  { name: "first", title: "the first", note: "needs A", isFit: false },
  { name: "second", title: "the second", note: "found B", isFit: true },
  { name: "third", title: "the third", note: "found C", isFit: true },
];

async function ask(input: string, choices: readonly Choice[] = CHOICES) {
  const stdin = new PassThrough();
  const stderr = new PassThrough();
  stdin.end(input);
  const host = { env: {}, stdin, stderr };
  const chosen = await choose("which", choices, host, new AbortController().signal);
  stderr.end();
  return { chosen: chosen?.name ?? null, shown: await text(stderr) };
}

describe("choose", () => {
  it("shows all with numbers, marks what fits, and offers the first such", async () => {
    const { shown } = await ask("\n");
    expect(shown.split("\n")).toEqual([
      "     1   first    the first    needs A",
      "*    2   second   the second   found B",
      "*    3   third    the third    found C",
      "which [second]: ",
    ]);
  });

  it.each([
    ["3\n", "third"],
    [" first \n", "first"],
    ["\n", "second"],
    ["4\n0\nthrid\n1\n", "first"],
    ["first", "first"],
    ["", null],
    ["nothing of them\n", null],
  ])("takes %j as %s", async (input, expected) => {
    expect((await ask(input)).chosen).toBe(expected);
  });

  it("explains and asks again", async () => {
    expect((await ask("thrid\n1\n")).shown).toContain(
      '"thrid" is none of them: did you mean third?\nwhich [second]: ',
    );
    expect((await ask("9\n\n")).shown).toContain('"9" is none of them: 1 to 3\n');
    expect((await ask("\u001b[2J\n\n")).shown).not.toContain("\u001b");
  });

  it("offers nothing when nothing fits", async () => {
    const { chosen, shown } = await ask(
      "\n2\n",
      CHOICES.map((each) => ({ ...each, isFit: false })),
    );
    expect(shown).toContain("which: type a number from 1 to 3, or a name\nwhich: ");
    expect(chosen).toBe("second");
  });

  it("ends with the signal's reason when it is aborted", async () => {
    const abort = new AbortController();
    const stderr = new PassThrough();
    const asked = choose(
      "which",
      CHOICES,
      { env: {}, stdin: new PassThrough(), stderr },
      abort.signal,
    );
    const reason = new Error("Ctrl+C");
    abort.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });
});
