// Completion in a real bash: what Tab makes of a line, with the names that exist.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { VERBS } from "../../src/verbs/table.ts";
import { runCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { useHome } from "../fixtures/use-home.ts";
import { BASH, installProgram, startTyping } from "../fixtures/typing.ts";

const MODELS = `model_list:
  - {model_name: gpt-5.4-mini, litellm_params: {model: openai/gpt-5.4-mini}}
  - {model_name: "llama3:8b", litellm_params: {model: ollama_chat/llama3, api_base: "http://localhost:1"}}
sidelite:
  providers: {team: {base_url: "http://127.0.0.1:1/v1"}}
  agents: {planner: {model_name: m, provider: team}}
`;

/** Names that would run a command where a shell expanded them. */
function contextsOf(home: TestHome): string {
  const names = [
    "dev",
    "prod:eu",
    "it's",
    `run $(touch ${home.dir}/ran)`,
    `tick \`touch ${home.dir}/ran\``,
  ];
  return JSON.stringify({
    contexts: names.map((name) => ({ name, context: {} })),
    users: [{ name: "someone", user: {} }],
  });
}

async function setUp(): Promise<TestHome> {
  const home = await useHome();
  await home.write(join(home.state, "config"), contextsOf(home));
  await home.write(join(home.state, "workers/queue-1/keep"), "");
  await home.write("models.yaml", MODELS);
  await home.write("two words.yaml", MODELS);
  return home;
}

describe("Tab in bash", () => {
  it("completes verbs, flags, and names that exist; expands none of them", async () => {
    const home = await setUp();
    const bash = await startTyping(home, BASH);
    const run = `touch\\ ${home.dir}/ran`;
    const cases = [
      ["sidelite wor", "sidelite worker "],
      ["sidelite worker star", "sidelite worker start "],
      ["sidelite compl", "sidelite completion "],
      ["sidelite completion z", "sidelite completion zsh "],
      ["sidelite --ver", "sidelite --version "],
      ["sidelite __comp", "sidelite __comp"],
      ["true; sidelite runtime wh", "true; sidelite runtime which "],
      ["sidelite init bedrock-ro", "sidelite init bedrock-role "],
      ["sidelite init ollama oll", "sidelite init ollama oll"],
      ["sidelite init --pri", "sidelite init --print "],
      ["sidelite run --context de", "sidelite run --context dev "],
      ["sidelite run --context=de", "sidelite run --context=dev "],
      ["sidelite run --context prod", "sidelite run --context prod:eu "],
      ["sidelite run --context prod:", "sidelite run --context prod:eu "],
      ["sidelite run --context=prod:e", "sidelite run --context=prod:eu "],
      ["sidelite run --context it", "sidelite run --context it\\'s "],
      ["sidelite run --context run", `sidelite run --context run\\ \\$\\(${run}\\) `],
      ["sidelite run --context run\\ ", `sidelite run --context run\\ \\$\\(${run}\\) `],
      ["sidelite run --context 'run", `sidelite run --context 'run $(touch ${home.dir}/ran)' `],
      // Inside double quotes it would be run.
      ['sidelite run --context "run', 'sidelite run --context "run'],
      ["sidelite run --context tick", `sidelite run --context tick\\ \\\`${run}\\\` `],
      ["sidelite worker start --queue-id=q", "sidelite worker start --queue-id=queue-1 "],
      ["sidelite worker start --type ", "sidelite worker start --type local "],
      ["sidelite run --enable-local-proxy=f", "sidelite run --enable-local-proxy=false "],
      ["sidelite run --client open", "sidelite run --client openai "],
      ["sidelite run --client openai anth", "sidelite run --client openai anthropic "],
      ["sidelite validate mod", "sidelite validate models.yaml "],
      [
        "sidelite run --proxy-config-file=two",
        "sidelite run --proxy-config-file=two\\ words.yaml ",
      ],
      [
        "sidelite run --proxy-config-file models.yaml --model g",
        "sidelite run --proxy-config-file models.yaml --model gpt-5.4-mini ",
      ],
      [
        "sidelite run --proxy-config-file=two\\ words.yaml --model=llama3:",
        "sidelite run --proxy-config-file=two\\ words.yaml --model=llama3:8b ",
      ],
      [
        "sidelite run --proxy-config-file gone.yaml --model ",
        "sidelite run --proxy-config-file gone.yaml --model ",
      ],
      ["sidelite config set-credentials so", "sidelite config set-credentials someone "],
      ["sidelite config set-context --user so", "sidelite config set-context --user someone "],
      [
        "sidelite provider show --proxy-config-file models.yaml te",
        "sidelite provider show --proxy-config-file models.yaml team ",
      ],
      [
        "sidelite agent add x --proxy-config-file models.yaml --parent=pl",
        "sidelite agent add x --proxy-config-file models.yaml --parent=planner ",
      ],
      ["sidelite run -- sideli", "sidelite run -- sidelite "],
      ["sidelite run -- cat --model mod", "sidelite run -- cat --model models.yaml "],
      ["sidelite run cat mod", "sidelite run cat models.yaml "],
      ["sidelite nonsense --x", "sidelite nonsense --x"],
    ];
    for (const [typed = "", expected] of cases) {
      expect({ typed, line: await bash.complete(typed) }).toEqual({ typed, line: expected });
    }
    await bash.end();
    await expect(access(join(home.dir, "ran"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("offers every flag of every verb", async () => {
    const home = await setUp();
    const offer = await loadScript(home);
    for (const { name, flags, hidden } of VERBS) {
      if (hidden) continue;
      const offered = await offer(["sidelite", ...name.split(" "), "-"]);
      const long = flags.map(({ spec }) => /--[\w-]+/.exec(spec)?.[0] ?? "");
      expect({ name, offered }).toEqual({
        name,
        offered: expect.arrayContaining([...long, "--help"]),
      });
    }
  });

  it("offers all that fits", async () => {
    const home = await setUp();
    const offer = await loadScript(home);
    expect(await offer(["sidelite", "completion", ""])).toEqual(["bash", "zsh", "fish"]);
    expect(await offer(["sidelite", "run", "--context", ""])).toEqual([
      "dev",
      "it\\'s",
      "prod:eu",
      expect.stringContaining("run\\ "),
      expect.stringContaining("tick\\ "),
    ]);
  });

  it("shows no inline key in a command line", async () => {
    const home = await setUp();
    const bash = await startTyping(home, BASH, { mayPrintSecrets: true });
    const config = `{"model_list":[{"model_name":"inline","litellm_params":{"api_key":"${home.canary("inline")}"}}]}`;
    const typed = `sidelite run --proxy-config-json '${config}' --model `;
    expect(await bash.complete(typed)).toBe(`${typed}inline `);
    await bash.end();
  });
});

describe("completion", () => {
  it("prints a script that each shell's user can keep in a file", async () => {
    const home = await useHome();
    for (const shell of ["bash", "zsh", "fish"]) {
      const { code, stdout, stderr } = await runCli(home, ["completion", shell]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain(`completion ${shell}`);
      expect(stdout).toContain("--proxy-config-file".replace(/^--/, shell === "fish" ? "" : "--"));
      expect(stdout).not.toMatch(/GRAMMAR|__complete\b.*hidden/);
    }
  });

  it.each([
    [["completion"], "no shell is named", "use bash, zsh, fish"],
    [["completion", "fsh"], 'there is no completion for "fsh"', "did you mean fish"],
    [
      ["completion", "powershell"],
      'there is no completion for "powershell"',
      "use bash, zsh, fish",
    ],
  ])("%j is an error", async (args, message, remedy) => {
    const home = await useHome();
    const result = await runCli(home, args);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain(message);
    expect(result.stderr).toContain(remedy);
  });
});

describe("__complete", () => {
  it("is silent whatever is wrong", async () => {
    const home = await useHome();
    await home.write(join(home.state, "config"), "contexts: [{name: [");
    await home.write("bad.yaml", "model_list: {");
    const config = "sidelite\0run\0--proxy-config-file\0bad.yaml\0--model\0\0";
    const silent = { code: 0, stdout: "", stderr: "" };
    for (const kind of ["contexts", "instances", "models", "nonsense", ""]) {
      expect(await runCli(home, ["__complete", kind], { input: config })).toMatchObject(silent);
    }
    expect(await runCli(home, ["__complete"])).toMatchObject(silent);
    expect((await runCli(home, ["--help"])).stdout).not.toContain("__complete");
  });
});

/** The function gives what bash would offer for the last word, as `COMPREPLY` holds it. */
async function loadScript(
  home: TestHome,
): Promise<(words: readonly string[]) => Promise<string[]>> {
  const bin = await installProgram(home);
  const { stdout: text } = await runCli(home, ["completion", "bash"]);
  const file = await home.write("completion.bash", text);
  // As strict as a user's shell may be.
  const script = `set -u; source "${file}"
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*"; COMP_POINT=\${#COMP_LINE}
    _sidelite; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { PATH: `${bin}:${home.env["PATH"] ?? ""}` };
  const program = ["bash", "--norc", "-c", script, "bash"];
  return async (words) => {
    const { stdout, stderr } = await runCli(home, words, { program, env });
    expect(stderr).toBe("");
    return stdout.trimEnd().split("\n");
  };
}
