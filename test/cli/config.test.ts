import { mkdir, readdir, readFile, readlink, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CliOptions } from "../fixtures/cli.ts";
import { runCli, startCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { useHome } from "../fixtures/use-home.ts";

function config(home: TestHome, args: readonly string[], options: CliOptions = {}) {
  return runCli(home, ["config", ...args], options);
}

const FILE = `# mine
current-context: a
contexts:
  - name: a
    context: {api-url: https://a.example, user: me, organization: acme}
  - name: b
    context:
      litellm-proxy: {enabled: true, config-file: ~/b.yaml}
`;

async function homeWithFile(text = FILE): Promise<TestHome & { readonly file: string }> {
  const home = await useHome();
  const file = await home.write(join(home.state, "config"), text);
  return { ...home, file };
}

describe("reading", () => {
  it("creates nothing", async () => {
    const home = await useHome();
    expect((await config(home, ["get-contexts"])).stdout).toMatch(/^CURRENT +NAME/);
    expect((await config(home, ["get-contexts", "-o", "name"])).stdout).toBe("");
    expect((await config(home, ["view"])).code).toBe(0);
    expect((await config(home, ["explain"])).code).toBe(0);
    expect((await config(home, ["current-context"])).code).toBe(1);
    expect((await config(home, ["use-context", "x"])).code).toBe(2);
    expect(await readdir(home.home)).toEqual([]);
  });

  it("get-contexts has kubectl's table and outputs", async () => {
    const home = await homeWithFile();
    const table = (await config(home, ["get-contexts"])).stdout.trimEnd().split("\n");
    expect(table.map((line) => line.split(/ +/))).toEqual([
      ["CURRENT", "NAME", "CONTROL-PLANE", "USER", "ORGANIZATION", "PROXY"],
      ["*", "a", "https://a.example", "me", "acme"],
      ["", "b", "~/b.yaml"],
    ]);
    const rows = await config(home, ["get-contexts", "b", "--no-headers"]);
    expect(rows.stdout).toMatch(/^ +b +~\/b\.yaml\n$/);
    const json = JSON.parse((await config(home, ["get-contexts", "--json"])).stdout);
    expect(json).toMatchObject({
      schemaVersion: 1,
      contexts: [
        { name: "a", current: true, controlPlane: "https://a.example", proxy: null },
        { name: "b", current: false, proxy: "~/b.yaml" },
      ],
    });
    expect((await config(home, ["get-contexts", "-o", "yaml"])).stdout).toMatch(
      /^schemaVersion: 1\n/,
    );
    const unknown = await config(home, ["get-contexts", "bb"]);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("did you mean b?")]);
    expect((await config(home, ["get-contexts", "-o", "wide"])).code).toBe(2);
  });

  it("current-context is what commands use: flag, variable, file", async () => {
    const home = await homeWithFile();
    const current = async (args: string[] = [], env: CliOptions["env"] = {}) =>
      (await config(home, ["current-context", ...args], { env })).stdout;
    expect(await current()).toBe("a\n");
    expect(await current([], { KUBIYA_CONTEXT: "b" })).toBe("b\n");
    expect(await current(["--context", "c"], { KUBIYA_CONTEXT: "b" })).toBe("c\n");
    expect(JSON.parse(await current(["-o", "json"]))).toEqual({
      schemaVersion: 1,
      currentContext: "a",
    });
  });

  it("a named file must be there", async () => {
    const home = await useHome();
    const missing = await config(home, ["get-contexts", "--config", "none"]);
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringContaining(join(home.cwd, "none")),
    ]);
  });
});

describe("writing", () => {
  it("use-context, and the hint that a variable goes before it", async () => {
    const home = await homeWithFile();
    expect((await config(home, ["use-context", "b"])).stderr).toBe(
      'sidelite: switched to context "b"\n',
    );
    expect(await readFile(home.file, "utf8")).toBe(
      FILE.replace("current-context: a", "current-context: b"),
    );
    const hidden = await config(home, ["use-context", "a"], { env: { KUBIYA_CONTEXT: "b" } });
    expect(hidden.stderr).toContain("unset KUBIYA_CONTEXT");
  });

  it("set-context writes every litellm-proxy key, and only what is given", async () => {
    const home = await useHome();
    const made = await config(home, [
      "set-context", "prod", "--control-plane-url", "https://cp.example/", "--organization", "acme", "--user", "me",
      "--use-v1-api", "false", "--enable-local-proxy", "--proxy-config-file", "l.yaml", "--model", "gpt-4",
      "--proxy-timeout", "90", "--proxy-max-retries", "7", "--proxy-port", "4100", "--trust-queue", "full",
      "--trust-hosts", "llm.example.com,*.models.example.com",
    ]); // prettier-ignore
    expect(made.code).toBe(0);
    expect(made.stderr).toContain('context "prod" created');
    const file = join(home.state, "config");
    expect(await readFile(file, "utf8")).toBe(`apiVersion: v1
kind: Config
contexts:
  - name: prod
    context:
      api-url: https://cp.example
      organization: acme
      user: me
      use-v1-api: false
      litellm-proxy:
        enabled: true
        config-file: ${home.cwd}/l.yaml
        model: gpt-4
        timeout-seconds: 90
        max-retries: 7
        port: 4100
        trust-queue: full
        trust-hosts:
          - llm.example.com
          - "*.models.example.com"
`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await config(home, ["use-context", "prod"]);
    const json = '{"model_list": [{"model_name": "m", "litellm_params": {"model": "openai/x"}}]}';
    const changed = await config(home, [
      "set-context",
      "--current",
      "--no-enable-local-proxy",
      "--proxy-config-json",
      json,
      "--unset",
      "model",
      "api-url",
    ]);
    expect(changed.stderr).toContain('context "prod" modified');
    const text = await readFile(file, "utf8");
    expect(text).toContain("        enabled: false\n        config-json: |-\n          {\n");
    expect(text).not.toMatch(/config-file|model: gpt-4|api-url/);
  });

  it.each([
    [["set-context"], /the name is missing/],
    [["set-context", "a", "--current"], /contradict/],
    [
      ["set-context", "a", "--proxy-port", "0", "--trust-hosts", "https://x", "--model", " "],
      /out of range[^]*not a host's name/,
    ],
    [["set-context", "a", "--proxy-config-json", '{"a":1'], /--proxy-config-json:1:7/],
    [["set-context", "a", "--proxy-config-json", "{}", "--proxy-config-file", "x"], /both set/],
    [["set-context", "a", "--trust-queue", "yes"], /write full/],
    [["set-context", "a", "--unset", "nothing"], /no key of a context/],
    [["set-context", "a", "--proxy-port", "1", "--unset", "port"], /both set and unset/],
    [["use-context"], /missing required argument/],
    [["use-context", "a", "b"], /too many arguments/],
    [["use-context", "aa"], /did you mean a/],
    [["rename-context", "a"], /missing required argument/],
    [["rename-context", "a", "b"], /context b already/],
    [["delete-context", "zz"], /no context zz/],
    [["delete-credentials", "me"], /no user me/],
    [["set-credentials", "me"], /only taken from stdin/],
    [["set-credentials", "me", "--token-stdin"], /stdin is empty/],
    [["set-credentials", "me", "--token", "x"], /unknown option/],
  ])("%j is exit 2 and leaves the file alone", async (args, pattern) => {
    const home = await homeWithFile();
    const failed = await config(home, args);
    expect([failed.code, failed.stdout]).toEqual([2, ""]);
    expect(failed.stderr).toMatch(pattern);
    expect(await readFile(home.file, "utf8")).toBe(FILE);
  });

  it("delete-context and rename-context look after the current one", async () => {
    const home = await homeWithFile();
    expect((await config(home, ["rename-context", "a", "one"])).stderr).toContain(
      'renamed to "one"',
    );
    expect((await config(home, ["current-context"])).stdout).toBe("one\n");
    const deleted = await config(home, ["delete-context", "one"]);
    expect(deleted.stderr).toMatch(/deleted context "one"[^]*none is selected now/);
    expect((await config(home, ["get-contexts", "-o", "name"])).stdout).toBe("b\n");
    expect((await config(home, ["explain"])).code).toBe(0);
  });

  it("keeps a token out of argv and of every answer", async () => {
    const home = await useHome();
    const token = home.canary("token", "kb-");
    const set = await config(home, ["set-credentials", "me", "--token-stdin"], {
      input: `${token}\n`,
    });
    expect(set.stderr).toBe('sidelite: user "me" set\n');
    await config(home, ["set-context", "a", "--user", "me"]);
    await config(home, ["use-context", "a"]);
    const file = join(home.state, "config");
    const text = await readFile(file, "utf8");
    expect(text).toContain(`token: ${token}\n`);
    await home.write(file, text); // it may stand there
    const shown = await config(home, ["view"]);
    expect(shown.stdout).toContain('token: "***"');
    for (const args of [
      ["view", "-o", "json"],
      ["view", "--merged"],
      ["explain"],
      ["explain", "--json"],
      ["get-contexts", "--json"],
    ]) {
      expect((await config(home, args)).stdout).not.toContain(token);
    }
    const raw = await config(home, ["view", "--raw"], { mayPrintSecrets: true });
    expect(raw.stdout).toContain(`token: ${token}\n`);
    const merged = await config(home, ["view", "--raw", "--merged", "--json"], {
      mayPrintSecrets: true,
    });
    expect(JSON.parse(merged.stdout).users).toEqual([{ name: "a", user: { token } }]);
    const deleted = await config(home, ["delete-credentials", "me"]);
    expect(deleted.stderr).toMatch(/deleted user "me"[^]*named by the context a/);
  });

  it("view hides inline keys too", async () => {
    const home = await useHome();
    const key = home.canary("inline", "sk-");
    const json = JSON.stringify({
      model_list: [
        {
          model_name: "m",
          litellm_params: {
            model: "openai/x",
            api_key: key,
            api_base: `https://u:${key}@x.example`,
          },
        },
      ],
    });
    await home.write(
      join(home.state, "config"),
      `contexts:\n- name: a\n  context:\n    litellm-proxy:\n      config-json: '${json}'\n- name: b\n  context:\n    litellm-proxy:\n      config-json: ${json}\n`,
    );
    const shown = (await config(home, ["view"])).stdout;
    expect(shown.match(/api_key: "\*\*\*"/g)).toHaveLength(2);
    expect(shown).toContain("model: openai/x");
  });

  it("writes through a link, and never a half file", async () => {
    const home = await useHome();
    const target = await home.write("dotfiles/kubiya", FILE);
    await mkdir(home.state, { mode: 0o700 });
    const link = join(home.state, "config");
    await symlink(target, link);
    await config(home, ["use-context", "b"]);
    expect(await readlink(link)).toBe(target);
    expect(await readFile(target, "utf8")).toContain("current-context: b");
    const writers = Array.from({ length: 12 }, (_, index) =>
      startCli(home, ["config", "set-context", `c${index}`, "--model", `m${index}`]),
    );
    const killed = startCli(home, ["config", "set-context", "killed", "--model", "m"]);
    setTimeout(() => killed.signal("SIGKILL"), 150);
    const codes = await Promise.all(writers.map(async ({ finished }) => (await finished).code));
    await killed.finished;
    await config(home, ["use-context", "a"]); // sweeps what the kill may have left
    expect(codes).toEqual(codes.map(() => 0));
    const names = (await config(home, ["get-contexts", "-o", "name"])).stdout.trim().split("\n");
    expect(names.filter((name) => name !== "killed").toSorted()).toEqual(
      ["a", "b", ...writers.map((_, index) => `c${index}`)].toSorted(),
    );
  });
});
