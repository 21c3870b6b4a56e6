// Edits of the configuration's files on a running instance: each is put in force, a bad one changes nothing.
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { awaitServed, chat } from "../e2e/serve.ts";
import { until } from "../fixtures/poll.ts";
import type { Instances } from "../fixtures/use-instances.ts";
import { useInstances } from "../fixtures/use-instances.ts";
import { FORK_ENV } from "../fixtures/fork-mode.ts";

const modelsOf = (...names: readonly string[]) =>
  `model_list:\n${names.map((name) => `  - {model_name: ${name}, litellm_params: {model: openai/x, api_key: os.environ/FAKE_PROVIDER_KEY}}\n`).join("")}`;

async function startProxy({ start, proxied }: Instances) {
  return awaitServed(start(["proxy", "start", ...proxied]));
}

/** Waits until exactly these are served. */
async function untilServed({ live }: Instances, ...names: readonly string[]): Promise<void> {
  const isInForce = async (): Promise<boolean> => {
    const { proxy, config } = await live("default");
    return proxy?.models.join() === names.join() && config?.unapplied.length === 0;
  };
  await until(isInForce, { what: `the models ${names.join()}`, everyMs: 50 });
}

describe(`with ${JSON.stringify(FORK_ENV)},`, () => {
  it("takes an edit however the editor writes it, and says so", async () => {
    const instances = await useInstances({ env: FORK_ENV });
    const { home } = instances;
    const served = await startProxy(instances);
    const file = join(home.cwd, "litellm.yaml");
    const before = await instances.live("default");

    await writeFile(file, modelsOf("in-place"));
    await untilServed(instances, "in-place");
    await writeFile(join(home.cwd, "litellm.yaml~"), modelsOf("renamed"), { mode: 0o600 });
    await rename(join(home.cwd, "litellm.yaml~"), file);
    await untilServed(instances, "renamed");
    await writeFile(file, "");
    await delay(700); // the pause of a slow writer: what is tested
    await writeFile(file, modelsOf("truncated"));
    await untilServed(instances, "truncated");

    expect((await chat(served, "truncated")).status).toBe(200);
    const { stderr } = { stderr: served.cli.stderr() };
    expect(stderr.match(/litellm\.yaml changed: a new LiteLLM serves/g)).toHaveLength(3);
    expect(stderr).toContain("cooldowns, usage counters and in-memory cache begin anew");
    expect(stderr).not.toContain("cannot be used");
    const after = await instances.live("default");
    expect(after.pid).toBe(before.pid);
    expect(after.config).toMatchObject({ unapplied: [], pending: [] });
    await served.cli.stop();
  });

  it("says once where a bad edit is wrong, shows it in status, and keeps what is in force", async () => {
    const instances = await useInstances({ env: FORK_ENV });
    const { home, run, live } = instances;
    const served = await startProxy(instances);
    const file = join(home.cwd, "litellm.yaml");
    const copy = join(home.state, "workers/default/litellm_config.yaml");
    const log = join(home.state, "workers/default/litellm_proxy.log");
    const good = await readFile(copy, "utf8");
    const before = await live("default");
    for (const times of [1, 2, 3]) {
      await writeFile(file, `model_list:\n  - {model_name: ${"m".repeat(times)}\n`);
      const rejections = async () =>
        (await readFile(log, "utf8")).match(/event config\.rejected /g)?.length;
      await until(async () => (await rejections()) === times, { what: `rejection ${times}` });
    }
    const { config, proxy } = await live("default");
    expect(config).toMatchObject({
      unapplied: [file],
      pending: [expect.stringContaining(`${file}:`)],
    });
    expect(proxy).toMatchObject({ models: ["m"], generations: before.proxy?.generations });
    expect(await readFile(copy, "utf8")).toBe(good);
    await until(() => served.cli.stderr().includes("what is in force stays"), { what: "the talk" });
    expect(served.cli.stderr().match(/what is in force stays/g)).toHaveLength(1);
    expect(served.cli.stderr()).toMatch(/warning: \S+litellm\.yaml:\d+:\d+: /);
    expect(await readFile(log, "utf8")).toMatch(/config\.rejected cause=\S+litellm\.yaml:\d/);
    expect((await run(["proxy", "status"])).stdout).toMatch(/not in force +\S+litellm\.yaml:\d/);
    expect((await chat(served, "m")).status).toBe(200);

    await writeFile(file, modelsOf("mended"));
    await untilServed(instances, "mended");
    expect((await live("default")).config).toMatchObject({ unapplied: [], pending: [] });
    expect(await readFile(copy, "utf8")).toContain("mended");
    await served.cli.stop();
  });
});
