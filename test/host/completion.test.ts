// Completion in zsh and fish from Debian, with the names that exist; none is ever expanded.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { installProgram, startTyping, ZSH } from "../fixtures/typing.ts";
import { useHome } from "../fixtures/use-home.ts";

const MODEL = "{model_name: llama3, litellm_params: {model: openai/llama3}}";

async function setUp(): Promise<TestHome> {
  const home = await useHome();
  const names = [
    "dev",
    "prod:eu",
    `run $(touch ${home.dir}/ran)`,
    `tick \`touch ${home.dir}/ran\``,
  ];
  const contexts = names.map((name) => ({ name, context: {} }));
  const users = [{ name: "someone", user: {} }];
  await home.write(join(home.state, "config"), JSON.stringify({ contexts, users }));
  await home.write(join(home.state, "workers/queue-1/keep"), "");
  await home.write(
    "models.yaml",
    `model_list: [${MODEL}]\nsidelite: {providers: {team: {}}, agents: {planner: {}}}\n`,
  );
  return home;
}

async function expectNothingRan(home: TestHome): Promise<void> {
  await expect(access(join(home.dir, "ran"))).rejects.toMatchObject({ code: "ENOENT" });
}

it("completes in zsh", async () => {
  const home = await setUp();
  const zsh = await startTyping(home, ZSH);
  const cases = [
    ["sidelite wor", "sidelite worker "],
    ["sidelite worker star", "sidelite worker start "],
    ["sidelite --ver", "sidelite --version "],
    ["sidelite completion z", "sidelite completion zsh "],
    ["sidelite init bedrock-ro", "sidelite init bedrock-role "],
    ["sidelite init --pri", "sidelite init --print "],
    ["sidelite run --context de", "sidelite run --context dev "],
    ["sidelite run --context=prod:", "sidelite run --context=prod:eu "],
    ["sidelite run --context ru", `sidelite run --context run\\ \\$\\(touch\\ ${home.dir}/ran\\) `],
    ["sidelite run --context 'ti", `sidelite run --context 'tick \`touch ${home.dir}/ran\`' `],
    ["sidelite worker start --queue-id=q", "sidelite worker start --queue-id=queue-1 "],
    ["sidelite run --enable-local-proxy=f", "sidelite run --enable-local-proxy=false "],
    ["sidelite run --client open", "sidelite run --client openai "],
    ["sidelite validate mod", "sidelite validate models.yaml "],
    [
      "sidelite run --proxy-config-file models.yaml --model l",
      "sidelite run --proxy-config-file models.yaml --model llama3 ",
    ],
    ["sidelite config delete-credentials so", "sidelite config delete-credentials someone "],
    [
      "sidelite provider rm --proxy-config-file models.yaml te",
      "sidelite provider rm --proxy-config-file models.yaml team ",
    ],
    [
      "sidelite agent rm --proxy-config-file models.yaml pl",
      "sidelite agent rm --proxy-config-file models.yaml planner ",
    ],
    ["sidelite run -- sideli", "sidelite run -- sidelite "],
    ["sidelite run -- cat mod", "sidelite run -- cat models.yaml "],
    ["sidelite run --name x sideli", "sidelite run --name x sidelite "],
  ];
  for (const [typed = "", expected] of cases) {
    expect({ typed, line: await zsh.complete(typed) }).toEqual({ typed, line: expected });
  }
  await zsh.end();
  await expectNothingRan(home);
});

it("completes in zsh from a file of fpath", async () => {
  const home = await setUp();
  const { stdout } = await runCli(home, ["completion", "zsh"]);
  const file = await home.write(join(home.dir, "functions/_sidelite"), stdout);
  const setUpShell = ZSH.setUp
    .replace("autoload", `fpath=("${file.replace(/\/_sidelite$/, "")}" $fpath); autoload`)
    .replace(/; eval .*$/, "");
  const zsh = await startTyping(home, { ...ZSH, setUp: setUpShell });
  expect(await zsh.complete("sidelite run --context de")).toBe("sidelite run --context dev ");
  expect(await zsh.complete("sidelite init redi")).toBe("sidelite init redis-cache ");
  await zsh.end();
});

it("completes in fish", async () => {
  const home = await setUp();
  const bin = await installProgram(home);
  const { stdout: script } = await runCli(home, ["completion", "fish"]);
  const file = await home.write("sidelite.fish", script);
  const env = { PATH: `${bin}:${home.env["PATH"] ?? ""}` };
  const offer = async (line: string): Promise<string[]> => {
    const program = ["fish", "--no-config", "-c", `source ${file}; complete -C $argv[1]`];
    const { stdout, stderr } = await runCli(home, [line], { program, env });
    expect(stderr).toBe("");
    return stdout
      .trimEnd()
      .split("\n")
      .map((offered) => offered.split("\t")[0] ?? "");
  };
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["sidelite wor", ["worker"]],
    ["sidelite worker star", ["start"]],
    ["sidelite --ver", ["--version"]],
    ["sidelite completion ", ["bash", "fish", "zsh"]],
    ["sidelite init bedrock-", ["bedrock-assumed-role", "bedrock-role"]],
    ["sidelite init --pri", ["--print"]],
    ["sidelite run --context=prod:", ["--context=prod:eu"]],
    [
      "sidelite run --context ",
      ["dev", "prod:eu", `run $(touch ${home.dir}/ran)`, `tick \`touch ${home.dir}/ran\``],
    ],
    ["sidelite worker start --queue-id q", ["queue-1"]],
    ["sidelite run --client open", ["openai"]],
    ["sidelite validate mod", ["models.yaml"]],
    ["sidelite run --proxy-config-file mod", ["models.yaml"]],
    ["sidelite run --proxy-config-file models.yaml --model ", ["llama3"]],
    ["sidelite config set-context --user ", ["someone"]],
    ["sidelite provider show --proxy-config-file models.yaml ", ["team"]],
    ["sidelite agent add x --proxy-config-file models.yaml --provider ", ["team"]],
    ["sidelite agent rm --proxy-config-file models.yaml ", ["planner"]],
    ["sidelite run -- sideli", ["sidelite"]],
    ["sidelite run -- cat mod", ["models.yaml"]],
    ["sidelite runtime which ", [""]],
  ];
  for (const [line, expected] of cases) {
    expect({ line, offered: await offer(line) }).toEqual({ line, offered: expected });
  }
  await expectNothingRan(home);
});
