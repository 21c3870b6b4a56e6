// The keeper and its generations with the real LiteLLM.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { beforeAll, describe, expect, it } from "vitest";

import { REPOSITORY } from "../fixtures/built.ts";
import { until } from "../fixtures/poll.ts";
import { readEnviron, readStat } from "../fixtures/proc.ts";
import { testRuntime } from "../fixtures/runtime.ts";
import { shareHome } from "../fixtures/share-home.ts";
import { useHome } from "../fixtures/use-home.ts";
import type { TestProxy } from "../proxy/support.ts";
import { mockModel, pythonWith, servingPid, useProxy } from "../proxy/support.ts";

const CHAT = { model: "m", messages: [{ role: "user", content: "ping" }] };

describe("a forked generation", () => {
  const home = shareHome();
  let test: TestProxy;
  let bootMs = 0;

  beforeAll(async () => {
    test = await useProxy(home(), { python: (await testRuntime()).python });
    const dropped = { model_name: "gone", litellm_params: { model: "no-such-provider/x" } };
    const models = [mockModel("m"), mockModel("openai/*"), mockModel("*"), dropped];
    const aliases = { router_settings: { model_group_alias: { alias: "m" } } };
    test.proxy.serve(await test.configure(models, {}, aliases));
    bootMs = (await test.proxy.ready).ms;
  });

  it("lists what is configured, wildcards too, and names what LiteLLM dropped", async () => {
    expect(test.proxy.state()).toMatchObject({ phase: "degraded", missing: ["gone"] });
    const imported = test.events.find(({ name }) => name === "proxy.imported");
    expect(imported?.fields).toMatchObject({ fork: true });
  });

  it("answers chat, streams, messages and the model list", async () => {
    expect((await test.ask("/v1/chat/completions", CHAT)).body).toContain("pong");
    const stream = await test.ask("/v1/chat/completions", { ...CHAT, stream: true });
    expect(stream.body).toContain("[DONE]");
    const message = await test.ask("/v1/messages", { ...CHAT, max_tokens: 9 });
    expect(message).toMatchObject({ status: 200, body: expect.stringContaining("pong") });
    const list = await test.ask("/v1/models");
    expect(list.body).toContain('"alias"');
  });

  it("still refuses parameters that do not fit, though their validators are built late", async () => {
    expect((await test.ask("/v1/models?return_wildcard_routes=maybe")).status).toBe(422);
    expect((await test.ask("/v1/models?return_wildcard_routes=true")).status).toBe(200);
  });

  it("hides its secrets from the process list and from the log", async () => {
    const pid = await servingPid(test);
    const keeper = readStat(pid)?.parent ?? 0;
    for (const one of [pid, keeper]) {
      expect(readEnviron(one)?.join("\n")).not.toContain("canary");
    }
    expect(await test.log()).not.toContain("canary");
  });

  it("comes back after a kill in a small part of the boot's time", async () => {
    const pid = await servingPid(test);
    process.kill(pid, "SIGKILL");
    await until(() => test.proxy.state().phase === "restarting", { what: "the death" });
    await until(() => test.upstream.serving.size === 1, {
      what: "the restart",
      deadlineMs: 30_000,
    });
    const restarted = test.events.findLast(({ name }) => name === "proxy.ready");
    expect(Number(restarted?.fields?.["ms"])).toBeLessThan(bootMs * 0.35);
    expect((await test.ask("/v1/chat/completions", CHAT)).status).toBe(200);
  });

  it("makes room for a changed configuration without a gap", async () => {
    test.proxy.serve(await test.configure([mockModel("m", "changed")]));
    const isSwitched = () => test.names().includes("proxy.draining");
    const answers: number[] = [];
    await until(
      async () => {
        answers.push((await test.ask("/v1/chat/completions", CHAT)).status);
        return isSwitched();
      },
      { what: "the switch", deadlineMs: 30_000 },
    );
    expect(new Set(answers)).toEqual(new Set([200]));
    expect((await test.ask("/v1/chat/completions", CHAT)).body).toContain("changed");
  });
});

it("tells a configuration that LiteLLM refuses, with LiteLLM's own reason", async () => {
  const home = await useHome();
  const test = await useProxy(home, { python: (await testRuntime()).python });
  const bad = { router_settings: { routing_strategy: "latency-based" } };
  test.proxy.serve(await test.configure([mockModel("m")], {}, bad));
  const { cause, lines } = await test.proxy.failed;
  expect(cause).toMatchObject({ kind: "configuration", permanent: true });
  expect(`${cause.summary}\n${lines.join("\n")}`).toContain("routing_strategy");
  await until(() => test.groups.size === 0, { what: "the keeper's end" });
});

it("serves by itself with a custom callback, and a standby spares a crash the import", async () => {
  const home = await useHome();
  const told = join(home.dir, "told");
  await home.write(
    "sidelite_test_callback.py",
    `from litellm.integrations.custom_logger import CustomLogger
class Teller(CustomLogger):
    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        with open(${JSON.stringify(told)}, "a") as file:
            file.write("success\\n")
teller = Teller()
`,
  );
  const test = await useProxy(home, { python: (await testRuntime()).python, fork: false });
  const settings = { litellm_settings: { callbacks: "sidelite_test_callback.teller" } };
  test.proxy.serve(await test.configure([mockModel("m")], { cwd: home.cwd }, settings));
  await test.proxy.ready;
  expect((await test.ask("/v1/chat/completions", CHAT)).status).toBe(200);
  const text = await until(() => readFile(told, "utf8"), { what: "the callback" });
  expect(text).toBe("success\n");

  const imports = () => test.events.filter(({ name }) => name === "proxy.imported");
  await until(() => imports().length === 2, { what: "the standby", deadlineMs: 60_000 });
  process.kill(await servingPid(test), "SIGKILL");
  const starts = () => test.events.filter(({ name }) => name === "proxy.ready");
  await until(() => starts().length === 2, { what: "the restart", deadlineMs: 60_000 });
  expect(imports()).toHaveLength(2);
  const [boot, restart] = starts().map(({ fields }) => Number(fields?.["ms"]));
  expect(restart).toBeLessThan((boot ?? 0) / 2);
  expect((await test.ask("/v1/chat/completions", CHAT)).status).toBe(200);
});

describe("an import that", () => {
  it("leaves a thread is never forked, but serves", async () => {
    const home = await useHome();
    const served = `
import threading, time, json
threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        return await send({"type": "lifespan.startup.complete"})
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps({"data": [{"id": "m"}]}).encode()})
`;
    const test = await useProxy(home, { python: await pythonWith(home, served) });
    test.proxy.serve(await test.configure([mockModel("m")]));
    await test.proxy.ready;
    const imported = test.events.find(({ name }) => name === "proxy.imported");
    expect(imported?.fields).toMatchObject({ fork: false });
  });

  it.each([
    ["misses a module", "import no_such_module_at_all", "no_such_module_at_all"],
    ["exits", "import sys; sys.exit('no licence')", "no licence"],
  ])("%s is told and not repeated", async (_, source, reason) => {
    const home = await useHome();
    const test = await useProxy(home, { python: await pythonWith(home, source) });
    test.proxy.serve(await test.configure([mockModel("m")]));
    const { cause } = await test.proxy.failed;
    expect(cause).toMatchObject({ permanent: true, summary: expect.stringContaining(reason) });
    expect(test.names().filter((name) => name === "proxy.spawned")).toHaveLength(1);
  });
});

it("finds in the locked FastAPI and pydantic the places where work is spared", async () => {
  const code = `
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import defer, quicken
finish, end = quicken.quicken(), defer.defer()
from fastapi import routing
from fastapi._compat.v2 import FieldInfo, ModelField
from fastapi.dependencies import utils
from pydantic import BaseModel, TypeAdapter
field = ModelField(field_info=FieldInfo(annotation=int), name="n")
print("_type_adapter" in vars(field), field.validate("7"), field.validate("x")[0], len(vars(field)))
print(utils.get_typed_signature(quicken.quicken) is utils.get_typed_signature(quicken.quicken))
print(routing._extract_endpoint_context(defer.defer)["line"], finish.__name__, defer.defer.__code__.co_firstlineno)
class Late(BaseModel):
    n: "Number"
def adapt(Local):
    return TypeAdapter(list["Local"])
late = adapt(int)
Number = int
print(Late.__pydantic_complete__, Late(n="1").n, late.pydantic_complete, late.validate_python(["1"]), late.pydantic_complete)
end()
class Soon(BaseModel):
    n: int
print(Soon.__pydantic_complete__, TypeAdapter(int).pydantic_complete)
`;
  const { python } = await testRuntime();
  const folder = join(REPOSITORY, "src/proxy");
  const { stdout } = await promisify(execFile)(python, ["-I", "-c", code, folder]);
  expect(stdout.split("\n")).toEqual([
    "False (7, []) None 5",
    "True",
    expect.stringMatching(/^(\d+) <lambda> \1$/),
    "False 1 False [1] True",
    "True True",
    "",
  ]);
});

it("tells a Python that is not there before anything is started", async () => {
  const home = await useHome();
  await expect(useProxy(home, { python: join(home.dir, "no-python") })).rejects.toMatchObject({
    name: "UserError",
  });
});
