// What the whole is for: LiteLLM is reloaded, killed and given bad files, and no request is lost.
import { writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { awaitServed } from "../e2e/serve.ts";
import { measureLoss } from "../fixtures/loss.ts";
import { until } from "../fixtures/poll.ts";
import { ROUNDS } from "../fixtures/rounds.ts";
import { useInstances } from "../fixtures/use-instances.ts";
import { FORK_ENV, FORKS } from "../fixtures/fork-mode.ts";

/** 20 reloads and kills, 40,000 requests in `test:long`. */
const rounds = ROUNDS >= 200 ? 20 : 3;
const requests = ROUNDS >= 200 ? 40_000 : 1_500;
const BAD_WRITES = 100;
/** A stream of the stand-in: as long as the rounds take, about. */
const STREAM = { chunks: rounds * (ROUNDS >= 200 ? 60 : 20), gap_seconds: 0.1 };

const configOf = (names: readonly string[]) =>
  JSON.stringify({
    model_list: names.map((name) => ({
      model_name: name,
      litellm_params: { model: "openai/x", api_key: "os.environ/FAKE_PROVIDER_KEY" },
    })),
  });

describe(`with fork ${FORKS}`, () => {
  it(
    `loses nothing over ${rounds} reloads and kills, nor while a bad file is written ${BAD_WRITES} times`,
    {
      timeout: rounds * 20_000 + 60_000,
    },
    async () => {
      const { home, start, live, run } = await useInstances({ env: FORK_ENV });
      const file = await home.write("litellm.yaml", configOf(["m"]));
      const args = ["proxy", "start", "--proxy-config-file", file];
      const cli = start(args, { env: { SIDELITE_PROXY_MAX_RETRIES: "1000" } });
      const { url, key } = await awaitServed(cli);

      const servingPid = async (): Promise<number> => {
        const { proxy } = await live("default");
        return proxy?.generations.find((one) => one.status === "serving")?.pid ?? 0;
      };
      const reload = async (round: number): Promise<void> => {
        if (round === 0) {
          for (let write = 0; write < BAD_WRITES; write += 1) {
            await writeFile(file, `model_list: [{model_name: m${100 + write}`);
            await delay(5); // an editor that saves all the time
          }
          await cli.waitFor(/what is in force stays/);
        }
        await writeFile(file, configOf(["m", `m${round}`]));
        // By the watch and by command, in turn.
        if (round % 2 === 1) expect(await run(["proxy", "reload"])).toMatchObject({ code: 0 });
        await until(async () => (await live("default")).proxy?.models.includes(`m${round}`), {
          what: `reload ${round}`,
          everyMs: 50,
        });
      };
      const result = await measureLoss({
        ...{ url, key, model: "m", clients: 8, requests, rounds },
        ...{ streams: 4, stream: { fake: STREAM }, reload, servingPid },
      });

      expect(result.lost).toEqual([]);
      expect(result.requests).toBeGreaterThan(requests);
      expect(result.failedAtKills).toBeLessThanOrEqual(rounds * 8);
      expect(result.slowestFailureMs).toBeLessThan(1_000);
      for (const text of result.streams) {
        expect(text.match(/"delta"/g)).toHaveLength(STREAM.chunks);
        expect(text).toMatch(/data: \[DONE\]\n\n$/);
      }
      // Once, or a few times where the machine is so slow that it reads between two writes of one save.
      expect(cli.stderr().match(/cannot be used/g)?.length).toBeLessThan(BAD_WRITES / 10);
      await cli.stop();
    },
  );
});
