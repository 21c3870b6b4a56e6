// The seed's page on troubleshooting: every line of it that reads this machine, run as it stands.
import { join } from "node:path";

import { expect, it } from "vitest";

import { runCli } from "../fixtures/cli.ts";
import { startFakeProvider } from "../fixtures/fake-provider.ts";
import { runInShell } from "../fixtures/run-in-shell.ts";
import { COMMAND_BLOCKS, commandLines } from "../fixtures/seed/commands.ts";
import { testRuntime } from "../fixtures/runtime.ts";
import { useHome } from "../fixtures/use-home.ts";
import { workerCommand } from "../fixtures/worker.ts";

const QUEUE = "dev-queue";
/** `tail -f` never ends by itself; a person would press Ctrl+C. */
const TAIL = 'tail() { timeout 2 tail "$@"; }';

interface Look {
  /** Instead of the line itself. */
  readonly run?: string;
  readonly shows: RegExp;
}

/** Every line of the page that looks for trouble: what it must show here, or why it is not run. */
const LINES: Readonly<Record<string, Look | string>> = {
  "~/.kubiya/workers/<queue-id>/venv/bin/litellm --version": { shows: /1\.106\.2/ },
  "tail -f ~/.kubiya/workers/<queue-id>/litellm_proxy.log": { shows: /\S/ },
  'cat litellm_config.yaml | python3 -c "import sys, yaml; yaml.safe_load(sys.stdin)"': {
    run: `cat litellm_config.yaml | python3 -c "import sys, yaml; yaml.safe_load(sys.stdin)" && echo valid`,
    shows: /^valid$/m,
  },
  // No program of that name runs here.
  "ps aux | grep worker.py": {
    run: `sidelite worker status ${QUEUE} --env`,
    shows: /LITELLM_API_BASE=http:\/\/127\.0\.0\.1:\d+/,
  },
  "tail -f ~/.kubiya/workers/<queue-id>/logs/worker.log | grep -i litellm": {
    shows: /LITELLM_API_BASE=http:\/\/127\.0\.0\.1:\d+/,
  },
  "echo $AWS_ACCESS_KEY_ID": { shows: /canary-aws/ },
  "echo $AZURE_API_KEY": { shows: /canary-azure/ },
  "cat litellm_config.yaml | grep api_key": { shows: /os\.environ\/AZURE_API_KEY/ },
  "curl -v https://bedrock-runtime.us-east-1.amazonaws.com": "it leaves this machine",
  "cat litellm_config.yaml | grep model_name": { shows: /model_name: gpt-4/ },
  // The pattern in brackets does not find the grep itself.
  "ps aux | grep litellm": { run: "ps aux | grep '[l]itellm'", shows: /keeper\.py litellm/ },
  'tail -f ~/.kubiya/workers/<queue-id>/litellm_proxy.log | grep -i "rate limit"': {
    shows: / 429 .*rate limit/,
  },
};

it("knows every line of the page", () => {
  const blocks = COMMAND_BLOCKS.filter((name) => name.startsWith("trouble-"));
  expect(blocks.flatMap(commandLines).toSorted()).toEqual(Object.keys(LINES).toSorted());
});

it("answers every line with what it was asked for", { timeout: 150_000 }, async () => {
  const home = await useHome();
  const provider = await startFakeProvider();
  home.onStop(() => provider.close());
  provider.behave({ status: 429 });
  const key = home.canary("azure");
  await home.write(
    "litellm_config.yaml",
    `model_list:
  - model_name: gpt-4
    litellm_params: {model: openai/gpt-4, api_base: "${provider.url}/v1", api_key: os.environ/AZURE_API_KEY}
router_settings: {num_retries: 0}
`,
  );
  const runtime = await testRuntime();
  const env = { AZURE_API_KEY: key, AWS_ACCESS_KEY_ID: home.canary("aws") };
  const start = ["worker", "start", `--queue-id=${QUEUE}`, "--type=local", "--enable-local-proxy"];
  const config = ["--proxy-config-file=./litellm_config.yaml", "--daemon"];
  const worker = ["--", ...workerCommand("wait")];
  const started = await runCli(home, [...start, ...config, ...worker], { env });
  expect(started).toMatchObject({ code: 0 });
  home.onStop(async () => {
    await runCli(home, ["worker", "stop", "--all"]);
  });

  const sidelite = `sidelite() { node '${join(import.meta.dirname, "../../bin/sidelite.js")}' "$@"; }`;
  // LiteLLM's own Python has the `yaml` that the page expects of `python3`.
  const python = `python3() { '${runtime.python}' "$@"; }`;
  const preamble = `${sidelite}; ${python}; ${TAIL};`;
  const ask = `curl -s "$OPENAI_BASE_URL/chat/completions" -H "Authorization: Bearer $OPENAI_API_KEY" -d '{"model":"gpt-4","messages":[]}' -H content-type:application/json`;
  const limited = await runInShell(home, `${preamble} eval "$(sidelite env)"; ${ask}`, {}, env);
  expect(limited.stdout).toContain("429");
  for (const [line, look] of Object.entries(LINES)) {
    if (typeof look === "string") continue;
    const run = (look.run ?? line).replace("<queue-id>", QUEUE);
    const { stdout } = await runInShell(home, `${preamble} ${run}`, {}, env);
    expect(stdout, line).toMatch(look.shows);
  }
  const doctor = await runInShell(home, `${preamble} sidelite doctor`, {}, env);
  expect(doctor.stdout).toMatch(/dev-queue: running/);
  const stopped = await runCli(home, ["worker", "stop", QUEUE]);
  expect(stopped).toMatchObject({ code: 0 });
});
