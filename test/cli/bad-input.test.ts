import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { expect, it } from "vitest";

import type { CliResult } from "../fixtures/cli.ts";
import { runCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { useHome } from "../fixtures/use-home.ts";
import { ACCEPTED, CONTEXTS, ENVIRONMENT } from "./bad-input/environment.ts";
import { BYTES, PATHS } from "./bad-input/files.ts";
import { FLAGS, QUEUES } from "./bad-input/flags.ts";
import { MODELS } from "./bad-input/litellm-config.ts";
import type { BadInput } from "./bad-input/row.ts";
import { SYNTAX } from "./bad-input/syntax.ts";

const GROUPS = {
  flags: FLAGS,
  queues: QUEUES,
  paths: PATHS,
  bytes: BYTES,
  syntax: SYNTAX,
  models: MODELS,
  environment: ENVIRONMENT,
  accepted: ACCEPTED,
  contexts: CONTEXTS,
};
/** At a time: more only wait for each other. */
const LANES = 2;

/** Every message is in messages/ as the user reads it: a change of it is seen there (`vitest run -u` writes it). */
it.each(Object.entries(GROUPS))("%s: says what, where and how to mend it", async (group, rows) => {
  const home = await useHome();
  const texts: string[] = [];
  const pending = [...rows.entries()];
  const work = async (): Promise<void> => {
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      const [index, row] = next;
      texts[index] = await tryRow(home, String(index), row);
    }
  };
  await Promise.all(Array.from({ length: LANES }, work));
  await expect(texts.join("\n")).toMatchFileSnapshot(`bad-input/messages/${group}.txt`);
});

async function tryRow(home: TestHome, id: string, row: BadInput): Promise<string> {
  const user = join(home.dir, "rows", id);
  const cwd = join(user, "cwd");
  const contextFile = join(user, ".kubiya/config");
  await mkdir(cwd, { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(row.files ?? {})) {
    const path = name === "~config" ? contextFile : join(cwd, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, content, { mode: 0o600 });
  }
  await row.prepare?.({ cwd, contextFile });
  const before = await listAll(user);
  const { input = "" } = row;
  const result = await runCli(home, row.args, { cwd, input, env: { HOME: user, ...row.env } });
  check(row, result);
  if (row.code !== 0) {
    expect({ row: row.name, left: await listAll(user) }).toEqual({ row: row.name, left: before });
  }
  const said = `${result.stderr}${result.stdout}`.replaceAll(user, "~");
  return `=== ${row.name} (${row.code})\n${said}`;
}

function check(row: BadInput, { code, stdout, stderr }: CliResult): void {
  const { name } = row;
  expect({ name, code, stderr }).toMatchObject({ name, code: row.code });
  const errors = stderr.split("\n").filter((line) => line.startsWith("sidelite: error: "));
  expect({ name, hasError: errors.length > 0 }).toEqual({ name, hasError: row.code !== 0 });
  // A message without a remedy is half a message.
  expect({ name, remedy: row.code === 0 || /\n {2}fix: \S/.test(stderr) }).toEqual({
    name,
    remedy: true,
  });
  if (row.code !== 0) expect({ name, stdout }).toEqual({ name, stdout: "" });
  expect(stderr).not.toMatch(/\n {4}at |a bug in sidelite/);
  // oxlint-disable-next-line no-control-regex -- no escape sequence of the input reaches the terminal
  expect(stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  if (row.hides !== undefined) expect(stdout + stderr).not.toContain(row.hides);
}

async function listAll(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).toSorted();
}
