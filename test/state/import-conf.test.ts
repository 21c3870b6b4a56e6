import { constants } from "node:os";
import { expect, it, onTestFinished } from "vitest";

import { importConf } from "../../src/state/import-conf.ts";

// In a file of its own: only the first import adds the handlers.
it("adds no signal handler of conf's, and takes away none of ours", async () => {
  process.on("SIGUSR2", ours);
  process.once("SIGTERM", ours);
  onTestFinished(() => void process.off("SIGUSR2", ours).off("SIGTERM", ours));
  const before = counts();
  const Conf = await importConf();
  expect(typeof Conf).toBe("function");
  expect(counts()).toEqual(before);
});

function ours(): void {
  return;
}

function counts(): number[] {
  return Object.keys(constants.signals).map((name) => process.listenerCount(name));
}
