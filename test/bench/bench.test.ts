import { expect, it } from "vitest";

import { atLeast, atMost, keepsBound } from "./figure.ts";
import { createReader } from "./http-reader.ts";
import { alternate, median, percentile, ratio } from "./statistics.ts";
import { renderTable } from "./table.ts";

it("takes messages apart however the bytes come", () => {
  const wire = Buffer.from(
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc" +
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n" +
      "HTTP/1.1 204 No Content\r\n\r\n",
  );
  for (const size of [1, 7, wire.length]) {
    const bodies: string[] = [];
    const feed = createReader(({ head, body }) => {
      expect(head).toMatch(/^HTTP\/1\.1 20[04] /);
      bodies.push(body.toString());
    });
    for (let at = 0; at < wire.length; at += size) feed(wire.subarray(at, at + size));
    expect(bodies).toEqual(["abc", "def", ""]);
  }
});

it("alternates the sides and compares their medians", async () => {
  const order: string[] = [];
  const side = (name: string, ...values: number[]) => ({
    name,
    measure: () => {
      order.push(name);
      return Promise.resolve(values.shift() ?? Number.NaN);
    },
  });
  const values = await alternate([side("a", 1, 9, 2), side("b", 4, 4, 4)], 3, () => {});
  expect(order.join("")).toBe("abbaab");
  expect(ratio(values, "b", "a")).toBe(2);
  expect(ratio(values, "b", "missing")).toBeNaN();
  expect([median([]), percentile([3, 1, 2], 0.99)]).toEqual([Number.NaN, 3]);
});

it("judges bounds; what could not be measured is a miss", () => {
  const row = { what: "w", unit: "x" };
  expect(keepsBound({ ...row, value: 0.7, bound: atMost(0.7) })).toBe(true);
  expect(keepsBound({ ...row, value: 0.99, bound: atLeast(1) })).toBe(false);
  expect(keepsBound({ ...row, value: Number.NaN, bound: atMost(1) })).toBe(false);
  const rows = [
    { ...row, value: 1234.5 },
    { ...row, value: 2, bound: atMost(1) },
  ];
  const table = renderTable({ cores: 2 }, [{ figure: { name: "f", title: "t" }, rows }]);
  expect(table).toBe("cores 2\n\nf: t\n  w  1235 x\n  w  2.00 x             MISSED: at most 1 x\n");
});
