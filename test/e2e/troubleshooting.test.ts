// The seed's page on troubleshooting: every line of it that reads this machine, run as it stands there.
import { join } from "node:path";

import { expect, it } from "vitest";

import { runCli } from "../fixtures/cli.ts";
import { startFakeProvider } from "../fixtures/fake-provider.ts";
import { runInShell } from "../fixtures/run-in-shell.ts";
import { testRuntime } from "../fixtures/runtime.ts";
import { useHome } from "../fixtures/use-home.ts";
import { workerCommand } from "../fixtures/worker.ts";

const QUEUE = "dev-queue";
const FOLDER = `~/.kubiya/workers/${QUEUE}`;
/** `tail -f` never ends by itself; a person would press Ctrl+C. */
const TAIL = 'tail() { timeout 2 tail "$@"; }';

const LINES: readonly (readonly [line: string, pattern: RegExp])[] = [
  [`${FOLDER}/venv/bin/litellm --version`, /1\.106\.2/],
  [`tail -f ${FOLDER}/litellm_proxy.log`, /\S/],
  [
    `cat litellm_config.yaml | python3 -c "import sys, yaml; yaml.safe_load(sys.stdin)" && echo valid`,
    /^valid$/m,
  ],
  [
    `tail -f ${FOLDER}/logs/worker.log | grep -i litellm`,
    /LITELLM_API_BASE=http:\/\/127\.0\.0\.1:\d+/,
  ],
  ["echo $AZURE_API_KEY", /canary-azure/],
  ["cat litellm_config.yaml | grep api_key", /os\.environ\/AZURE_API_KEY/],
  ["cat litellm_config.yaml | grep model_name", /model_name: gpt-4/],
  // The pattern in brackets does not find the grep itself.
  ["ps aux | grep '[l]itellm'", /keeper\.py litellm/],
  [`tail -f ${FOLDER}/litellm_proxy.log | grep -i "rate limit"`, / 429 .*rate limit/],
  // What `ps aux | grep worker.py` was for: no program of that name runs here.
  [`sidelite worker status ${QUEUE} --env`, /LITELLM_API_BASE=http:\/\/127\.0\.0\.1:\d+/],
  ["sidelite doctor", /dev-queue: running/],
];

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
  const env = { AZURE_API_KEY: key };
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
  for (const [line, pattern] of LINES) {
    const { stdout } = await runInShell(home, `${preamble} ${line}`, {}, env);
    expect(stdout, line).toMatch(pattern);
  }
  const stopped = await runCli(home, ["worker", "stop", QUEUE]);
  expect(stopped).toMatchObject({ code: 0 });
});
