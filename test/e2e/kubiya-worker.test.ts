// The real Kubiya worker, from our lock, beside the real LiteLLM, against a stand-in control plane.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import { runCli, startCli } from "../fixtures/cli.ts";
import type { FakeControlPlane, FakeControlPlaneOptions } from "../fixtures/fake-control-plane.ts";
import { startFakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { startFakeTemporal } from "../fixtures/fake-temporal.ts";
import type { TestHome } from "../fixtures/home.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { until } from "../fixtures/poll.ts";
import { listPids, readCommandLine, readEnviron } from "../fixtures/proc.ts";
import { shareProviders } from "../fixtures/providers.ts";
import { testRuntime } from "../fixtures/runtime.ts";
import { commandBlock } from "../fixtures/seed/commands.ts";
import { shareHome } from "../fixtures/share-home.ts";
import { useHome } from "../fixtures/use-home.ts";
import { furnish, writeScript } from "./page-script.ts";
import { chat, contentOf, listModels, readUrl } from "./serve.ts";

const CONFIG = `model_list:
  - model_name: kubiya/claude-sonnet-4
    litellm_params: {model: anthropic/m, api_key: os.environ/PROVIDER_KEY, mock_response: pong}
`;
/** Of the page's production block. */
const [QUEUE, MODEL] = ["prod-queue", "claude-3-5-sonnet"];
const PROGRAM = "kubiya-control-plane-worker";

/** LiteLLM's boot and then the worker's, on a busy machine. */
const START_MS = 120_000;
/** From the command to the worker's first poll on an idle machine; a busy one gets more time at the end, too. */
const IDLE_START_MS = 20_000;
/** The same without LiteLLM. */
const IDLE_ALONE_MS = 8_000;
/** Within this it ends on Ctrl+C. */
const STOP_MS = 5_000;
const INSTALL_MS = 15 * 60_000;

beforeAll(async () => {
  await testRuntime("kubiya-worker");
}, INSTALL_MS);

async function useControlPlane(
  home: TestHome,
  options: FakeControlPlaneOptions = {},
): Promise<FakeControlPlane> {
  const plane = await startFakeControlPlane(options);
  home.onStop(() => plane.close());
  return plane;
}

function findWorker(home: TestHome): number | undefined {
  return listPids().find(
    (pid) =>
      readCommandLine(pid)?.includes(PROGRAM) === true &&
      readEnviron(pid)?.includes(`SIDELITE_TEST_MARK=${home.mark}`) === true &&
      readEnviron(pid)?.some((entry) => entry.startsWith("SIDELITE_COOKIE=")) === true,
  );
}

describe("the Kubiya worker of the page's production block", () => {
  const home = shareHome();
  const providers = shareProviders(home);

  it(
    "registers with its key, works as a daemon through the gateway, and ends by SIGINT",
    { timeout: 2 * START_MS + 60_000 },
    async () => {
      const { provider, env, outside } = providers();
      const apiKey = home().canary("kubiya");
      const temporal = await startFakeTemporal();
      home().onStop(() => temporal.close());
      const plane = await useControlPlane(home(), { apiKey, temporalHost: temporal.host });
      await furnish(home(), provider.url);
      const runtimes = home().env["SIDELITE_RUNTIME_DIR"] ?? "";
      const pasted = { block: "production", text: commandBlock("production"), runtimes };
      const script = await writeScript(home(), provider.url, [pasted]);
      const begun = performance.now();
      home().onStop(async () => {
        await runCli(home(), ["worker", "stop", "--all", "--force"]);
      });
      // The daemon's start returns when it is ready.
      const started = await runCli(home(), [script], {
        program: ["/bin/bash"],
        env: {
          ...env,
          ...temporal.env,
          KUBIYA_API_KEY: apiKey,
          KUBIYA_CONTROL_PLANE_BASE_URL: `${plane.url}/`,
        },
        deadlineMs: START_MS,
      });
      expect(started).toMatchObject({ code: 0 });
      const folder = join(home().state, "workers", QUEUE);
      const readLog = async (): Promise<string> =>
        readFile(join(folder, "logs/worker.log"), "utf8");
      await until(() => temporal.calls.has("PollWorkflowTaskQueue"), {
        what: "the worker's first poll for tasks",
        deadlineMs: START_MS,
      }).catch(async (error: unknown) => {
        throw new Error(started.stderr + (await readLog()), { cause: error });
      });
      const slowness = Math.max(1, (performance.now() - begun) / IDLE_START_MS);
      const registered = plane.requests.filter(({ path }) => path.endsWith("/start"));
      expect(registered).toMatchObject([
        {
          method: "POST",
          path: `/api/v1/worker-queues/${QUEUE}/start`,
          authorization: `Bearer ${apiKey}`,
        },
      ]);
      expect(parseObject(registered[0]?.body ?? "")).toHaveProperty("worker_sdk_version");

      const pid = findWorker(home()) ?? 0;
      const url = await readUrl(home(), QUEUE);
      const environ = new Map(
        readEnviron(pid)?.map((entry): [string, string] => {
          const [name = "", ...value] = entry.split("=");
          return [name, value.join("=")];
        }),
      );
      expect(Object.fromEntries(environ)).toMatchObject({
        LITELLM_API_BASE: url,
        QUEUE_ID: QUEUE,
        KUBIYA_API_KEY: apiKey,
        CONTROL_PLANE_URL: plane.url,
        KUBIYA_DISABLE_LANGFUSE_HEADERS: "true",
      });
      // Its key works; that no key is in an argument is checked by the home.
      const gateway = { url, key: environ.get("LITELLM_API_KEY") ?? "" };
      expect(await listModels(gateway)).toEqual([MODEL]);
      const answer = await chat(gateway, MODEL);
      expect(answer.status).toBe(200);
      expect(contentOf(answer)).toContain("pong");
      expect(readCommandLine(pid)).toMatch(/kubiya-control-plane-worker --queue-id prod-queue$/);

      // What the documentation's troubleshooting looks for.
      const log = await readLog();
      expect(log).toContain(`LITELLM_API_BASE=${url}`);
      expect(log.split("\n").length).toBeGreaterThan(3);
      expect(await readFile(join(folder, "litellm_config.yaml"), "utf8")).toContain(MODEL);

      const status = await runCli(home(), ["worker", "status", "--json"]);
      expect(parseObject(status.stdout)["instance"]).toMatchObject({
        state: "running",
        daemon: true,
        url,
        worker: { state: "running", pid, restarts: 0 },
      });
      const shown = await runCli(home(), ["worker", "logs", "--tail=1000"]);
      expect(shown.stdout).toContain(`LITELLM_API_BASE=${url}`);

      const asked = performance.now();
      expect(await runCli(home(), ["worker", "stop", QUEUE])).toMatchObject({ code: 0 });
      expect(performance.now() - asked).toBeLessThan(STOP_MS * slowness);
      expect(readCommandLine(pid)).toBeNull();
      // By SIGINT, not by a kill: it had the time for last words.
      expect((await readLog()).slice(log.length)).toMatch(/shut|stop|interrupt/i);
      expect(outside()).toEqual([]);
    },
  );
});

describe("the Kubiya worker", () => {
  it("ends by SIGINT on Ctrl+C in the foreground", { timeout: 2 * START_MS + 60_000 }, async () => {
    const home = await useHome();
    const apiKey = home.canary("kubiya");
    const temporal = await startFakeTemporal();
    home.onStop(() => temporal.close());
    const plane = await useControlPlane(home, { apiKey, temporalHost: temporal.host });
    const begun = performance.now();
    const cli = startCli(home, ["worker", "start", "--queue-id=q-4", "--no-enable-local-proxy"], {
      env: {
        KUBIYA_API_KEY: apiKey,
        KUBIYA_CONTROL_PLANE_BASE_URL: plane.url,
        ...temporal.env,
      },
    });
    await until(() => temporal.calls.has("PollWorkflowTaskQueue"), {
      what: "the worker's first poll for tasks",
      deadlineMs: START_MS,
    });
    const slowness = Math.max(1, (performance.now() - begun) / IDLE_ALONE_MS);
    const asked = performance.now();
    cli.signal("SIGINT");
    expect(await cli.exited).toEqual({ code: null, signal: "SIGINT" });
    expect(performance.now() - asked).toBeLessThan(STOP_MS * slowness);
    expect(findWorker(home)).toBeUndefined();
  });

  it(
    "whose key is refused: its exit code is ours, and what it said is shown",
    { timeout: START_MS + 30_000 },
    async () => {
      const home = await useHome();
      const plane = await useControlPlane(home, { apiKey: "another-key-than-this" });
      const { code, stdout, stderr } = await runCli(
        home,
        ["worker", "start", "--queue-id=q-2", "--no-enable-local-proxy"],
        {
          env: { KUBIYA_API_KEY: home.canary("kubiya"), KUBIYA_CONTROL_PLANE_BASE_URL: plane.url },
          deadlineMs: START_MS,
        },
      );
      expect(plane.requests.map(({ path }) => path)).toContain("/api/v1/worker-queues/q-2/start");
      expect(code).toBe(1);
      expect(stdout + stderr).toMatch(/401|Invalid API key|[Uu]nauthori[sz]ed|authentication/i);
      const log = await readFile(join(home.state, "workers/q-2/logs/worker.log"), "utf8");
      expect(log).toMatch(/401|Invalid API key|[Uu]nauthori[sz]ed|authentication/i);
    },
  );

  it("without a key: exit 3 before anything starts", async () => {
    const home = await useHome();
    const plane = await useControlPlane(home);
    await home.write("litellm_config.yaml", CONFIG);
    const { code, stderr } = await runCli(
      home,
      ["worker", "start", "--queue-id=q-3", "--proxy-config-file=./litellm_config.yaml"],
      { env: { KUBIYA_CONTROL_PLANE_BASE_URL: plane.url, PROVIDER_KEY: "x".repeat(20) } },
    );
    expect(code).toBe(3);
    expect(stderr).toContain("KUBIYA_API_KEY");
    expect(plane.requests).toEqual([]);
  });
});
