// Fifty starts at one moment: of one queue, and of as many queues. Here because both take all cores for a while.
import { expect, it } from "vitest";

import type { CliProcess } from "../fixtures/cli.ts";
import { closedPort } from "../fixtures/closed-port.ts";
import { until } from "../fixtures/poll.ts";
import { useInstances } from "../fixtures/use-instances.ts";

const STARTS = 50;
/** All of them together, beside whatever else the machine does. */
const READY_MS = 100_000;
/** Tells that it runs, and where its LiteLLM is. */
const WORKER = ["sh", "-c", 'echo "ready $LITELLM_API_BASE"; exec sleep 1000'];

/** Resolves when all but one have ended. */
async function untilOneIsLeft(clis: readonly CliProcess[]): Promise<void> {
  let left = clis.length;
  for (const { exited } of clis) void exited.then(() => (left -= 1));
  await until(() => left <= 1, { what: "one start's victory", deadlineMs: READY_MS });
}

it.each([
  [STARTS, "on any port", []],
  [12, "on one port", ["--proxy-port"]],
])("has one winner of %i starts of one queue %s; the others name it (F32)", async (...row) => {
  const [starts, , flag] = row;
  const { start, status, proxied } = await useInstances();
  const port = flag.length === 0 ? [] : [String(await closedPort())];
  const flags = ["--queue-id", "q", ...proxied, ...flag, ...port];
  const clis = Array.from({ length: starts }, () =>
    start(["worker", "start", ...flags, "--", ...WORKER]),
  );
  await untilOneIsLeft(clis);
  const { pid, url } = await status("q");
  const winner = clis.find((cli) => cli.pid === pid);
  await winner?.waitFor(/^ready http/m, READY_MS);
  winner?.signal("SIGTERM");
  const ended = await Promise.all(clis.map(({ finished }) => finished));
  const losers = ended.filter((_, index) => clis[index] !== winner);
  expect(losers).toHaveLength(starts - 1);
  for (const { code, stderr } of losers) {
    expect({ code, stderr }).toEqual({
      code: 6,
      stderr: expect.stringContaining(`q is already running (pid ${pid}, ${url})`),
    });
  }
});

it(`starts ${STARTS} queues at once, each on a port of its own (F33)`, async () => {
  const { start, proxied } = await useInstances();
  const clis = Array.from({ length: STARTS }, (_, index) =>
    start(["worker", "start", "--queue-id", `q${index}`, ...proxied, "--", ...WORKER]),
  );
  const ready = clis.map((cli) => cli.waitFor(/^ready (http:.*)$/m, READY_MS));
  const urls = (await Promise.all(ready)).map(([, url]) => url);
  expect(new Set(urls).size).toBe(STARTS);
  for (const cli of clis) cli.signal("SIGTERM");
  const ended = await Promise.all(clis.map(({ exited }) => exited));
  expect(ended.filter(({ signal }) => signal !== "SIGTERM")).toEqual([]);
});
