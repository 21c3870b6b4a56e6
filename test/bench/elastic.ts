// LiteLLM through sidelite, with as many processes as it likes and with one, against LiteLLM alone.
import { fileURLToPath } from "node:url";

import { askChild } from "./child.ts";
import type { BenchContext, Figure, Row } from "./figure.ts";
import { atLeast, atMost } from "./figure.ts";
import type { LoadOrder, LoadResult } from "./load-order.ts";
import { readMemory } from "./memory.ts";
import type { Served } from "./serve-litellm.ts";
import { serveAlone, serveThrough } from "./serve-litellm.ts";
import { createHome } from "../fixtures/home.ts";
import { alternate, median, ratio } from "./statistics.ts";

const CLIENTS = 16;
const REQUESTS = 1_000;
/** Before each measurement: its processes come up, the others' go. */
const WARM_REQUESTS = 500;
const ANSWER = "pong of the bench";

export const elastic: Figure = {
  name: "elastic",
  title: `LiteLLM's mock responses through sidelite, ${CLIENTS} clients, against LiteLLM alone`,
  async measure(context: BenchContext): Promise<Row[]> {
    const home = await createHome();
    const served: Served[] = [];
    try {
      const alone = await serveAlone(home, context.runtime, ANSWER);
      served.push(alone);
      const many = await serveThrough(home, "many", ANSWER, null);
      served.push(many);
      const one = await serveThrough(home, "one", ANSWER, 1);
      served.push(one);
      const p99s = new Map<string, number[]>();
      let share = Number.NaN;
      const side = (name: string, target: Served) => ({
        name,
        measure: async () => {
          await load(target, WARM_REQUESTS);
          const { answered, seconds, p99 } = await load(target, REQUESTS);
          p99s.set(name, [...(p99s.get(name) ?? []), p99]);
          if (target === many) share = await shareOfFurther(many, alone);
          return answered / seconds;
        },
      });
      const sides = [side("alone", alone), side("many", many), side("one", one)];
      const rates = await alternate(sides, context.rounds, context.say);
      return [
        ...sides.map(({ name }) => rateRow(name, median(rates.get(name) ?? []))),
        judged("requests/s, as many as it likes", ratio(rates, "many", "alone"), atLeast(1.8)),
        judged("requests/s, one process", ratio(rates, "one", "alone"), atLeast(1)),
        ...sides.map(({ name }) => p99Row(name, median(p99s.get(name) ?? []))),
        judged("p99, as many as it likes", ratio(p99s, "many", "alone"), atMost(0.7)),
        judged("p99, one process", ratio(p99s, "one", "alone"), atMost(0.7)),
        judged("memory of a further process", share, atMost(0.35)),
      ];
    } finally {
      for (const litellm of served) await litellm.stop();
      await home.stopAll();
      await home.remove();
    }
  },
};

/** What a further generation has for itself, of all that LiteLLM alone takes. */
async function shareOfFurther(many: Served, alone: Served): Promise<number> {
  const pids = await many.pids();
  const [whole = 0] = await alone.pids();
  const last = pids.at(-1);
  if (pids.length < 2 || last === undefined) return Number.NaN;
  return (await readMemory(last)).ownMb / (await readMemory(whole)).sharedMb;
}

async function load({ url, key }: Served, requests: number): Promise<LoadResult> {
  const { hostname, port, host } = new URL(url);
  const order: LoadOrder = {
    target: { host: hostname, port: Number(port) },
    host,
    key,
    clients: CLIENTS,
    requests,
    mixedSizes: false,
    answer: ANSWER,
  };
  const script = fileURLToPath(new URL("./load.js", import.meta.url));
  const result = await askChild<LoadResult>(script, order);
  if (result.firstWrong !== null) throw new Error(result.firstWrong);
  return result;
}

function rateRow(name: string, value: number): Row {
  return { what: `requests through ${name}`, value, unit: "requests/s" };
}

function p99Row(name: string, value: number): Row {
  return { what: `p99 through ${name}`, value, unit: "ms" };
}

function judged(what: string, value: number, bound: NonNullable<Row["bound"]>): Row {
  return { what: `${what} / LiteLLM alone`, value, unit: "x", bound };
}
