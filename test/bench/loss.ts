// Requests lost while the real LiteLLM is reloaded and killed, once each a round, with long streams open.
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { startCli } from "../fixtures/cli.ts";
import { startFakeProvider } from "../fixtures/fake-provider.ts";
import { createHome } from "../fixtures/home.ts";
import { liveStatus, reloadLive } from "../fixtures/live-status.ts";
import type { LossResult } from "../fixtures/loss.ts";
import { measureLoss } from "../fixtures/loss.ts";
import type { BenchContext, Figure, Row } from "./figure.ts";
import { atLeast, atMost } from "./figure.ts";

/** `--rounds 20` makes the 40,000 requests of the figure: five minutes on two cores. */
const REQUESTS = 2_000;
const CLIENTS = 8;
const STREAMS = 4;
/** Of one stream; a round takes some seconds. */
const PIECES_A_ROUND = 40;
const KEY_NAME = "SIDELITE_BENCH_KEY";

export const loss: Figure = {
  name: "loss",
  title: "requests lost over reloads and kills of the real LiteLLM, one of each a round",
  async measure({ rounds }: BenchContext): Promise<Row[]> {
    const pieces = rounds * PIECES_A_ROUND;
    const found = await run(rounds, pieces);
    const whole = found.streams.filter((text) => isWhole(text, pieces));
    const most = rounds * CLIENTS;
    return [
      {
        what: "requests",
        value: found.requests,
        unit: "requests",
        bound: atLeast(rounds * REQUESTS),
      },
      { what: "lost", value: found.lost.length, unit: "requests", bound: atMost(0) },
      {
        what: "failed in flight at a kill",
        value: found.failedAtKills,
        unit: "requests",
        bound: atMost(most),
      },
      {
        what: "kill to the slowest of these answers",
        value: found.slowestFailureMs,
        unit: "ms",
        bound: atMost(100),
      },
      { what: "streams uncut", value: whole.length, unit: "streams", bound: atLeast(STREAMS) },
    ];
  },
};

async function run(rounds: number, pieces: number): Promise<LossResult> {
  const key = `sk-${randomBytes(16).toString("hex")}`;
  const home = await createHome({
    env: { [KEY_NAME]: key, SIDELITE_PROXY_MAX_RETRIES: "1000" },
  });
  const provider = await startFakeProvider();
  provider.behave({ pieces, gapMs: 100 });
  const file = join(home.cwd, "litellm.yaml");
  const write = (round: number): Promise<void> =>
    writeFile(file, renderConfig(round, `${provider.url}/v1`), { mode: 0o600 });
  try {
    await write(-1);
    const cli = startCli(home, ["proxy", "start", "--proxy-config-file", file]);
    const [, url = ""] = await cli.waitFor(/^export LITELLM_API_BASE='(.+)'$/m, 60_000);
    const result = await measureLoss({
      ...{ url, key, model: "bench", rounds, clients: CLIENTS, requests: rounds * REQUESTS },
      ...{ streams: STREAMS, stream: { model: "slow" } },
      reload: async (round) => {
        await write(round);
        await reloadLive(home, "default");
      },
      servingPid: async () => {
        const { proxy } = await liveStatus(home, "default");
        return proxy?.generations.find(({ status }) => status === "serving")?.pid ?? 0;
      },
    });
    await cli.stop();
    for (const text of result.lost.slice(0, 5)) process.stderr.write(`  lost: ${text}\n`);
    return result;
  } finally {
    await home.stopAll();
    await provider.close();
    await home.remove();
  }
}

function renderConfig(round: number, api_base: string): string {
  const entry = (model_name: string, rest: object) => ({
    model_name,
    litellm_params: { model: "openai/bench", api_key: "none", ...rest },
  });
  const mock = { mock_response: "pong of the bench" };
  return JSON.stringify({
    model_list: [entry("bench", mock), entry("slow", { api_base }), entry(`round-${round}`, mock)],
    general_settings: { master_key: `os.environ/${KEY_NAME}` },
  });
}

function isWhole(text: string, pieces: number): boolean {
  const parts = text.match(/"content":"[^"]/g) ?? [];
  return parts.length === pieces && text.endsWith("data: [DONE]\n\n");
}
