import { join } from "node:path";

import { expect, it } from "vitest";

import type { CliResult } from "../fixtures/cli.ts";
import { until } from "../fixtures/poll.ts";
import type { Instances } from "../fixtures/use-instances.ts";
import { useInstances } from "../fixtures/use-instances.ts";
import { workerCommand } from "../fixtures/worker.ts";

const JOINED = /joined (\S+) at (\S+); --fresh starts/;

/** What a command got, printed by it. */
function given({ stdout }: CliResult): { LITELLM_API_BASE: string; LITELLM_API_KEY: string } {
  return JSON.parse(stdout) as { LITELLM_API_BASE: string; LITELLM_API_KEY: string };
}

async function answers(url: string, key: string): Promise<number> {
  const response = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
  await response.text();
  return response.status;
}

async function boots({ fake }: Instances): Promise<number> {
  return (await fake.journal()).filter(({ event }) => event === "boot").length;
}

it("joins a running instance of the same configuration, with a key that dies with the run", async () => {
  const instances = await useInstances();
  const { daemon, run, start, status, live, proxied } = instances;
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const { url } = await live("q");
  const shown = workerCommand("env", "LITELLM_API_BASE", "LITELLM_API_KEY");
  const joined = await run(["run", ...proxied, "--", ...shown]);
  expect(joined.code).toBe(0);
  expect(JOINED.exec(joined.stderr)).toMatchObject({ 1: "q", 2: url });
  const { LITELLM_API_BASE, LITELLM_API_KEY } = given(joined);
  expect(LITELLM_API_BASE).toBe(url);
  expect(LITELLM_API_KEY).toMatch(/^sk-/);
  await until(async () => (await answers(LITELLM_API_BASE, LITELLM_API_KEY)) === 401, {
    what: "the key's end",
  });

  const asked = await run(["run", ...proxied, "--", ...workerCommand("chat", "m")]);
  expect(asked.stdout).toMatch(/^200 /);
  const failing = await run(["run", ...proxied, "--", ...workerCommand("exit", "7")]);
  expect(failing.code).toBe(7);
  expect(failing.stderr).toMatch(JOINED);
  const missing = await run(["run", ...proxied, "--", "/nonexistent/agent"]);
  expect(missing).toMatchObject({ code: 127, stdout: "" });

  const killed = start(["run", "--name", "q", ...proxied, "--", ...workerCommand("escape")]);
  const [, escaped] = await killed.waitFor(/escaped (\d+)/);
  const { joined: runs } = await status("q");
  expect(runs).toMatchObject([{ pid: killed.pid, program: expect.stringContaining("node") }]);
  killed.signal("SIGKILL");
  await until(async () => (await live("q")).joined.length === 0, { what: "the end of its key" });
  await until(() => !isAlive(Number(escaped)), { what: "the end of its grandchild" });
  expect(await boots(instances)).toBe(1);
});

it("starts its own where the configuration, a key or the wish is another one", async () => {
  const { home, daemon, run, live, proxied } = await useInstances();
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const { url } = await live("q");
  const other = await home.write(
    "other.yaml",
    "model_list: [{ model_name: n, litellm_params: { model: openai/n, api_key: none } }]\n",
  );
  const command = ["--", ...workerCommand("env", "LITELLM_API_BASE", "LITELLM_API_KEY")];
  const env = { FAKE_PROVIDER_KEY: home.canary("another") };
  const own = await Promise.all([
    run(["run", "--fresh", ...proxied, ...command]),
    run(["run", "--proxy-config-file", other, ...command]),
    run(["run", ...proxied, ...command], { env }),
  ]);
  for (const result of own) {
    expect(result).toMatchObject({ code: 0, stderr: expect.not.stringMatching(JOINED) });
    expect(given(result).LITELLM_API_BASE).not.toBe(url);
  }
  const named = await run(["run", "--name", "q", "--proxy-config-file", other, ...command]);
  expect(named.code).toBe(6);
  expect((await live("q")).joined).toEqual([]);
});

it("joins another run too, while its LiteLLM boots, and outlives it", async () => {
  const { run, start, proxied, fake } = await useInstances();
  // From now on it is known to serve: nobody waits for it to be ready.
  await run(["run", "--wait", ...proxied, "--", ...workerCommand("exit", "0")]);
  await fake.behave({ boot_seconds: 1 });
  const first = start(["run", ...proxied, "--", ...workerCommand("wait")]);
  await first.waitFor(/ready \d+/);
  const second = start(["run", ...proxied, "--", ...workerCommand("load", "m", "50")]);
  const [, name] = await second.waitFor(JOINED);
  expect(name).toMatch(/^run-[0-9a-f]{8}$/);
  await second.waitFor(/^ok$/m);
  first.signal("SIGTERM");
  expect(await first.exited).toEqual({ code: null, signal: "SIGTERM" });
  await second.waitFor(/has ended; this run looks for another LiteLLM/);
  const before = second.stdout().length;
  await until(() => second.stdout().slice(before).includes("ok\n"), { what: "answers again" });
  expect(second.stderr()).not.toMatch(/joined \S+ at \S+$/m);
  await second.stop();
});

it("goes on with a LiteLLM of its own, same address and key, when the instance is killed", async () => {
  const { home, daemon, run, start, live, proxied } = await useInstances();
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const { url, pid } = await live("q");
  const joined = start(["run", ...proxied, "--", ...workerCommand("load", "m", "50")]);
  await joined.waitFor(/^ok$/m);
  process.kill(pid ?? 0, "SIGKILL");
  await joined.waitFor(/q has ended; this run looks for another LiteLLM/);
  const before = joined.stdout().length;
  await until(() => joined.stdout().slice(before).includes("ok\n"), { what: "answers again" });
  const listed = await run(["proxy", "list", "--json"]);
  const { instances } = JSON.parse(listed.stdout) as { instances: { url: string }[] };
  expect(instances).toMatchObject([{ url, state: "running", pid: joined.pid }]);
  joined.signal("SIGTERM");
  expect(await joined.exited).toEqual({ code: null, signal: "SIGTERM" });
  expect(joined.stdout()).not.toMatch(/failed [45]\d\d/);
  // Tidies what the kill left.
  expect(await run(["worker", "stop", "q"])).toMatchObject({ code: 0 });
  expect((await run(["proxy", "list"])).stdout).toBe("");
  expect(await run([join(home.state, "workers")], { program: ["ls"] })).toMatchObject({
    stdout: "q\n",
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
