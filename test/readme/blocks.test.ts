import { chmod, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { REPOSITORY } from "../fixtures/built.ts";
import { PROGRAM, startCli } from "../fixtures/cli.ts";
import type { FakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { startFakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { makeWorkerRuntimes } from "../fixtures/fake-kubiya-worker.ts";
import type { TestHome } from "../fixtures/home.ts";
import { useHome } from "../fixtures/use-home.ts";

const README = await readFile(join(REPOSITORY, "README.md"), "utf8");
const BLOCKS = [...README.matchAll(/^```(\w+)\n([^]*?)^```/gm)].map(
  ([, language = "", text = ""]) => ({ language, text, first: text.split("\n")[0] ?? "" }),
);

/** Not run here, by first line, with the reason; at most five. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "npm ci": "the first stage of .ci/run, from a clean checkout",
};

const GATEWAY = /^http:\/\/127\.0\.0\.1:\d+$/m;

interface Run {
  /** What it prints; the Kubiya worker is a stand-in that asks every model. */
  readonly shows?: RegExp;
  /** It would never end by itself: stopped when it has shown that. */
  readonly serves?: boolean;
  /** On the real LiteLLM; else a stand-in answers, which boots in no time. */
  readonly real?: boolean;
}

/** What becomes of each block that is run, by first line. */
const RUN: Readonly<Record<string, Run>> = {
  "sidelite run --proxy-config-file ./litellm_config.yaml -- my-agent --its-flag": {
    shows: /^agent saw gpt-4$/m,
    real: true,
  },
  'export KUBIYA_API_KEY="your-key"': { shows: /^my-queue asked gpt-4: 200 hello$/m, real: true },
  "sidelite worker start --queue-id=my-queue --proxy-config-file=./litellm_config.yaml -- python my_worker.py":
    { shows: GATEWAY },
  "sidelite proxy start --proxy-config-file ./litellm_config.yaml": {
    shows: /export LITELLM_API_BASE='http:\/\/127\.0\.0\.1:\d+'/,
    serves: true,
  },
  "sidelite validate ./litellm_config.yaml": { shows: /gpt-4/ },
  "sidelite worker start \\": { shows: /^my-queue asked gpt-4: 200 pong from gpt-4$/m },
  "export KUBIYA_ENABLE_LOCAL_PROXY=true": {
    shows: /^my-queue asked gpt-4: 200 pong from gpt-4$/m,
  },
  "export KUBIYA_PROXY_CONFIG_FILE=./litellm_config.yaml": { shows: /^planner-model goes to / },
  "npm uninstall --global sidelite": {},
};

const CONFIG = `model_list:
  - model_name: gpt-4
    litellm_params: {model: openai/gpt-4, api_key: os.environ/OPENAI_API_KEY, mock_response: hello}
`;
const AGENT = `#!/usr/bin/env node
const answer = await fetch(process.env.LITELLM_API_BASE + "/v1/models", {
  headers: { authorization: "Bearer " + process.env.LITELLM_API_KEY },
});
console.log("agent saw", (await answer.json()).data.map(({ id }) => id).join());
`;

describe("the README's command blocks", () => {
  const shell = BLOCKS.filter(({ language }) => language === "sh");

  it("are all run, but for a few with a reason", () => {
    const known = [...Object.keys(RUN), ...Object.keys(NOT_RUN)];
    expect(shell.map(({ first }) => first).filter((first) => !known.includes(first))).toEqual([]);
    expect(known.filter((first) => !shell.some((block) => block.first === first))).toEqual([]);
    expect(Object.keys(NOT_RUN).length).toBeLessThanOrEqual(5);
  });

  it.each(shell.filter(({ first }) => first in RUN))(
    "$first",
    { timeout: 300_000 },
    async (block) => {
      const home = await useHome();
      const plane = await startFakeControlPlane();
      home.onStop(() => plane.close());
      await furnish(home, plane);
      const { shows, serves = false, real = false } = RUN[block.first] ?? {};
      const runtimes = join(home.dir, "runtimes");
      const text = block.text.replaceAll("/path/to/", `${home.cwd}/`);
      const shellRun = startCli(home, ["-ec", serves ? last(text) : text], {
        program: ["bash"],
        env: {
          PATH: `${join(home.dir, "bin")}:${home.env["PATH"]}`,
          SIDELITE_RUNTIME_DIR: await makeWorkerRuntimes(runtimes, real ? "real" : "stand-in"),
        },
      });
      if (serves) {
        await shellRun.waitFor(shows ?? /./, 60_000);
        shellRun.signal("SIGINT");
      }
      const { code, stdout, stderr } = await shellRun.finished;
      if (!serves) expect(code, stdout + stderr).toBe(0);
      expect(stdout).toMatch(shows ?? /./);
      expect(stderr).not.toContain("a bug in sidelite");
    },
  );

  it("shows a context file that sidelite accepts", { timeout: 120_000 }, async () => {
    const home = await useHome();
    const yaml = BLOCKS.find(({ language }) => language === "yaml");
    await home.write(join(home.state, "config"), yaml?.text ?? "");
    await home.write(join(home.state, "litellm_production.yaml"), CONFIG);
    const validated = startCli(home, ["validate"], { env: { OPENAI_API_KEY: "k".repeat(20) } });
    const { code, stdout, stderr } = await validated.finished;
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("gpt-4");
  });
});

/** The last command takes the shell's place, so that a signal reaches it. */
function last(text: string): string {
  return text.replace(/^sidelite /m, "exec sidelite ");
}

async function furnish(home: TestHome, plane: FakeControlPlane): Promise<void> {
  const bin = join(home.dir, "bin");
  await home.write("litellm_config.yaml", CONFIG);
  const agent = await home.write(join(bin, "my-agent"), AGENT);
  await chmod(agent, 0o700);
  await home.write("my_worker.py", "import os; print(os.environ['LITELLM_API_BASE'])\n");
  await symlink(PROGRAM, join(bin, "sidelite"));
  Object.assign(home.env, {
    KUBIYA_API_KEY: "k".repeat(24),
    KUBIYA_CONTROL_PLANE_BASE_URL: plane.url,
    OPENAI_API_KEY: "o".repeat(24),
    AZURE_API_KEY: "a".repeat(24),
    NPM_CONFIG_PREFIX: join(home.dir, "npm"),
  });
}
