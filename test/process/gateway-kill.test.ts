import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { Agent } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";

import { until } from "../fixtures/poll.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { ask } from "./gateway-client.ts";
import { startRig } from "./gateway-rig.ts";

const ROUNDS = Number(process.env["SIDELITE_ROUNDS"] ?? 20);

/** Counts each request by its number on stdout before it answers it. */
const STAND_IN = `
  require("node:http").createServer({ keepAliveTimeout: 0 }, (request, response) => {
    process.stdout.write(request.headers["x-number"] + "\\n");
    request.resume().on("end", () => setTimeout(() => response.end("ok"), 2));
  }).listen(process.argv[1], () => process.stdout.write("up\\n"));
`;

interface Process {
  readonly child: ChildProcess;
  readonly path: string;
  readonly id: string;
}

it(`loses only what was in flight when its process is killed, ${ROUNDS} times`, async () => {
  const rig = await startRig();
  const folder = await temporaryFolder();
  const seen: string[] = [];
  const processes: Process[] = [];
  onTestFinished(() => processes.forEach(({ child }) => void child.kill("SIGKILL")));

  const start = async (): Promise<Process> => {
    const id = `p${processes.length}`;
    const path = join(folder, `${id}.sock`);
    const child = spawn(process.execPath, ["-e", STAND_IN, path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const started = { child, path, id };
    processes.push(started);
    let text = "";
    let isUp = false;
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      isUp ||= lines.includes("up");
      seen.push(...lines.filter((line) => line !== "up"));
    });
    child.on("exit", () => rig.upstreams.remove(id));
    await until(() => isUp, { what: "the stand-in" });
    rig.upstreams.add(id, { kind: "unix", path });
    return started;
  };

  let current = await start();
  let isOver = false;
  let number = 0;
  let answered = 0;
  const failures: string[] = [];
  const client = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true });
    while (!isOver) {
      const headers = { "x-number": `${number++}` };
      const answer = await ask(rig.port, { agent, body: "{}", headers }).catch(String);
      if (typeof answer !== "string" && answer.status === 200) answered += 1;
      else failures.push(typeof answer === "string" ? answer : `${answer.status}`);
    }
    agent.destroy();
  };
  const clients = Array.from({ length: 8 }, client);

  for (let round = 0; round < ROUNDS; round++) {
    const count = answered;
    await until(() => answered > count + 50, { what: "traffic", everyMs: 2 });
    const phase = randomInt(10);
    await delay(phase);
    const inFlight = rig.upstreams.load().serving[0]?.inFlight ?? 0;
    const failed = failures.length;
    current.child.kill("SIGKILL");
    await once(current.child, "exit");
    const next = start();
    current = await next;
    // Between the count and the kill each client can have ended one request and begun another.
    expect(failures.length - failed, `round ${round}, phase ${phase} ms`).toBeLessThanOrEqual(
      Math.max(inFlight, 8),
    );
  }
  isOver = true;
  await Promise.all(clients);
  expect(failures.every((failure) => failure === "503")).toBe(true);
  // Nothing was sent twice.
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBeGreaterThanOrEqual(answered);
});
