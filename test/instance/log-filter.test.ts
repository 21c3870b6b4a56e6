import { expect, it } from "vitest";

import { createLogFilter, parseLogQuery } from "../../src/instance/log-filter.ts";

const NOW = new Date("2026-01-31T12:00:00Z");
const LOG = [
  "2026-01-31T10:00:00.000Z event proxy.spawned keeper=1",
  "g1 11:00:00 - LiteLLM:ERROR: router.py:1 - boom",
  "g1 Traceback (most recent call last):",
  "2026-01-31T11:30:00.000Z access abc worker POST /v1/chat/completions 200",
  "g1 11:40:00 - LiteLLM:WARNING: slow",
  "g1 11:41:00 - LiteLLM:DEBUG: detail",
];

function show(flags: Record<string, string>): number[] {
  const passes = createLogFilter(parseLogQuery(flags, NOW));
  return LOG.flatMap((line, index) => (passes(line) ? [index] : []));
}

it.each([
  [{}, [0, 1, 2, 3, 4, 5]],
  [{ since: "1h" }, [3, 4, 5]],
  [{ since: "2026-01-31T10:00:00Z" }, [0, 1, 2, 3, 4, 5]],
  [{ since: "2d" }, [0, 1, 2, 3, 4, 5]],
  [{ since: "30s" }, []],
  [{ level: "error" }, [1, 2]],
  [{ level: "WARN" }, [1, 2, 4]],
  [{ level: "info" }, [0, 1, 2, 3, 4]],
  [{ level: "debug" }, [0, 1, 2, 3, 4, 5]],
  [{ level: "warning", since: "1h" }, [4]],
])("%j shows lines %j", (flags, expected) => {
  expect(show(flags)).toEqual(expected);
});

it("shows a line that is too long with all its parts", () => {
  const passes = createLogFilter(parseLogQuery({ level: "error" }, NOW));
  const parts = ["ERROR: a [sidelite: the line goes on]", "[sidelite: the line goes on] INFO b"];
  expect(["INFO", ...parts, "INFO", parts[1] ?? ""].map(passes)).toEqual([
    ...[false, true, true],
    ...[false, false],
  ]);
});

it.each([{ since: "soon" }, { since: "10" }, { level: "loud" }, { tail: "-1" }, { tail: "many" }])(
  "refuses %j",
  (flags) => {
    expect(() => parseLogQuery(flags, NOW)).toThrow(/is no /);
  },
);
