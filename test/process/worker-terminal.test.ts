import { describe, expect, it } from "vitest";

import type { CliProcess } from "../fixtures/cli.ts";
import { fixture, startSupervised, supervisorCommand } from "../fixtures/supervised.ts";
import type { TestHome } from "../fixtures/home.ts";
import { useHome } from "../fixtures/use-home.ts";
import { workerCommand } from "../fixtures/worker.ts";

const fullScreen = (keys: "raw" | "keys") => ["python3", fixture("full-screen.py"), keys];

async function startFullScreen(home: TestHome, keys: "raw" | "keys"): Promise<CliProcess> {
  const program = startSupervised(home, {
    mode: "shared",
    command: fullScreen(keys),
    terminal: true,
  });
  await program.waitFor(/<ready>/);
  return program;
}

describe("run on a terminal", () => {
  it("gives a full-screen program every key, the window's size and its changes, and its code", async () => {
    const home = await useHome();
    const program = await startFullScreen(home, "raw");
    expect(program.stdout()).toMatch(/<size 24 80>/);
    program.stdin.write("\u0003\u001a\u001c\u001b[A");
    for (const key of ["03", "1a", "1c", "1b", "5b", "41"])
      await program.waitFor(new RegExp(`<key ${key}>`));
    program.signal("SIGUSR1");
    await program.waitFor(/<size 33 99>/);
    program.stdin.write("q");
    expect(await program.finished).toMatchObject({ code: 5, signal: null });
  });

  it("leaves Ctrl+C and Ctrl+\\ to the child, again and again", async () => {
    const home = await useHome();
    const program = await startFullScreen(home, "keys");
    program.stdin.write("\u0003");
    await program.waitFor(/<got SIGINT>/);
    program.stdin.write("\u0003x");
    await program.waitFor(/<key 78>/);
    program.stdin.write("\u001c");
    await program.waitFor(/<got SIGQUIT>/);
    program.stdin.write("q");
    expect(await program.finished).toMatchObject({ code: 5, signal: null });
    expect(program.stdout().match(/<got SIGINT>/g)).toHaveLength(2);
  });

  it("ends with 130 when Ctrl+C ends the child", async () => {
    const home = await useHome();
    const program = startSupervised(home, {
      mode: "shared",
      command: ["sh", "-c", "echo ready; exec sleep 55"],
      terminal: true,
    });
    await program.waitFor(/ready/);
    program.stdin.write("\u0003");
    expect(await program.finished).toMatchObject({ code: 130, signal: null });
  });

  it("passes TERM on to the child", async () => {
    const home = await useHome();
    const command = workerCommand("wait", "0", "0");
    const how = { mode: "shared", command, terminal: true, shell: true } as const;
    const program = startSupervised(home, how);
    program.stdin.write(`${quoted(supervisorCommand(home, how))} & \n`);
    await program.waitFor(/ready \d+/);
    program.stdin.write("kill -TERM $!; wait $!; echo status $?; exit\n");
    await program.waitFor(/got SIGTERM/);
    await program.waitFor(/status 143/);
    expect((await program.finished).code).toBe(0);
  });

  it("stops with the child on Ctrl+Z, after it restored the screen, and goes on with it", async () => {
    const home = await useHome();
    const how = {
      mode: "shared",
      command: fullScreen("keys"),
      terminal: true,
      shell: true,
    } as const;
    const program = startSupervised(home, how);
    program.stdin.write(`${quoted(supervisorCommand(home, how))}\n`);
    await program.waitFor(/<ready>/);
    for (const round of [1, 2]) {
      program.stdin.write("\u001a");
      await program.waitFor(new RegExp(`(<restored>[^]*Stopped[^]*){${round}}`));
      program.stdin.write("fg\n");
      await program.waitFor(new RegExp(`(<resumed>[^]*){${round}}`));
    }
    program.stdin.write("q");
    program.stdin.write("echo status $?; exit\n");
    await program.waitFor(/status 5/);
    expect((await program.finished).code).toBe(0);
  });

  it("stops when the child alone is stopped, so that the shell gets its terminal back", async () => {
    const home = await useHome();
    const how = {
      mode: "shared",
      command: ["sh", "-c", "kill -STOP $$; exit 6"],
      terminal: true,
      shell: true,
    } as const;
    const program = startSupervised(home, how);
    program.stdin.write(`${quoted(supervisorCommand(home, how))}\n`);
    await program.waitFor(/Stopped/);
    program.stdin.write("fg; echo status $?; exit\n");
    await program.waitFor(/status 6/);
    expect((await program.finished).code).toBe(0);
  });

  it("ends with the child when the terminal goes away", async () => {
    const home = await useHome();
    const program = startSupervised(home, {
      mode: "shared",
      command: ["sh", "-c", "echo ready; exec sleep 44"],
      terminal: true,
    });
    await program.waitFor(/ready/);
    program.signal("SIGUSR2");
    expect(await program.exited).toEqual({ code: null, signal: "SIGHUP" });
  });
});

function quoted(command: readonly string[]): string {
  return command.map((part) => `'${part}'`).join(" ");
}
