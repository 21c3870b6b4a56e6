import { describe, expect, it, onTestFinished } from "vitest";
import { startPoller } from "../../src/control-plane/poller.ts";
import { until } from "../fixtures/poll.ts";
import { configWith, enabledWith, recordingReport, usePlane } from "./support.ts";

async function usePoller() {
  const used = await usePlane();
  used.plane.queue(enabledWith(configWith()));
  const source = used.source();
  await source.read(used.request());
  const said: string[] = [];
  let changes = 0;
  const poller = startPoller({
    source,
    report: recordingReport(said),
    onChange: async () => void (changes += 1),
    everyMs: 10,
  });
  onTestFinished(() => poller.stop());
  const asked = async (times: number) => {
    const from = used.plane.requests.length;
    await until(() => used.plane.requests.length >= from + times, { what: `${times} questions` });
  };
  return { ...used, source, said, poller, asked, changes: () => changes };
}

describe("the poller", () => {
  it("F52: tells a change once, and the next read has it", async () => {
    const { plane, source, request, asked, changes } = await usePoller();
    await asked(3);
    expect(changes()).toBe(0);
    plane.queue({ settings: { enable_local_litellm_proxy: false } });
    await until(() => changes() === 1, { what: "the change" });
    await asked(3);
    expect(changes()).toBe(1);
    const before = plane.requests.length;
    expect((await source.read(request())).settings).toEqual({ enable_local_litellm_proxy: false });
    expect(plane.requests.length - before).toBeLessThan(2);
  });

  it("takes a new version without a new setting for no change", async () => {
    const { plane, asked, changes } = await usePoller();
    plane.queue({ ...enabledWith(configWith()), config_version: 8 });
    await asked(3);
    expect(changes()).toBe(0);
  });

  it("F51: keeps the last good settings, and says so once", async () => {
    const { plane, source, request, said, asked, changes } = await usePoller();
    plane.mode({ status: 502 });
    await asked(4);
    expect(said.filter((line) => line.startsWith("warning"))).toEqual([
      expect.stringMatching(/cannot be asked.*status 502; the settings in force stay$/),
    ]);
    expect((await source.read(request())).settings).toMatchObject({
      enable_local_litellm_proxy: true,
    });
    plane.mode({ status: 401 });
    await asked(4);
    expect(said.filter((line) => line.startsWith("warning")).length).toBe(2);
    plane.mode("normal");
    await asked(3);
    expect(said.filter((line) => !line.startsWith("warning"))).toEqual([
      "event: queue-settings-lost",
      "the control plane gives the queue settings again",
      "event: queue-settings-back",
    ]);
    expect(changes()).toBe(0);
  });

  it("F53: keeps the last good settings when the new ones are hostile", async () => {
    const { plane, source, request, said, asked, changes } = await usePoller();
    plane.queue(enabledWith({ include: ["/etc/passwd"] }));
    await asked(3);
    expect(said).toContainEqual(
      expect.stringMatching(/^warning: .*refused.*the settings in force stay$/),
    );
    expect((await source.read(request())).settings["litellm_config"]).toEqual(configWith());
    expect(changes()).toBe(0);
  });

  it("stops at once, a question under way included", async () => {
    const { plane, poller, asked } = await usePoller();
    plane.mode("hang");
    await asked(1);
    const start = performance.now();
    await poller.stop();
    // Long before the question's own limit of 10 s.
    expect(performance.now() - start).toBeLessThan(5_000);
    const before = plane.requests.length;
    await poller.stop();
    expect(plane.requests.length).toBe(before);
  });

  it("spreads its questions", async () => {
    const { source, plane, request } = await usePlane().then((used) => ({
      ...used,
      source: used.source(),
    }));
    expect(source.isAsked()).toBe(false);
    expect(await source.refresh(new AbortController().signal)).toEqual({ kind: "same" });
    expect(plane.requests).toEqual([]);
    await source.read(request());
    expect(source.isAsked()).toBe(true);
    let drawn = 0;
    const poller = startPoller({
      source,
      report: recordingReport([]),
      onChange: () => Promise.resolve(),
      everyMs: 20,
      random: () => (drawn += 1) % 2,
    });
    await until(() => drawn >= 3, { what: "three pauses" });
    await poller.stop();
    expect(plane.requests.length).toBeGreaterThanOrEqual(3);
  });
});
