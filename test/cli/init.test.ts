// `sidelite init`, as a user types it.
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runCli, PROGRAM, startCli } from "../fixtures/cli.ts";
import { useHome } from "../fixtures/use-home.ts";

const PTY = fileURLToPath(new URL("../fixtures/pty.py", import.meta.url));
const TERMINAL = ["python3", PTY, process.execPath, PROGRAM];
const NAMES = (await readdir(join(dirname(PROGRAM), "../templates/init")))
  .map((name) => name.replace(/\.yaml$/, ""))
  .toSorted();

describe("init TEMPLATE", () => {
  it("writes a private file, tells what is missing and what comes next", async () => {
    const home = await useHome();
    const result = await runCli(home, ["init", "multi-provider"], { env: { GROQ_API_KEY: "x" } });
    expect(result).toMatchObject({ code: 0, stdout: "./litellm_multi-provider.yaml\n" });
    expect(result.stderr).toContain("not set yet: ANTHROPIC_API_KEY, OPENAI_API_KEY\n");
    expect(result.stderr).toContain(
      "next: sidelite run --proxy-config-file=./litellm_multi-provider.yaml -- COMMAND\n",
    );
    expect((await stat(join(home.cwd, "litellm_multi-provider.yaml"))).mode & 0o777).toBe(0o600);
    expect(await readdir(home.home)).toEqual([]);
  });

  it.each(NAMES)("writes what validate --strict accepts without a word: %s", async (name) => {
    const home = await useHome();
    const file = `./litellm_${name}.yaml`;
    expect(await runCli(home, ["init", name])).toMatchObject({ code: 0, stdout: `${file}\n` });
    const text = await readFile(join(home.cwd, file), "utf8");
    const variables = [...text.matchAll(/os\.environ\/(\w+)/g)].map(([, found = ""]) => found);
    const env = Object.fromEntries(
      variables.map((variable) => {
        const isAddress = /_(BASE|BASE_URL)$/.test(variable);
        return [variable, isAddress ? "https://gateway.example" : home.canary(variable)];
      }),
    );
    const result = await runCli(home, ["validate", file, "--strict"], { env });
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toMatch(/^valid/);
  });

  it("names the worker's command to those who have a control plane", async () => {
    const home = await useHome();
    const env = { KUBIYA_API_KEY: home.canary("control-plane") };
    const { stderr } = await runCli(home, ["init", "ollama"], { env });
    expect(stderr).toBe(
      "sidelite: next: sidelite worker start --queue-id=QUEUE --proxy-config-file=./litellm_ollama.yaml\n",
    );
  });

  it("replaces a file only with --force", async () => {
    const home = await useHome();
    const file = await home.write("litellm_openai.yaml", "mine");
    const refused = await runCli(home, ["init", "openai"]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain(`${file}: it exists already`);
    expect(refused.stderr).toContain("--force");
    expect(await readFile(file, "utf8")).toBe("mine");
    expect(await runCli(home, ["init", "openai", "--force"])).toMatchObject({ code: 0 });
    expect(await readFile(file, "utf8")).toContain("model_list:");
  });

  it("prints, and writes nothing, with --print", async () => {
    const home = await useHome();
    const { code, stdout, stderr } = await runCli(home, ["init", "groq", "--print"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [first = ""] = stdout.split("\n");
    const schema = /^# yaml-language-server: \$schema=(file:\S+)$/.exec(first)?.[1] ?? "";
    expect(JSON.parse(await readFile(new URL(schema), "utf8"))).toHaveProperty("properties");
    expect(stdout).toMatch(/os\.environ\/GROQ_API_KEY[^]*[^\n]\n$/);
    expect(await readdir(home.cwd)).toEqual([]);
  });

  it("names what may be meant by an unknown template", async () => {
    const home = await useHome();
    const result = await runCli(home, ["init", "bedrok"]);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain('there is no template "bedrok"');
    expect(result.stderr).toContain("fix: did you mean bedrock");
  });
});

describe("init --list", () => {
  it("shows every template, and which credentials are here", async () => {
    const home = await useHome();
    const env = { OPENAI_API_KEY: home.canary("openai", "sk-") };
    const { code, stdout, stderr } = await runCli(home, ["init", "--list"], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [head, ...lines] = stdout.trimEnd().split("\n");
    expect(head).toMatch(/^TEMPLATE +FOR +HERE$/);
    expect(lines.map((line) => line.split(" ")[0])).toEqual(NAMES);
    expect(stdout).toMatch(/\nopenai +.*found OPENAI_API_KEY\n/);
    expect(stdout).toMatch(/\ngroq +.*needs GROQ_API_KEY\n/);
  });

  it("prints JSON", async () => {
    const home = await useHome();
    const { stdout } = await runCli(home, ["init", "--list", "--json"]);
    const list: { schemaVersion: number; templates: { name: string }[] } = JSON.parse(stdout);
    expect(list.schemaVersion).toBe(1);
    expect(list.templates.map(({ name }) => name)).toEqual(NAMES);
    expect(list.templates).toContainEqual({
      name: "groq",
      title: "Open models on Groq",
      variables: ["GROQ_API_KEY"],
      unset: ["GROQ_API_KEY"],
      found: false,
    });
  });
});

describe("init without a template", () => {
  it("is an error with the list where nobody can be asked", async () => {
    const home = await useHome();
    const result = await runCli(home, ["init"]);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain("sidelite: error: no template is named:\n");
    for (const name of NAMES) expect(result.stderr).toContain(`\n  ${name} `);
    expect(result.stderr).toContain("fix: name one: sidelite init TEMPLATE");
    expect(await readdir(home.cwd)).toEqual([]);
  });

  it("asks at a terminal, what fits first", async () => {
    const home = await useHome();
    const env = { GROQ_API_KEY: home.canary("groq"), NO_COLOR: "1" };
    const cli = startCli(home, ["init"], { program: TERMINAL, env, openInput: true });
    await cli.waitFor(/\* +\d+ +groq +.*found GROQ_API_KEY/);
    await cli.waitFor(/template \[groq\]: $/);
    cli.stdin.write("bedrok\n");
    await cli.waitFor(/"bedrok" is none of them: did you mean bedrock[^]*template \[groq\]: $/);
    cli.stdin.write("\n");
    const result = await cli.finished;
    expect(result).toMatchObject({ code: 0 });
    expect(result.stdout).toContain("./litellm_groq.yaml\r\n");
    expect(await readdir(home.cwd)).toEqual(["litellm_groq.yaml"]);
  });

  it.each([
    ["Ctrl+D", "\u0004", { code: 2, signal: null }],
    ["Ctrl+C", "\u0003", { code: null, signal: "SIGINT" }],
  ])("writes nothing on %s", async (_, key, end) => {
    const home = await useHome();
    const cli = startCli(home, ["init"], { program: TERMINAL, openInput: true });
    await cli.waitFor(/template: $/);
    cli.stdin.write(key);
    expect(await cli.finished).toMatchObject(end);
    expect(await readdir(home.cwd)).toEqual([]);
  });

  it("asks nothing with --yes", async () => {
    const home = await useHome();
    const cli = startCli(home, ["init", "--yes"], { program: TERMINAL, openInput: true });
    expect(await cli.finished).toMatchObject({ code: 2 });
  });
});
