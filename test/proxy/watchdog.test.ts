import { describe, expect, it } from "vitest";

import type { Activity } from "../../src/core/upstream.ts";
import type { Pulse, Verdict } from "../../src/proxy/watchdog.ts";
import { judge, newPulse } from "../../src/proxy/watchdog.ts";

const PROBE_MS = 2_000;
const MINUTE = 60_000;

interface World {
  /** Whether a probe that begins now is answered. */
  readonly answers: (at: number) => boolean;
  readonly activity?: (at: number) => Partial<Activity>;
  /** Stopped by a signal from then on. */
  readonly stoppedAt?: number;
  /** We ourselves do not run in between. */
  readonly gap?: readonly [from: number, to: number];
}

interface Story {
  /** null: it was left alone. */
  readonly hungAt: number | null;
  readonly probes: readonly number[];
  /** Whether it was ever taken out of the choice. */
  readonly suspended: boolean;
}

/** One generation watched for a while on a virtual clock that begins at 0, looked at as often as vitals.ts does. */
function watch(world: World, until: number): Story {
  const activity = (at: number): Activity => ({
    inFlight: 0,
    heard: 0,
    broken: 0,
    ...world.activity?.(at),
  });
  const probes: number[] = [];
  let pulse: Pulse = newPulse(0, activity(0));
  let suspended = false;
  const asked: { readonly at: number; readonly began: number; readonly answers: boolean }[] = [];
  const note = (verdict: Verdict, now: number): boolean => {
    pulse = verdict.pulse;
    suspended ||= pulse.failures > 0;
    if (verdict.probe) {
      const answers = world.answers(now);
      asked.push({ at: now + (answers ? 10 : PROBE_MS), began: now, answers });
      probes.push(now);
    }
    return verdict.hung;
  };
  for (let now = 10; now <= until; now += 10) {
    const [from = 0, to = 0] = world.gap ?? [];
    if (now > from && now < to) continue;
    if (
      now % (activity(now).inFlight === 0 ? 2_000 : 1_000) === 0 &&
      note(judge(pulse, { type: "tick", activity: activity(now) }, now), now)
    )
      return { hungAt: now, probes, suspended };
    const over = asked.findIndex(({ at }) => at <= now);
    const [probe] = over < 0 ? [] : asked.splice(over, 1);
    if (probe === undefined) continue;
    const { began: probedAt, answers } = probe;
    const stopped = world.stoppedAt !== undefined && now >= world.stoppedAt;
    const sign = answers
      ? ({ type: "answered", probedAt } as const)
      : ({ type: "silent", probedAt, activity: activity(now), stopped } as const);
    if (note(judge(pulse, sign, now), now)) return { hungAt: now, probes, suspended };
  }
  return { hungAt: null, probes, suspended };
}

const untilHang = (at: number) => (now: number) => now < at;

describe("idle", () => {
  it("is asked every six seconds and left alone while it answers", () => {
    const { hungAt, probes, suspended } = watch({ answers: () => true }, MINUTE);
    expect(hungAt).toBeNull();
    expect(probes.length).toBeGreaterThan(8);
    expect(probes.length).toBeLessThan(13);
    expect(suspended).toBe(false);
  });

  for (let phase = 0; phase < 6_000; phase += 500) {
    it(`a hang ${phase} ms after the start of a round is found within 15 s`, () => {
      const at = 20_000 + phase;
      const { hungAt } = watch({ answers: untilHang(at), stoppedAt: at }, MINUTE);
      expect(hungAt).not.toBeNull();
      expect((hungAt ?? 0) - at).toBeLessThanOrEqual(15_000);
    });
  }

  it("a hang without a signal is found as soon", () => {
    expect(watch({ answers: untilHang(20_000) }, MINUTE).hungAt).toBeLessThanOrEqual(35_000);
  });

  it("two lost probes are no hang", () => {
    const answers = (at: number) => at < 24_000 || at >= 27_900;
    expect(watch({ answers }, MINUTE)).toMatchObject({ hungAt: null, suspended: true });
  });
});

describe("with requests under way", () => {
  const waiting = (from: number) => (at: number) => ({ inFlight: at >= from ? 1 : 0 });

  it("a stopped process is found by them sooner than by the idle round", () => {
    const activity = waiting(16_500);
    const { hungAt } = watch({ answers: untilHang(16_000), stoppedAt: 16_000, activity }, MINUTE);
    expect((hungAt ?? Infinity) - 16_500).toBeLessThanOrEqual(10_000);
  });

  it("no other request goes to a silent one", () => {
    const activity = waiting(16_500);
    expect(watch({ answers: untilHang(16_000), activity }, 25_000).suspended).toBe(true);
  });

  it("a failed connection is a reason to ask at once", () => {
    const broken = (at: number) => ({ broken: at >= 11_500 ? 1 : 0 });
    const { probes } = watch({ answers: () => true, activity: broken }, 13_000);
    expect(probes).toContain(12_000);
  });

  it("a slow answer alone is none to kill", () => {
    const story = watch({ answers: () => true, activity: waiting(5_000) }, 5 * MINUTE);
    expect(story).toMatchObject({ hungAt: null, suspended: false });
  });

  it("a freeze of 120 s that began with them is waited out", () => {
    const answers = (at: number) => at < 20_000 || at >= 140_000;
    const story = watch({ answers, activity: () => ({ inFlight: 3 }) }, 200_000);
    expect(story).toMatchObject({ hungAt: null, suspended: true });
  });

  it("a freeze has its limit", () => {
    const activity = () => ({ inFlight: 3 });
    const { hungAt } = watch({ answers: untilHang(20_000), activity }, 300_000);
    expect(hungAt).toBeGreaterThan(20_000 + 120_000);
    expect(hungAt).toBeLessThan(20_000 + 160_000);
  });

  it("a freeze ends early when they have all left", () => {
    const activity = (at: number) => ({ inFlight: at < 40_000 ? 1 : 0 });
    const { hungAt } = watch({ answers: untilHang(20_000), activity }, 300_000);
    expect(hungAt).toBeLessThan(45_000);
  });

  it("while bytes flow nothing is asked and nothing killed", () => {
    const activity = (at: number) => ({ inFlight: 1, heard: Math.floor(at / 700) });
    const story = watch({ answers: () => false, activity }, 5 * MINUTE);
    expect(story).toEqual({ hungAt: null, probes: [], suspended: false });
  });

  it("bytes during a probe that fails are a sign of life", () => {
    const activity = (at: number) => ({ inFlight: 1, heard: Math.floor(at / 2_500) });
    expect(watch({ answers: () => false, activity }, 5 * MINUTE).hungAt).toBeNull();
  });
});

describe("our own clock", () => {
  it("a gap is no news of the process: it is asked afresh", () => {
    const gap = [21_000, 51_000] as const;
    const answers = (at: number) => at < 20_000 || at >= 51_000;
    const story = watch({ answers, stoppedAt: 20_000, gap }, 2 * MINUTE);
    expect(story.hungAt).toBeNull();
    expect(story.probes.some((at) => at >= 51_000 && at <= 52_000)).toBe(true);
  });

  it("a process that does not come back after the gap is found after it", () => {
    const gap = [21_000, 51_000] as const;
    const story = watch({ answers: untilHang(20_000), stoppedAt: 20_000, gap }, 2 * MINUTE);
    expect(story.hungAt).toBeGreaterThan(55_000);
    expect(story.hungAt).toBeLessThanOrEqual(66_000);
  });
});
