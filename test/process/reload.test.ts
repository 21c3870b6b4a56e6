// What a reload changes on a running instance besides its models: keys, modules, contexts; and what it takes back.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { ask, awaitServed, chat } from "../e2e/serve.ts";
import { until } from "../fixtures/poll.ts";
import type { Instances } from "../fixtures/use-instances.ts";
import { useInstances } from "../fixtures/use-instances.ts";
import { FORK_ENV } from "../fixtures/fork-mode.ts";

const MODEL = (name: string) =>
  `model_list:\n  - {model_name: ${name}, litellm_params: {model: openai/x, api_key: os.environ/FAKE_PROVIDER_KEY}}\n`;

async function pendingOf({ live }: Instances): Promise<string> {
  return (await live("default")).config?.pending.join("\n") ?? "";
}

describe(`with ${JSON.stringify(FORK_ENV)},`, () => {
  it("changes the master key under load without a refused request, and reads a changed module", async () => {
    const instances = await useInstances({ env: FORK_ENV });
    const { home, run, start, proxied, live } = instances;
    const [old = "", fresh = ""] = [1, 2].map((n) => home.canary(`master-${n}`, "sk-"));
    const withKey = (key: string) =>
      home.write(
        "litellm.yaml",
        `${MODEL("m")}general_settings: {master_key: ${key}}\nlitellm_settings: {callbacks: mine.handler}\n`,
      );
    await home.write("mine.py", "handler = 1\n");
    await withKey(old);
    const served = await awaitServed(start(["proxy", "start", ...proxied]));
    const statuses = new Set<number>();
    let isOver = false;
    const clients = [1, 2, 3, 4].map(async () => {
      while (!isOver) {
        statuses.add((await chat(served, "m")).status);
        await delay(10); // leaves the processor to the others
      }
    });
    const asOld = { ...served, key: old };
    expect((await ask(asOld, "/model/info", {})).status).not.toBe(401);
    await withKey(fresh);
    expect(await run(["proxy", "reload"])).toMatchObject({ code: 0 });
    expect((await ask(asOld, "/v1/models")).status).toBe(401);
    expect((await ask({ ...served, key: fresh }, "/v1/models")).status).toBe(200);
    isOver = true;
    await Promise.all(clients);
    expect([...statuses]).toEqual([200]);

    const before = await live("default");
    await writeFile(join(home.cwd, "mine.py"), "handler = 2\n");
    await served.cli.waitFor(/mine\.py changed: a new LiteLLM serves/);
    const after = await live("default");
    expect(after.proxy?.generations.at(-1)?.pid).not.toBe(before.proxy?.generations.at(-1)?.pid);
    expect(after.config).toMatchObject({
      digest: before.config?.digest,
      unapplied: [],
      pending: [],
    });
    await served.cli.stop();
  });

  it("keeps the old one and its copy when the new one does not come up, or ends again and again", async () => {
    const instances = await useInstances({ env: FORK_ENV });
    const { home, fake, run, start, proxied, live } = instances;
    const dies = { crash_after: 0 };
    await fake.behave({ boots: [{}, { boot_error: "broken for good" }, dies, dies, {}] });
    const served = await awaitServed(start(["proxy", "start", ...proxied]));
    const copy = join(home.state, "workers/default/litellm_config.yaml");
    const before = await readFile(copy, "utf8");
    const digest = await readFile(join(home.state, "workers/default/configs/last-good"), "utf8");
    const file = join(home.cwd, "litellm.yaml");
    await writeFile(file, `${await readFile(file, "utf8")}sidelite: {watch: false}\n`);
    await until(() => served.cli.stderr().includes("LiteLLM went on"), {
      what: "the end of watching",
    });
    await writeFile(join(home.cwd, "litellm.yaml"), MODEL("n"));
    const failed = await run(["proxy", "reload"]);
    expect(failed).toMatchObject({ code: 5, stderr: expect.stringContaining("broken for good") });
    expect(await readFile(copy, "utf8")).toBe(before);
    expect(await readFile(join(home.state, "workers/default/configs/last-good"), "utf8")).toBe(
      digest,
    );
    expect((await chat(served, "m")).status).toBe(200);
    const again = await run(["proxy", "reload"]);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("begin anew") });
    expect(await readFile(copy, "utf8")).toContain("model_name: n");

    await until(
      async () => {
        await chat(served, "n");
        return (await pendingOf(instances)).includes("LiteLLM ended twice at once");
      },
      { what: "the roll-back", deadlineMs: 30_000 },
    );
    expect((await chat(served, "m")).status).toBe(200);
    expect(await live("default")).toMatchObject({
      proxy: { models: ["m"], phase: "ready" },
      config: { unapplied: [file] },
    });
    expect(await readFile(copy, "utf8")).toBe(before);
    expect(served.cli.stderr()).toContain("the one before is in force again");
    await served.cli.stop();
  });
});

it("waits for the first LiteLLM, and brings back a daemon whose LiteLLM was given up", async () => {
  const { home, fake, run, live, proxied } = await useInstances();
  const file = join(home.cwd, "litellm.yaml");
  await fake.behave({ boots: [{ boot_seconds: 2 }, { boot_error: "a bad edit" }, {}] });
  const starting = run(["proxy", "start", "--daemon", ...proxied]);
  await until(async () => (await fake.journal()).at(-1)?.event === "boot", { what: "the boot" });
  await writeFile(file, MODEL("bad"));
  expect(await starting).toMatchObject({ code: 0 });
  await until(async () => (await live("default")).config?.pending[0]?.includes("a bad edit"), {
    what: "the rejection",
  });

  await fake.behave({ boot_error: "broken for good" });
  process.kill((await live("default")).proxy?.generations.at(0)?.pid ?? 0, "SIGKILL");
  await until(async () => (await live("default")).state === "failed", { what: "the failure" });
  await fake.behave({});
  await writeFile(file, MODEL("good"));
  await until(async () => (await live("default")).state === "running", { what: "its return" });
  expect(await live("default")).toMatchObject({
    failure: null,
    proxy: { phase: "ready", models: ["good"] },
  });
  expect(await run(["proxy", "stop"])).toMatchObject({ code: 0 });
});

it("rereads the settings; another current context waits for a command, and SIGHUP is one", async () => {
  const instances = await useInstances();
  const { home, run, live } = instances;
  for (const name of ["a", "b", "c"]) await home.write(`${name}.yaml`, MODEL(name));
  const context = (name: string, file: string, more = "") =>
    `- {name: ${name}, context: {litellm-proxy: {enabled: true, config-file: ${file}.yaml${more}}}}\n`;
  const write = (current: string, first: string) =>
    home.write(
      "contexts",
      `apiVersion: v1\nkind: Config\ncurrent-context: ${current}\ncontexts:\n${context("one", first)}${context("two", "c", ", timeout-seconds: 90")}`,
    );
  await write("one", "a");
  const started = await run(["proxy", "start", "--daemon", "--config", "contexts"]);
  expect(started).toMatchObject({ code: 0 });
  const models = async () => (await live("default")).proxy?.models.join();
  expect(await models()).toBe("a");

  await write("one", "b");
  await until(async () => (await models()) === "b", { what: "the other file", everyMs: 50 });
  await write("two", "b");
  await until(async () => (await pendingOf(instances)).includes("the current context is two"), {
    what: "the notice",
    everyMs: 50,
  });
  expect(await models()).toBe("b");
  process.kill((await live("default")).pid ?? 0, "SIGHUP");
  const log = join(home.state, "workers/default/logs/sidelite.log");
  await until(async () => (await readFile(log, "utf8")).includes("SIGHUP: a new LiteLLM serves"), {
    what: "the answer to SIGHUP",
  });
  expect(await models()).toBe("c");
  expect(await readFile(log, "utf8")).toContain(
    "the readiness budget changed too, which takes effect at the next start",
  );
  expect((await live("default")).config).toMatchObject({ context: "two", pending: [] });
  expect(await run(["proxy", "stop"])).toMatchObject({ code: 0 });
});
