// Somebody takes every port that is let go of while sidelite starts (F20): a start succeeds all the same, on its own port.
import { spawn } from "node:child_process";
import { once } from "node:events";

import { expect, it, onTestFinished } from "vitest";

import { Secret } from "../../src/core/secret.ts";
import { buildAccess } from "../../src/gateway/access.ts";
import { startGateway } from "../../src/gateway/listener.ts";
import { buildLitellmRouter } from "../../src/gateway/litellm-router.ts";
import { createPolicy } from "../../src/gateway/policy.ts";
import { createUpstreamSet } from "../../src/gateway/upstream-set.ts";
import { pickPort } from "../../src/platform/port.ts";
import { runCli } from "../fixtures/cli.ts";
import { listenOnPort } from "../fixtures/hold-port.ts";
import { until } from "../fixtures/poll.ts";
import { ROUNDS } from "../fixtures/rounds.ts";
import { fixture } from "../fixtures/supervised.ts";
import { useHome } from "../fixtures/use-home.ts";
import { ask } from "./gateway-client.ts";

const LISTENERS = 200;
/** Of the program: 2 in CI, 200 in `test:long`. */
const STARTS = ROUNDS >= 200 ? 200 : 2;
const START_MS = 10_000;

/** While it lurks it takes a core. */
function hireThief() {
  const child = spawn("python3", [fixture("port-thief.py")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const arrest = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  onTestFinished(arrest);
  let said = "";
  child.stdout.on("data", (text: Buffer) => (said += text.toString()));
  const count = (word: string) => said.split(`${word}\n`).length - 1;
  // It may have taken something for the line before meanwhile: to each line it says "lurking" first.
  const tell = async (line: string, answer: RegExp): Promise<void> => {
    const before = said.length;
    child.stdin.write(`${line}\n`);
    await until(() => answer.test(said.slice(before)), { what: "the thief's answer", everyMs: 1 });
  };
  return {
    /** How often somebody took it for us. */
    asked: () => count("asked"),
    lurkFor: (port: number) => tell(`${port}`, /lurking\n/),
    take: (port: number) => tell(`${port} now`, /lurking\ntaken\n/),
    arrest,
  };
}

async function findFreePort(): Promise<number> {
  const held = await listenOnPort();
  await held.close();
  return held.port;
}

it(`opens ${LISTENERS} listeners, each on a port that nobody else has`, async () => {
  const thief = hireThief();
  const policy = createPolicy({ inFlight: 10 });
  const upstream = createUpstreamSet({ holdMs: 50 });
  const masterKey = new Secret("sk-master");
  const router = buildLitellmRouter({ upstream, masterKey, allowPaths: [], models: [] });
  const snapshot = { access: buildAccess([]), router, policy };
  for (let round = 0; round < LISTENERS; round += 1) {
    const wanted = await findFreePort();
    await thief.lurkFor(wanted);
    // As the program does it: the port of the last run, if it is free.
    const port = await pickPort(wanted);
    // Chance hits the moment between the two seldom.
    const isRobbed = round % 4 === 0;
    if (isRobbed) await thief.take(port);
    const gateway = await startGateway({ port, movable: true, snapshot, log: () => undefined });
    if (isRobbed) expect(gateway.port).not.toBe(port);
    expect((await ask(gateway.port, { key: null })).status).toBe(401);
    await gateway.close(AbortSignal.abort());
  }
  expect(thief.asked()).toBe(0);
});

it(
  `starts the program ${STARTS} times, and its worker never gets the thief's port`,
  { timeout: STARTS * START_MS + 30_000 },
  async () => {
    const home = await useHome();
    const provider = "{base_url: 'http://127.0.0.1:9', auth: none}";
    const file = await home.write("p.yaml", `sidelite: {providers: {team: ${provider}}}\n`);
    const check = `import os, urllib.request
url = os.environ["LITELLM_API_BASE"]
print(url, urllib.request.urlopen(url + "/_sidelite/health").status)`;
    const args = ["run", "--name", "robbed", "--proxy-config-file", file, "--"];
    const start = async (): Promise<number> => {
      const { code, stdout, stderr } = await runCli(home, [...args, "python3", "-c", check]);
      expect({ code, stdout }, stderr).toMatchObject({ code: 0 });
      const [, port] = /^http:\/\/127\.0\.0\.1:(\d+) 204\n$/.exec(stdout) ?? [];
      return Number(port);
    };
    let wanted = await start();
    for (let round = 0; round < STARTS; round += 1) {
      const thief = hireThief();
      await thief.lurkFor(wanted);
      wanted = await start();
      expect(wanted).toBeGreaterThan(0);
      expect(thief.asked()).toBe(0);
      await thief.arrest();
    }
  },
);
