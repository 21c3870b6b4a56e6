// kill -9 of LiteLLM to the next answer, against bare LiteLLM's boot; the first request after a start, against the tenth.
import { Agent, request } from "node:http";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";

import type { CliProcess } from "../fixtures/cli.ts";
import { startCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { until } from "../fixtures/poll.ts";
import { ANSWER, prepareHome, startBare } from "./bare-litellm.ts";
import type { BenchContext, Figure, Row } from "./figure.ts";
import { atMost } from "./figure.ts";
import { alternate, median, ratio } from "./statistics.ts";

/** A run this long was stable: the restart does not wait (backoff.ts). */
const STABLE_MS = 10_500;
const WARMED_MS = 90_000;
/** A pause alone makes any request slower, so both are compared after none and after the same one. */
const PAUSE_MS = 250;
const FIRSTS = [
  { name: "restart", what: "restart", verb: "restart", pauseMs: 0 },
  { name: "reload", what: "reload", verb: "reload", pauseMs: 0 },
  { name: "paused", what: "restart, each after 250 ms", verb: "restart", pauseMs: PAUSE_MS },
  { name: "reload paused", what: "reload, each after 250 ms", verb: "reload", pauseMs: PAUSE_MS },
] as const;
/** How many are taken of a new LiteLLM: the first, and what stands for the tenth. */
const TURNS = 12;
const NAME = "crash";

export const crash: Figure = {
  name: "crash",
  title: "kill -9 of LiteLLM to the next answer; the first request after a restart or reload",
  async measure(context: BenchContext): Promise<Row[]> {
    const key = `sk-${randomBytes(16).toString("hex")}`;
    const home = await prepareHome(key, { SIDELITE_PROXY_MAX_RETRIES: "1000" });
    const bareHome = await prepareHome(key);
    const instance = await Instance.start(home);
    try {
      await startBare(context, bareHome, key); // warm disk
      const sides = [
        { name: "bare", measure: () => startBare(context, bareHome, key) },
        { name: "crash", measure: () => instance.crash() },
        ...FIRSTS.map(({ name, verb, pauseMs }) => ({
          name,
          measure: () => instance.firstAgainstTenth(verb, pauseMs),
        })),
        { name: "traffic", measure: () => instance.firstOfTraffic() },
        { name: "same", measure: () => instance.firstAgainstTenth(null, 0) },
      ];
      const values = await alternate(sides, context.rounds, context.say);
      return [
        { what: "bare litellm", value: median(values.get("bare") ?? []), unit: "ms" },
        { what: "kill -9 to the answer", value: median(values.get("crash") ?? []), unit: "ms" },
        {
          what: "kill -9 to the answer / bare litellm",
          value: ratio(values, "crash", "bare"),
          unit: "x",
          bound: atMost(0.1),
        },
        ...FIRSTS.map(({ name, what }) => ({
          what: `first request after a ${what} / tenth`,
          value: median(values.get(name) ?? []),
          unit: "x",
          bound: atMost(1.5),
        })),
        {
          what: "first request of a new one while requests go on / tenth",
          value: median(values.get("traffic") ?? []),
          unit: "x",
          bound: atMost(1.5),
        },
        {
          what: "for comparison: of the same one after the same wait / tenth",
          value: median(values.get("same") ?? []),
          unit: "x",
        },
      ];
    } finally {
      await instance.stop();
      await home.remove();
      await bareHome.remove();
    }
  },
};

class Instance {
  readonly #home: TestHome;
  readonly #program: CliProcess;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: string;
  readonly #key: string;
  #changes = 0;

  constructor(home: TestHome, program: CliProcess) {
    this.#home = home;
    this.#program = program;
    const exported = (name: string): string =>
      new RegExp(`^export ${name}='?([^'\\s]+)`, "m").exec(program.stdout())?.[1] ?? "";
    this.#url = exported("LITELLM_API_BASE");
    this.#key = exported("LITELLM_API_KEY");
  }

  /** Returns when its keeper is warm. */
  static async start(home: TestHome): Promise<Instance> {
    const flags = ["--name", NAME, "--proxy-config-file", "litellm.yaml"];
    const program = startCli(home, ["proxy", "start", ...flags]);
    await program.waitFor(/^export LITELLM_API_KEY/m, WARMED_MS);
    const log = join(home.state, "workers", NAME, "litellm_proxy.log");
    const isWarm = async (): Promise<boolean> =>
      (await readFile(log, "utf8")).includes("proxy.warmed");
    await until(isWarm, { what: "the warm keeper", deadlineMs: WARMED_MS });
    return new Instance(home, program);
  }

  /** From the kill to the next answer, ms. */
  async crash(): Promise<number> {
    const pid = await this.#pid();
    await delay(STABLE_MS);
    const from = performance.now();
    process.kill(pid, "SIGKILL");
    const isAnswered = async (): Promise<boolean> => (await this.#ask()).includes(ANSWER);
    await until(isAnswered, { what: "an answer", everyMs: 1 });
    return performance.now() - from;
  }

  /** `verb`: null leaves LiteLLM as it is. */
  async firstAgainstTenth(verb: "restart" | "reload" | null, pauseMs: number): Promise<number> {
    const before = await this.#pid();
    if (verb === "reload") await this.#change();
    await this.#run(verb ?? "status");
    await until(async () => (await this.#pid()) !== before || verb === null, {
      what: "the new LiteLLM",
      deadlineMs: 30_000,
    });
    const times: number[] = [];
    while (times.length < TURNS) times.push(await this.#time(pauseMs));
    return compareFirst(times);
  }

  /** Without any pause before the first: a reload under requests that go on one after another. */
  async firstOfTraffic(): Promise<number> {
    const answer = await this.#change();
    const reloaded = this.#run("reload");
    const times: number[] = [];
    const from = performance.now();
    while (times.length < TURNS) {
      const began = performance.now();
      if (began - from > 30_000) throw new Error("the new LiteLLM did not answer");
      const isNew = (await this.#ask()).includes(answer);
      if (isNew) times.push(performance.now() - began);
    }
    await reloaded;
    return compareFirst(times);
  }

  async #run(verb: string): Promise<void> {
    const { code, stderr } = await startCli(this.#home, ["proxy", verb, NAME]).finished;
    if (code !== 0) throw new Error(stderr);
  }

  /** Of one answer, ms. */
  async #time(pauseMs: number): Promise<number> {
    if (pauseMs > 0) await delay(pauseMs);
    const from = performance.now();
    if (!(await this.#ask()).includes(ANSWER)) throw new Error("no answer");
    return performance.now() - from;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await this.#program.stop();
  }

  /** Returns what the changed configuration's model answers. */
  async #change(): Promise<string> {
    this.#changes += 1;
    const answer = `${ANSWER}, ${this.#changes}`;
    const path = join(this.#home.cwd, "litellm.yaml");
    const model = { model: "openai/bench", api_key: "none", mock_response: answer };
    const config: object = JSON.parse(await readFile(path, "utf8"));
    const models = [{ model_name: "bench", litellm_params: model }];
    await this.#home.write("litellm.yaml", JSON.stringify({ ...config, model_list: models }));
    return answer;
  }

  /** Of the only generation; while two are there it is not known. */
  async #pid(): Promise<number> {
    return until(
      async () => {
        const { stdout } = await startCli(this.#home, ["proxy", "status", NAME, "--json"]).finished;
        const { instance } = JSON.parse(stdout) as {
          instance: { proxy: { generations: { pid: number; status: string }[] } };
        };
        const [only, other] = instance.proxy.generations;
        return other === undefined && only?.status === "serving" && only.pid;
      },
      { what: "one generation", deadlineMs: 30_000 },
    );
  }

  async #ask(): Promise<string> {
    const body = JSON.stringify({ model: "bench", messages: [{ role: "user", content: "ping" }] });
    const headers = { authorization: `Bearer ${this.#key}`, "content-type": "application/json" };
    const options = { method: "POST", agent: this.#agent, headers };
    return new Promise((resolve, reject) => {
      request(`${this.#url}/v1/chat/completions`, options, (response) => {
        text(response).then(resolve, reject);
      })
        .on("error", reject)
        .end(body);
    });
  }
}

function compareFirst(times: readonly number[]): number {
  const [first = Number.NaN] = times;
  return first / median(times.slice(8));
}
