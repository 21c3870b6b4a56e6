import { expect, it } from "vitest";

import { parseEvent, renderOrder } from "../../src/proxy/protocol.ts";

it("writes an order as one line, whatever is in it", () => {
  const order = { order: "signal", generation: 3, signal: "TERM" } as const;
  expect(JSON.parse(renderOrder(order))).toEqual(order);
  const environment = { ODD: "line one\nline two\u2028three" };
  const line = renderOrder({
    order: "start",
    generation: 1,
    socket: "/s/g1",
    log: "/s/g1.log",
    cwd: null,
    environment,
    worker_config: {},
    grace_s: 2,
    keep_alive_s: 300,
    further: false,
  });
  expect(line.indexOf("\n")).toBe(line.length - 1);
  expect(JSON.parse(line)).toMatchObject({ environment });
});

it("reads events, and nothing else", () => {
  const event = { event: "started", generation: 1, pid: 7 };
  expect(parseEvent(JSON.stringify(event))).toEqual(event);
  for (const line of ["", "{", "null", "[]", "3", '{"event":5}', '{"event":"other"}']) {
    expect(parseEvent(line)).toBeNull();
  }
});
