import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";

import type { Child, ChildSpec } from "../../src/platform/spawn.ts";
import { spawnChild } from "../../src/platform/spawn.ts";
import { checkCommand } from "../../src/platform/spawn-problem.ts";
import { until } from "../fixtures/poll.ts";
import { readStat } from "../fixtures/proc.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { userErrorOf } from "../fixtures/user-error.ts";

const ENV = { PATH: "/usr/bin:/bin" };

async function start(script: string, change: Partial<ChildSpec> = {}): Promise<Child> {
  const child = await spawnChild({
    file: "sh",
    args: ["-c", script],
    env: ENV,
    stdio: ["ignore", "pipe", "pipe"],
    ownGroup: true,
    ...change,
  });
  onTestFinished(() => void (child.ownGroup ? child.killGroup("SIGKILL") : child.kill("SIGKILL")));
  return child;
}

async function textOf(stream: Readable | null): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}

describe("spawnChild", () => {
  it("gives the whole environment and nothing else", async () => {
    const env = { PATH: "/usr/bin:/bin", EMPTY: "" };
    const child = await start("", { file: "env", args: [], env });
    expect((await textOf(child.stdout)).trim().split("\n").toSorted()).toEqual([
      "EMPTY=",
      `PATH=${env.PATH}`,
    ]);
  });

  it("tells the code or the signal, at its end although a grandchild holds its pipes", async () => {
    const code = await start("sleep 30 & exit 42");
    const started = performance.now();
    expect(await code.exited).toEqual({ code: 42, signal: null });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(code.status()).toEqual({ code: 42, signal: null });
    const signal = await start("kill -SEGV $$");
    expect(await signal.exited).toEqual({ code: null, signal: "SIGSEGV" });
    expect(signal.kill("SIGTERM")).toBe(false);
  });

  it("carries both directions on descriptors beyond the first three", async () => {
    const stdio = ["ignore", "ignore", "inherit", "pipe", "pipe"] as const;
    const child = await start('read -r line <&3; echo "got $line" >&3; cat <&4 >&3', { stdio });
    child.stdio[3]?.write("an order\n");
    child.stdio[4]?.end("end of life");
    expect(child.stdio.map((stream) => stream !== null)).toEqual([false, false, false, true, true]);
    expect(await textOf(child.stdio[3] ?? null)).toBe("got an order\nend of life");
  });

  it("puts a child with its own group into its own session, and any other into ours", async () => {
    const apart = await start("sleep 30");
    const together = await start("sleep 30", { ownGroup: false });
    expect(readStat(apart.pid)?.group).toBe(apart.pid);
    expect(readStat(together.pid)?.group).toBe(readStat(process.pid)?.group);
    expect(() => together.killGroup("SIGKILL")).toThrow(/no group/);
  });

  it("kills the group after its leader's end, and knows when nobody is left", async () => {
    const child = await start("sleep 30 & echo $!");
    const grandchild = Number(await firstLine(child));
    await child.exited;
    expect(child.killGroup(0)).toBe(true);
    expect(child.killGroup("SIGKILL")).toBe(true);
    await until(() => !isAlive(grandchild), { what: "the grandchild's end" });
    const alone = await start("exit 0");
    await alone.exited;
    expect(alone.killGroup("SIGKILL")).toBe(false);
  });
});

describe("what cannot be started", () => {
  it.each<[string, Partial<ChildSpec>, string, RegExp]>([
    [
      "a missing command",
      { file: "no-such-command" },
      "notFound",
      /command not found: no-such-command/,
    ],
    ["a missing path", { file: "./none" }, "notFound", /command not found: \.\/none/],
    ["a folder", { file: "/tmp" }, "cannotRun", /\/tmp is a folder/],
    [
      "a file without permission",
      { file: "/etc/passwd" },
      "cannotRun",
      /\/etc\/passwd is not executable/,
    ],
    [
      "a missing folder to start in",
      { cwd: "/no/such/folder" },
      "machine",
      /folder \/no\/such\/folder does not exist/,
    ],
    [
      "a long variable",
      { env: { ...ENV, BIG: "z".repeat(140_000) } },
      "usage",
      /the variable BIG has 140000 bytes, the system allows 131072/,
    ],
    [
      "a long argument",
      { args: ["-c", "y".repeat(131_072)] },
      "usage",
      /argument 2 has 131072 bytes/,
    ],
    ["too much in all", { env: manyVariables(60) }, "usage", /arguments and environment together/],
  ])("%s is named", async (_, change, exit, message) => {
    const error = await userErrorOf(start("", change));
    expect(error).toMatchObject({ exit });
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain("zzz");
  });

  it("names a missing interpreter, and runs a script without one as a shell does", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "broken"), "#!/no/such/interpreter\n", { mode: 0o755 });
    await writeFile(join(folder, "plain"), "exit 3\n", { mode: 0o755 });
    const error = await userErrorOf(start("", { file: join(folder, "broken"), args: [] }));
    expect(error).toMatchObject({ exit: "cannotRun", exitCode: 126 });
    expect(error.message).toMatch(/interpreter cannot be started/);
    expect(await (await start("", { file: join(folder, "plain"), args: [] })).exited).toMatchObject(
      { code: 3 },
    );
  });

  it("is found out before anything is started", async () => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, "bin"));
    await writeFile(join(cwd, "bin", "tool"), "", { mode: 0o644 });
    await expect(checkCommand({ file: "sh", env: ENV, cwd })).resolves.toBeUndefined();
    const missing = await userErrorOf(checkCommand({ file: "tool", env: ENV, cwd }));
    expect(missing).toMatchObject({ exitCode: 127 });
    const denied = await userErrorOf(
      checkCommand({ file: "tool", env: { PATH: join(cwd, "bin") }, cwd }),
    );
    expect(denied).toMatchObject({ exitCode: 126 });
    await userErrorOf(checkCommand({ file: "bin/tool", env: ENV, cwd }));
  });
});

async function firstLine(child: Child): Promise<string> {
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await until(() => text.includes("\n"), { what: "a line" });
  return text.split("\n")[0] ?? "";
}

/** A zombie is dead: whether its parent has noticed is not ours to wait for. */
function isAlive(pid: number): boolean {
  const state = readStat(pid)?.state;
  return state !== undefined && state !== "Z";
}

/** Each one short enough, all of them over the 6 MiB that Linux allows at most. */
function manyVariables(count: number): Record<string, string> {
  const long = "x".repeat(130_000);
  return {
    ...ENV,
    ...Object.fromEntries(Array.from({ length: count }, (_, index) => [`V${index}`, long])),
  };
}
