// Every verb of the direct routes with `--json` on one running instance: what it prints, what it does at once.
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { awaitServed, chat, launchProxy } from "../e2e/serve.ts";
import { runCli } from "../fixtures/cli.ts";
import { json, startUpstream } from "../fixtures/direct/raw-upstream.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { useHome } from "../fixtures/use-home.ts";

const configOf = (origin: string) => `# ours
sidelite:
  # the team's gateway
  providers:
    one:
      base_url: ${origin}/v1 # where
      api_key: os.environ/ONE_KEY
  # who asks
  agents:
    root: {model_name: alias, provider: one, passthrough: true} # stays
`;

describe("every verb on a running instance", () => {
  it("T9 T13 T14 prints JSON, takes effect without a restart, and keeps the file's comments", async () => {
    const home = await useHome();
    const one = await startUpstream(
      (_, socket) => void socket.write(json({ data: [{ id: "a" }] })),
    );
    const env = { ONE_KEY: home.canary("one", "sk-"), TWO_KEY: home.canary("two", "sk-") };
    const before = configOf(one.origin);
    const served = await awaitServed(await launchProxy(home, before, { env }));
    const file = ["--proxy-config-file", "./litellm_config.yaml"];
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await runCli(home, [...args, "--json", ...file], { env });
      expect(code, stderr).toBe(0);
      const { schemaVersion, ...rest } = parseObject(stdout);
      expect(schemaVersion, args.join(" ")).toBe(1);
      return rest;
    };
    const status = async (model: string) => (await chat(served, model)).status;

    const two = ["--base-url", one.origin, "--api-key-env", "TWO_KEY", "--models", "b,c"];
    expect(await status("two/x")).toBe(404);
    expect(await run("provider", "add", "two", ...two)).toEqual({ provider: "two", changed: true });
    expect(await status("two/x")).toBe(200);
    expect(one.requests.at(-1)?.values("authorization")).toEqual([`Bearer ${env.TWO_KEY}`]);

    const edit = [
      "--header",
      "X-Team=one",
      "--api-key-env",
      "ONE_KEY",
      "--auth-header",
      "x-api-key",
    ];
    await run("provider", "edit", "two", ...edit);
    expect(await status("two/x")).toBe(200);
    expect(one.requests.at(-1)?.values("x-team")).toEqual(["one"]);
    expect(one.requests.at(-1)?.values("x-api-key")).toEqual([env.ONE_KEY]);
    expect(one.requests.at(-1)?.values("authorization")).toEqual([]);

    const agent = ["--model-name", "second", "--provider", "two"];
    expect(await run("agent", "add", "other", ...agent)).toEqual({ agent: "other", changed: true });
    const sub = ["--model-name", "third", "--provider", "two", "--parent", "other"];
    await run("agent", "add", "sub", ...sub);
    expect([await status("second"), await status("third::agent::sub")]).toEqual([200, 200]);

    const [providers, shown, tested, agents] = await Promise.all([
      run("provider", "list"),
      run("provider", "show", "two"),
      run("provider", "test", "two"),
      run("agent", "list"),
    ]);
    expect(providers).toMatchObject({
      providers: [
        { name: "one", agents: ["root"] },
        { name: "two", agents: ["other", "sub"] },
      ],
    });
    expect(shown).toMatchObject({ provider: { headers: ["X-Team"] } });
    expect(tested).toMatchObject({ ok: true, models: ["a"] });
    expect(agents).toMatchObject({
      agents: [{ name: "root" }, { name: "other" }, { name: "sub", key: "third::agent::sub" }],
    });
    expect(await run("provider", "refresh", "two")).toMatchObject({ provider: "two", removed: [] });
    const [models, routes, known, unknown] = await Promise.all([
      run("model", "list"),
      run("route", "list"),
      run("route", "explain", "b"),
      run("route", "explain", "nobody"),
    ]);
    const names = (models["models"] as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["alias", "second", "two/a", "two/b", "two/c"]));
    expect(routes["routes"]).toContainEqual(
      expect.objectContaining({ model: "b", provider: "two" }),
    );
    expect(known).toMatchObject({
      route: { to: "provider", sentModel: "b", url: `${one.origin}/v1/chat/completions` },
    });
    expect(unknown).toMatchObject({
      route: { to: "refused", why: expect.stringContaining("404") },
    });

    expect(await run("model", "disable", "two/b")).toEqual({ model: "two/b", enabled: false });
    expect([await status("two/b"), await status("b"), await status("c")]).toEqual([403, 403, 200]);
    expect(await run("model", "enable", "two/b")).toEqual({ model: "two/b", enabled: true });
    expect(await status("b")).toBe(200);

    const refused = await runCli(home, ["provider", "rm", "two", ...file], { env });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("other, sub") });
    expect(await run("agent", "rm", "sub")).toEqual({ agent: "sub", removed: true });
    expect(await run("agent", "rm", "other")).toEqual({ agent: "other", removed: true });
    expect(await status("second")).toBe(404);
    expect(await run("provider", "rm", "two")).toEqual({ provider: "two", removed: true });
    expect([await status("two/x"), await status("b"), await status("alias")]).toEqual([
      404, 404, 200,
    ]);
    expect(await readFile(`${home.cwd}/litellm_config.yaml`, "utf8")).toBe(before);
    await served.cli.stop();
  });

  it("says what to do where there is nothing yet, or a variable is unset here", async () => {
    const home = await useHome();
    await home.write("c.yaml", "sidelite: {} # ours\n");
    const run = (...args: string[]) => runCli(home, [...args, "--proxy-config-file", "./c.yaml"]);
    expect(await run("provider", "list")).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringContaining("sidelite provider add NAME"),
    });
    expect((await run("agent", "list")).stderr).toContain("sidelite agent add NAME");
    const add = ["provider", "add", "one", "--base-url", "https://one.example"];
    const added = await run(...add, "--api-key-env", "NOT_SET");
    expect(added).toMatchObject({ code: 0, stderr: expect.stringMatching(/NOT_SET is unset/) });
    const edited = await run("provider", "edit", "one", "--unset", "api-key", "--auth", "none");
    expect(edited.stderr).not.toContain("NOT_SET");
    const idle = await run("provider", "edit", "one", "--unset", "retries");
    expect(idle).toMatchObject({ code: 2, stderr: expect.stringContaining("one has no retries") });
  });
});
