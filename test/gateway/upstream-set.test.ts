import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

import { Secret } from "../../src/core/secret.ts";
import type { Lease } from "../../src/core/upstream.ts";
import { UpstreamUnavailable } from "../../src/core/upstream.ts";
import { readHead } from "../../src/gateway/head.ts";
import { planHeaders } from "../../src/gateway/header-plan.ts";
import { createUpstreamSet } from "../../src/gateway/upstream-set.ts";
import { until } from "../fixtures/poll.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";

const nowhere = { kind: "unix", path: "/nonexistent/socket" } as const;
const never = new AbortController().signal;

function take(set: ReturnType<typeof createUpstreamSet>): Lease {
  const lease = set.tryAcquire();
  if (lease === null) throw new Error("no lease");
  return lease;
}

describe("leases", () => {
  it("go to the process with the fewest requests", () => {
    const set = createUpstreamSet({ holdMs: 1_000 });
    set.add("a", nowhere);
    set.add("b", nowhere);
    const first = take(set);
    const second = take(set);
    expect([first.id, second.id].toSorted()).toEqual(["a", "b"]);
    first.release();
    first.release();
    expect(take(set).id).toBe(first.id);
    expect(set.load().serving.map(({ inFlight }) => inFlight)).toEqual([1, 1]);
  });

  it("bring the key of their process, where a route leaves it to them", () => {
    const set = createUpstreamSet({ holdMs: 1_000 });
    set.add("a", { ...nowhere, masterKey: new Secret("sk-of-a") });
    const { authorization } = take(set);
    const head = readHead("POST", "/", ["Host", "h"]);
    const byRoute = { set: ["authorization", "Bearer own"] };
    expect(planHeaders(head, { ...byRoute, byLease: true }, authorization)[3]).toBe(
      "Bearer sk-of-a",
    );
    expect(planHeaders(head, { ...byRoute, byLease: true })[3]).toBe("Bearer own");
    expect(planHeaders(head, byRoute, authorization)[3]).toBe("Bearer own");
  });

  it("are not given by one that drains, which ends with the last of them", async () => {
    const set = createUpstreamSet({ holdMs: 1_000 });
    set.add("old", nowhere);
    const lease = take(set);
    let isDrained = false;
    const drained = set.drain("old").then(() => {
      isDrained = true;
    });
    expect(set.tryAcquire()).toBeNull();
    set.add("new", nowhere);
    expect(take(set).id).toBe("new");
    await Promise.resolve();
    expect(isDrained).toBe(false);
    lease.release();
    await drained;
    expect(set.load().serving.map(({ id }) => id)).toEqual(["new"]);
  });

  it("do not keep a drain waiting for a process that died", async () => {
    const set = createUpstreamSet({ holdMs: 1_000 });
    set.add("old", nowhere);
    take(set);
    const drained = set.drain("old");
    set.remove("old");
    await expect(drained).resolves.toBeUndefined();
    await expect(set.drain("unknown")).resolves.toBeUndefined();
  });
});

it("opens the first request's connection before it comes", async () => {
  const path = join(await temporaryFolder(), "socket");
  let connections = 0;
  const server = createServer((_, response) => response.end()).on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => void server.close());
  const set = createUpstreamSet({ holdMs: 1_000 });
  set.add("a", { kind: "unix", path });
  await until(() => connections === 1, { what: "the connection" });
  const lease = take(set);
  await new Promise<void>((end, fail) => {
    const sink = { head: () => {}, data: () => true, end, fail };
    lease.send({ method: "GET", path: "/", headers: ["host", "h"], bodyLength: null }, null, sink);
  });
  lease.release();
  expect(connections).toBe(1);
  await set.drain("a");
});

describe("a suspended process", () => {
  it("gets no request, which waits where there is no other", async () => {
    const set = createUpstreamSet({ holdMs: 5_000 });
    set.add("a", nowhere);
    set.add("b", nowhere);
    const running = take(set);
    set.suspend("a", true);
    expect([take(set).id, take(set).id]).toEqual(["b", "b"]);
    set.suspend("b", true);
    expect(set.tryAcquire()).toBeNull();
    const held = set.acquire(never);
    set.suspend("a", false);
    expect((await held).id).toBe("a");
    expect(running.id).toBe("a");
    expect(set.activity("a")).toEqual({ inFlight: 2, heard: 0, broken: 0 });
  });

  it("counts what is heard of it and what fails", async () => {
    const set = createUpstreamSet({ holdMs: 1_000 });
    set.add("a", nowhere);
    const lease = take(set);
    await new Promise<void>((resolve) => {
      const sink = { head: () => {}, data: () => true, end: () => {}, fail: () => resolve() };
      lease.send({ method: "GET", path: "/", headers: [], bodyLength: null }, null, sink);
    });
    lease.release();
    expect(set.activity("a")).toEqual({ inFlight: 0, heard: 0, broken: 1 });
    expect(set.activity("unknown")).toBeNull();
    set.suspend("unknown", true);
  });
});

describe("holding", () => {
  it("begins before any process was added, and ends first come, first served", async () => {
    const set = createUpstreamSet({ holdMs: 5_000 });
    expect(set.tryAcquire()).toBeNull();
    const order: number[] = [];
    const waiting = [1, 2, 3].map(async (number) => {
      await set.acquire(never);
      order.push(number);
    });
    expect(set.load().held).toBe(3);
    set.add("a", nowhere);
    await Promise.all(waiting);
    expect([order, set.load().held]).toEqual([[1, 2, 3], 0]);
  });

  it("is bounded in time", async () => {
    const set = createUpstreamSet({ holdMs: 30 });
    await expect(set.acquire(never)).rejects.toThrow(UpstreamUnavailable);
    expect(set.load().held).toBe(0);
  });

  it("is bounded in number", async () => {
    const set = createUpstreamSet({ holdMs: 200, held: 1 });
    const first = set.acquire(never);
    await expect(set.acquire(never)).rejects.toThrow("too many requests");
    set.add("a", nowhere);
    expect((await first).id).toBe("a");
  });

  it("ends for a client that leaves", async () => {
    const set = createUpstreamSet({ holdMs: 5_000 });
    const abort = new AbortController();
    const held = set.acquire(abort.signal);
    abort.abort(new Error("left"));
    await expect(held).rejects.toThrow("left");
    await expect(set.acquire(abort.signal)).rejects.toThrow("left");
    set.add("a", nowhere);
    expect([set.load().held, set.load().serving[0]?.inFlight]).toEqual([0, 0]);
  });

  it("is refused when the proxy has failed, until it is not", async () => {
    const set = createUpstreamSet({ holdMs: 5_000 });
    const held = set.acquire(never);
    set.refuse("LiteLLM failed: bad configuration");
    await expect(held).rejects.toThrow("bad configuration");
    await expect(set.acquire(never)).rejects.toThrow("bad configuration");
    expect(() => set.tryAcquire()).toThrow(UpstreamUnavailable);
    set.refuse(null);
    set.add("a", nowhere);
    expect(take(set).id).toBe("a");
  });
});
