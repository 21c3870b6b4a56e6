import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { until } from "../fixtures/poll.ts";
import { readStat } from "../fixtures/proc.ts";
import { useHome } from "../fixtures/use-home.ts";
import { mockModel, pythonWith, servingPid, useProxy } from "../proxy/support.ts";

const VERSION_1 = "/sys/fs/cgroup/memory";
const LIMIT_MB = 200;
/** Takes memory until there is none, at `/eat`. */
const APP = `
import json
kept = []
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        return await send({"type": "lifespan.startup.complete"})
    while scope["path"] == "/eat":
        kept.append(b"x" * (8 << 20))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps({"data": [{"id": "m"}]}).encode()})
`;

/** A cgroup of this limit, of the version that the machine has; gone with the test. */
async function makeCgroup(name: string): Promise<void> {
  const folder = cgroupFolder(name);
  await mkdir(folder);
  onTestFinished(async () => {
    await until(() => rmdir(folder).then(() => true), { what: "an empty cgroup" });
  });
  const file = existsSync(VERSION_1) ? "memory.limit_in_bytes" : "memory.max";
  await writeFile(join(folder, file), String(LIMIT_MB << 20));
}

function cgroupFolder(name: string): string {
  return join(existsSync(VERSION_1) ? VERSION_1 : "/sys/fs/cgroup", name);
}

it("knows the kernel's out-of-memory kill from any other, and starts LiteLLM again (F14)", async () => {
  const cgroup = `sidelite-${randomUUID()}`;
  await makeCgroup(cgroup); // before the home: it goes after what the home's end stops
  const home = await useHome();
  const test = await useProxy(home, { python: await pythonWith(home, APP) });
  await until(() => test.names().includes("proxy.imported"), { what: "the import" });
  const [keeper = 0] = test.groups;
  await writeFile(join(cgroupFolder(cgroup), "cgroup.procs"), String(keeper));
  test.proxy.serve(await test.configure([mockModel("m")]));
  await test.proxy.ready;
  const pid = await servingPid(test);
  expect(await readFile(`/proc/${pid}/cgroup`, "utf8")).toContain(cgroup);
  await expect(test.ask("/eat")).rejects.toThrow("socket hang up");
  await until(() => test.proxy.state().deaths === 1, { what: "the death" });
  const ended = test.events.find(({ name }) => name === "proxy.ended");
  expect(ended?.fields).toMatchObject({ cause: expect.stringContaining("no memory left") });
  expect(readStat(keeper)).not.toBeNull(); // the generation went, not the keeper
  await until(() => test.proxy.state().phase === "ready", { what: "the restart" });

  process.kill(await servingPid(test), "SIGKILL");
  await until(() => test.proxy.state().deaths === 2, { what: "the second death" });
  const second = test.events.findLast(({ name }) => name === "proxy.ended");
  expect(second?.fields).toMatchObject({ cause: expect.stringContaining("possibly") });
});
