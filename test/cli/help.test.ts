import { expect, it } from "vitest";
import { VERBS } from "../../src/verbs/table.ts";
import { runCli } from "../fixtures/cli.ts";
import { useHome } from "../fixtures/use-home.ts";

it("shows the text that the build wrote, which is the command line's own", async () => {
  const home = await useHome();
  const built = await runCli(home, ["--help"]);
  const made = await runCli(home, ["-h"]);
  expect(built).toMatchObject({ code: 0, stderr: "" });
  expect(built.stdout).toBe(made.stdout);
  const shown = VERBS.filter(({ hidden }) => hidden !== true).map(({ name }) => name.split(" ")[0]);
  for (const word of shown) expect(built.stdout).toMatch(new RegExp(`^  ${word}\\b`, "m"));
});
