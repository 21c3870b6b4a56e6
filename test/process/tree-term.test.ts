// SIGTERM to every process of an instance at once, as systemd sends it: a stop, not a crash.
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

import { until } from "../fixtures/poll.ts";
import { listPids, readStat } from "../fixtures/proc.ts";
import { chance } from "../fixtures/rounds.ts";
import { useInstances } from "../fixtures/use-instances.ts";
import { workerCommand } from "../fixtures/worker.ts";

/** `root` and all its descendants, however deep. */
function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of listPids()) {
    const stat = readStat(pid);
    if (stat !== null) children.set(stat.parent, [...(children.get(stat.parent) ?? []), pid]);
  }
  const below = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(below)];
  return below(root);
}

/** On a busy machine the stop is under way, and a process gone, before the last one is told. */
function terminate(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

it.each([
  ["foreground", "forked", {}],
  ["daemon", "forked", {}],
  ["daemon", "self-serving", { SIDELITE_FORK: "0" }],
])("ends a whole %s tree with a %s LiteLLM cleanly", async (mode, kind, env) => {
  const luck = chance();
  console.info(`seed ${luck.seed}`);
  const { start, daemon, status, live, proxied } = await useInstances({ env });
  const command = [
    "worker",
    "start",
    "--queue-id",
    "q",
    ...proxied,
    "--",
    ...workerCommand("wait"),
  ];
  const foreground = mode === "foreground" ? start(command) : null;
  if (foreground === null) await daemon("q", "wait");
  const { pid, files } = await until(
    async () => {
      const shown = await live("q");
      return shown.proxy?.phase === "ready" && shown.worker?.pid ? shown : null;
    },
    { what: "a worker beside a LiteLLM that is ready", deadlineMs: 30_000 },
  );

  const tree = treeOf(pid ?? 0);
  // Supervisor, reaper, keeper, worker, and the generation where it is another process than the keeper.
  expect(tree.length).toBeGreaterThanOrEqual(kind === "forked" ? 5 : 4);
  const shuffled = tree.toSorted(() => luck.next() - 0.5);
  for (const each of shuffled) terminate(each);

  if (foreground !== null) expect((await foreground.exited).signal).toBe("SIGTERM");
  await until(() => tree.every((each) => readStat(each) === null), { what: "the tree's end" });
  expect(await status("q")).toMatchObject({ state: "stopped", pid: null, failure: null });
  const log = await readFile(files["proxyLog"] ?? "", "utf8");
  expect(log).toContain("proxy.stopped");
  expect(log).not.toMatch(/proxy\.(restarting|failed)|worker\.restarting/);
});
