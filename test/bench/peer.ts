// The other gateways: installed by test/bench/peers/package.json, started in a home of their own.
import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { pickPort } from "../../src/platform/port.ts";
import { REPOSITORY } from "../fixtures/built.ts";
import { until } from "../fixtures/poll.ts";
import { accepts } from "./accepts.ts";

export interface Peer {
  readonly name: string;
  readonly port: number;
  readonly path?: string;
  readonly headers?: readonly string[];
  stop(): Promise<void>;
}

const MANIFEST = join(REPOSITORY, "test/bench/peers/package.json");
/** Not beside the manifest: vitest would run the packages' own tests. */
const FOLDER = join(REPOSITORY, ".bench/peers");
const START_MS = 60_000;

/** Fails with npm's words when the registry does not have them. */
export async function installPeers(say: (line: string) => void): Promise<void> {
  const flags = ["--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund"];
  say(`  npm install in ${FOLDER}`);
  await mkdir(FOLDER, { recursive: true });
  await copyFile(MANIFEST, join(FOLDER, "package.json"));
  await promisify(execFile)("npm", ["install", ...flags], { cwd: FOLDER });
}

/** All of them, in front of the upstream on that port. */
export async function startPeers(upstream: number, key: string): Promise<Peer[]> {
  const portkey = await startPortkey(upstream);
  try {
    return [portkey, await startClaudeCodeRouter(upstream, key)];
  } catch (error) {
    await portkey.stop();
    throw error;
  }
}

async function startPortkey(upstream: number): Promise<Peer> {
  const port = await pickPort(null);
  const script = "@portkey-ai/gateway/build/start-server.js";
  const stop = await startScript(script, [`--port=${port}`, "--headless"], port, async () => {});
  const headers = [
    "x-portkey-provider: openai",
    `x-portkey-custom-host: http://127.0.0.1:${upstream}/v1`,
  ];
  return { name: "Portkey", port, headers, stop };
}

async function startClaudeCodeRouter(upstream: number, key: string): Promise<Peer> {
  const port = await pickPort(null);
  const provider = {
    name: "bench",
    api_base_url: `http://127.0.0.1:${upstream}/v1/chat/completions`,
    api_key: "none",
    models: ["bench"],
  };
  const config = {
    ...{ APIKEY: key, HOST: "127.0.0.1", PORT: port, LOG: false, NON_INTERACTIVE_MODE: true },
    ...{ Providers: [provider], Router: { default: "bench,bench" } },
  };
  const script = "@musistudio/claude-code-router/dist/cli.js";
  const stop = await startScript(script, ["start"], port, async (home) => {
    await mkdir(join(home, ".claude-code-router"));
    await writeFile(join(home, ".claude-code-router/config.json"), JSON.stringify(config));
  });
  return { name: "claude-code-router", port, path: "/v1/messages", stop };
}

/** Returns when the port accepts connections. */
async function startScript(
  script: string,
  args: readonly string[],
  port: number,
  prepare: (home: string) => Promise<void>,
): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), "slb-"));
  await prepare(home);
  // The first refuses loopback upstreams unless it is told to trust them.
  const env = { PATH: process.env["PATH"], HOME: home, TRUSTED_CUSTOM_HOSTS: "127.0.0.1" };
  const file = join(FOLDER, "node_modules", script);
  const child = spawn(process.execPath, [file, ...args], { cwd: home, env, stdio: "ignore" });
  const stop = async (): Promise<void> => {
    await endChild(child);
    await rm(home, { recursive: true });
  };
  try {
    await until(() => accepts(port), { what: script, deadlineMs: START_MS, everyMs: 100 });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
