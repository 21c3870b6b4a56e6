// What the reaper must never do. That it does its work is shown by test/process/platform-kill.test.ts.
import { describe, expect, it, onTestFinished } from "vitest";

import {
  createCookie,
  findByCookie,
  restoreCookie,
  sweepCookie,
} from "../../src/platform/cookie.ts";
import { REAPER_SCRIPT } from "../../src/platform/reaper-script.ts";
import { startReaper } from "../../src/platform/reaper.ts";
import { runCommand } from "../../src/platform/run-command.ts";
import type { Child } from "../../src/platform/spawn.ts";
import { spawnChild } from "../../src/platform/spawn.ts";

const ENV = { PATH: "/usr/bin:/bin" };

async function startBystander(env: Readonly<Record<string, string>> = ENV): Promise<Child> {
  const stdio = ["ignore", "ignore", "ignore"] as const;
  const child = await spawnChild({ file: "sleep", args: ["95"], env, stdio, ownGroup: true });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Runs the script to its end on a list of processes that names only the bystander, whatever the script looks for. */
async function runScript(bystander: Child, mark: string | null, orders: string): Promise<void> {
  const list = ["echo", `${bystander.pid} sleep 95 PATH=/bin SIDELITE_COOKIE=other`];
  const args = ["-c", REAPER_SCRIPT, "reaper", ...list];
  const env = mark === null ? ENV : { ...ENV, MARK: mark };
  await runCommand({ file: "/bin/sh", args, env, input: orders, timeoutMs: 10_000 });
}

describe("the reaper", () => {
  it.each([
    ["no cookie", null, ""],
    ["an empty cookie", "", ""],
    ["half a cookie", "q1-", ""],
    ["another's cookie", createCookie("q1").value, ""],
    ["orders cut in the middle", createCookie("q1").value, "+ "],
    ["group 1, 0 and everybody", createCookie("q1").value, "+ 1\n+ 0\n+ -1\n+ \n+ x\n"],
  ])("kills nobody for %s", async (_, mark, orders) => {
    const bystander = await startBystander();
    await runScript(bystander, mark, orders);
    expect(bystander.status()).toBeNull();
  });

  it("kills carriers and recorded groups that are still recorded, and ends", async () => {
    const cookie = createCookie("q1");
    const [carrier, member, former] = [
      await startBystander(),
      await startBystander(),
      await startBystander(),
    ];
    const list = ["echo", `${carrier.pid} sleep 95 SIDELITE_COOKIE=${cookie.value}.worker.`];
    const args = ["-c", REAPER_SCRIPT, "reaper", ...list];
    const input = `+ ${member.pid}\n+ ${former.pid}\n- ${former.pid}\n`;
    const result = await runCommand({
      file: "/bin/sh",
      args,
      env: { ...ENV, MARK: cookie.value },
      input,
      timeoutMs: 20_000,
    });
    expect(result.timedOut).toBe(false);
    expect(await carrier.exited).toMatchObject({ signal: "SIGKILL" });
    expect(await member.exited).toMatchObject({ signal: "SIGKILL" });
    expect(former.status()).toBeNull();
  });

  it.each<[string, string, readonly string[]]>([
    ["sh", "/bin/sh", ["-c", REAPER_SCRIPT]],
    // As macOS has it: bash by the name of sh.
    ["bash", "bash", ["-c", 'exec -a sh bash -c "$0"', REAPER_SCRIPT]],
  ])("finds carriers in /proc by %s, wherever they moved", async (_, file, args) => {
    const cookie = createCookie("q1");
    const env = { ...ENV, LARGE: "x".repeat(5000), [cookie.name]: cookie.value };
    const [first, second] = [await startBystander(env), await startBystander(env)];
    await runCommand({ file, args, env: { ...ENV, MARK: cookie.value }, timeoutMs: 20_000 });
    expect(await first.exited).toMatchObject({ signal: "SIGKILL" });
    expect(await second.exited).toMatchObject({ signal: "SIGKILL" });
  });

  it("ends without a kill when it is told to", async () => {
    const cookie = createCookie("q1");
    const bystander = await startBystander({ ...ENV, [cookie.name]: cookie.value });
    const reaper = await startReaper(cookie);
    reaper.addGroup(bystander.pid);
    await reaper.stop();
    expect(bystander.status()).toBeNull();
    expect(await findByCookie(cookie)).toEqual([bystander.pid]);
  });
});

describe("sweepCookie", () => {
  it.each(["", "-", "q1-", "q1-abc", "q1-0123456789abcdef0123456"])(
    "kills nobody for %j",
    async (value) => {
      const bystander = await startBystander({ ...ENV, SIDELITE_COOKIE: createCookie("q1").value });
      expect(await sweepCookie(restoreCookie(value))).toBe(0);
      expect(bystander.status()).toBeNull();
    },
  );
});
