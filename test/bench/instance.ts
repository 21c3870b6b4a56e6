// The built program with a proxy on the stand-in LiteLLM: what an instance's own process costs.
import { randomBytes } from "node:crypto";
import { join } from "node:path";

import { startCli } from "../fixtures/cli.ts";
import { makeFakeRuntimes } from "../fixtures/fake-litellm.ts";
import { createHome } from "../fixtures/home.ts";
import type { BenchContext } from "./figure.ts";
import type { LoadOrder } from "./load-order.ts";

export interface BenchInstance {
  /** Supervisor and gateway. */
  readonly pid: number;
  readonly target: LoadOrder["target"];
  readonly key: string;
  /** One request; `fake` is what the stand-in is told, and what it tells. */
  ask(fake: object): Promise<Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

const KEY_NAME = "SIDELITE_BENCH_KEY";
const CONFIG = {
  model_list: [{ model_name: "bench", litellm_params: { model: "openai/bench", api_key: "none" } }],
  sidelite: { key: `os.environ/${KEY_NAME}` },
};

/** Returns when it serves. */
export async function startInstance({ runtime }: BenchContext): Promise<BenchInstance> {
  const key = `sk-${randomBytes(32).toString("base64url")}`;
  const home = await createHome({ env: { [KEY_NAME]: key } });
  const runtimes = await makeFakeRuntimes(runtime, join(home.dir, "runtimes"));
  const file = await home.write("litellm.yaml", JSON.stringify(CONFIG));
  const env = { SIDELITE_RUNTIME_DIR: runtimes };
  const program = startCli(home, ["proxy", "start", "--proxy-config-file", file], { env });
  const [, url = ""] = await program.waitFor(/^export LITELLM_API_BASE='(.+)'$/m);
  return {
    pid: program.pid,
    target: { host: "127.0.0.1", port: Number(new URL(url).port) },
    key,
    ask: async (fake) => {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "bench", fake }),
      });
      const answer = (await response.json()) as { fake: Record<string, unknown> };
      return answer.fake;
    },
    stop: async () => {
      await program.stop();
      await home.remove();
    },
  };
}
