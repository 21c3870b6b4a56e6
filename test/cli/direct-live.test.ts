// Direct routes on a running instance without LiteLLM: changes take effect at once, streams go on.
import { request } from "node:http";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Address } from "../e2e/serve.ts";
import { ask, awaitServed, chat, launchProxy, listModels } from "../e2e/serve.ts";
import { runCli, startCli } from "../fixtures/cli.ts";
import { closedPort } from "../fixtures/closed-port.ts";
import type { Respond } from "../fixtures/direct/raw-upstream.ts";
import { json, startUpstream } from "../fixtures/direct/raw-upstream.ts";
import type { TestHome } from "../fixtures/home.ts";
import { until } from "../fixtures/poll.ts";
import { useHome } from "../fixtures/use-home.ts";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

function serving(name: string): Respond {
  return ({ line }, socket) => {
    const models = { data: [{ id: `${name}-listed` }] };
    socket.write(json(line.includes("/models") ? models : { from: name }));
  };
}

const configOf = (origin: string) => `sidelite:
  providers:
    one: {base_url: '${origin}/v1', api_key: os.environ/ONE_KEY}
  agents:
    root: {model_name: alias, provider: one, passthrough: true}
`;

async function serve(home: TestHome, config: string, env: Record<string, string>) {
  const cli = await launchProxy(home, config, { env });
  return awaitServed(cli);
}

async function command(home: TestHome, env: Record<string, string>, ...args: string[]) {
  const result = await runCli(home, [...args, "--proxy-config-file", "./litellm_config.yaml"], {
    env,
  });
  expect(result.code, result.stderr).toBe(0);
  return result;
}

describe("providers without model_list", () => {
  it("serve without LiteLLM; another model is a 404 in the client's dialect", async () => {
    const home = await useHome();
    const upstream = await startUpstream(serving("one"));
    const env = { ONE_KEY: home.canary("one", "sk-") };
    const served = await serve(home, configOf(upstream.origin), env);
    expect((await chat(served, "alias")).json()).toEqual({ from: "one" });
    await until(async () => (await listModels(served)).includes("one-listed"), {
      what: "the list",
    });
    expect(await listModels(served)).toEqual(["alias", "one-listed"]);
    expect((await chat(served, "one/any")).json()).toEqual({ from: "one" });

    const openai = await chat(served, "nobody");
    expect(openai.status).toBe(404);
    expect(openai.json()).toMatchObject({ error: { code: "model_not_found" } });
    const anthropic = await ask(served, "/v1/messages", { model: "nobody" });
    expect(anthropic.status).toBe(404);
    expect(anthropic.json()).toMatchObject({ type: "error", error: { type: "not_found_error" } });
    expect((await ask(served, "/key/generate", { model: "nobody" })).status).toBe(404);

    const status = await runCli(home, ["proxy", "status", "--json"]);
    expect(JSON.parse(status.stdout)).toMatchObject({
      instance: { proxy: { phase: "ready", generations: [] } },
    });
    expect((await runCli(home, ["proxy", "restart"])).stderr).toContain("has no LiteLLM");
    await served.cli.stop();
    expect(served.cli.stderr()).not.toContain("bug");
  });

  it("T15 the model that `env` gives may be a direct one", async () => {
    const home = await useHome();
    const upstream = await startUpstream(serving("one"));
    const env = { ONE_KEY: home.canary("one", "sk-"), KUBIYA_MODEL: "alias" };
    const served = await serve(home, configOf(upstream.origin), env);
    const { stdout } = await runCli(home, ["env"]);
    expect(stdout).toContain("ANTHROPIC_MODEL='alias'");
    expect(stdout).toContain("OPENAI_MODEL='alias'");
    await served.cli.stop();
    const wrong = await launchProxy(home, configOf(upstream.origin), {
      env: { ...env, KUBIYA_MODEL: "alia" },
    });
    expect(await wrong.finished).toMatchObject({ code: 2 });
  });
});

describe("T16 changes on a running instance", () => {
  it("take effect at the next request, and no stream is dropped", async () => {
    const home = await useHome();
    let finish: () => void = () => {};
    const one = await startUpstream((_, socket, index) => {
      if (index !== 1) return serving("one")(_, socket, index);
      socket.write(`${HEAD}data: 1\n\n`);
      finish = () => void socket.end("data: 2\n\n");
    });
    const two = await startUpstream(serving("two"));
    const env = { ONE_KEY: home.canary("one", "sk-"), TWO_KEY: home.canary("two", "sk-") };
    const served = await serve(home, configOf(one.origin), env);
    await until(() => one.requests.length === 1, { what: "the discovery" });
    const stream = await openStream(served);
    expect(await stream.first).toBe("data: 1\n\n");

    await command(
      home,
      env,
      "provider",
      "add",
      "two",
      "--base-url",
      two.origin,
      "--api-key-env",
      "TWO_KEY",
    );
    await command(
      home,
      env,
      "agent",
      "add",
      "other",
      "--model-name",
      "second",
      "--provider",
      "two",
    );
    expect((await chat(served, "second")).json()).toEqual({ from: "two" });
    expect(two.requests.at(-1)?.values("authorization")).toEqual([`Bearer ${env.TWO_KEY}`]);

    const edit = ["--base-url", `${two.origin}/v1`, "--api-key-env", "TWO_KEY"];
    const { stderr } = await command(home, env, "provider", "edit", "one", ...edit);
    expect(stderr).toContain("default: the routes are the new ones");
    expect((await chat(served, "alias")).json()).toEqual({ from: "two" });
    expect(two.requests.at(-1)?.head).not.toContain(env.ONE_KEY);

    await command(home, env, "model", "disable", "two/second");
    expect((await chat(served, "second")).status).toBe(403);
    await command(home, env, "model", "enable", "two/second");
    expect((await chat(served, "second")).status).toBe(200);

    finish();
    expect(await stream.all).toBe("data: 1\n\ndata: 2\n\n");
    await served.cli.stop();
  });

  it("a faulty edit leaves the old routes in force", async () => {
    const home = await useHome();
    const one = await startUpstream(serving("one"));
    const env = { ONE_KEY: home.canary("one", "sk-") };
    const served = await serve(home, configOf(one.origin), env);
    await home.write("litellm_config.yaml", configOf("host:1"));
    const reload = await runCli(home, ["proxy", "reload"]);
    expect(reload).toMatchObject({ code: 2, stderr: expect.stringContaining("base_url") });
    expect((await chat(served, "alias")).json()).toEqual({ from: "one" });
    await served.cli.stop();
  });
});

describe("T13 provider refresh", () => {
  it("gives a running instance the new list", async () => {
    const home = await useHome();
    let models = ["old"];
    const one = await startUpstream((_, socket) => {
      socket.write(json({ data: models.map((id) => ({ id })) }));
    });
    const env = { ONE_KEY: home.canary("one", "sk-") };
    const served = await serve(home, configOf(one.origin), env);
    await until(async () => (await listModels(served)).includes("old"), { what: "the list" });
    models = ["new"];
    const { stdout } = await command(home, env, "provider", "refresh", "one");
    expect(stdout).toBe("+ new\n- old\n");
    expect(await listModels(served)).toEqual(["alias", "new"]);
    await served.cli.stop();
  });
});

describe("T17 bridge", () => {
  it("puts the gateway on a socket of the user's alone, and such a socket on a port", async () => {
    const home = await useHome();
    const one = await startUpstream(serving("one"));
    const served = await serve(home, configOf(one.origin), { ONE_KEY: home.canary("one", "sk-") });
    const path = join(home.cwd, "llm.sock");
    const bridge = startCli(home, ["bridge", "./llm.sock"]);
    await bridge.waitFor(/leads to the gateway/);
    const info = await stat(path);
    expect(info.isSocket()).toBe(true);
    expect(info.mode & 0o777).toBe(0o600);
    expect(await overSocket(path, served.key)).toEqual({ status: 200, text: '{"from":"one"}' });
    expect((await overSocket(path, "sk-wrong")).status).toBe(401);

    const port = String(await closedPort());
    const far = startCli(home, ["bridge", "./llm.sock", "--port", port]);
    await far.waitFor(/leads to/);
    const answer = await chat({ url: `http://127.0.0.1:${port}`, key: served.key }, "alias");
    expect(answer.json()).toEqual({ from: "one" });
    expect((await runCli(home, ["bridge", "./llm.sock"])).code).toBe(7);
    await far.stop();
    await bridge.stop();
    await expect(stat(path)).rejects.toThrow("ENOENT");
    await served.cli.stop();
    expect((await runCli(home, ["bridge", "./llm.sock"])).code).toBe(1);
  });
});

function openStream({
  url,
  key,
}: Address): Promise<{ first: Promise<string>; all: Promise<string> }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const sent = request(`${url}/v1/chat/completions`, { method: "POST", headers }, (response) => {
      response.setEncoding("utf8");
      const first = new Promise<string>((told) => response.once("data", told));
      let text = "";
      response.on("data", (part: string) => (text += part));
      const all = new Promise<string>((told, failed) => {
        response.once("end", () => told(text)).once("error", failed);
      });
      resolve({ first, all });
    });
    sent.once("error", reject).end('{"model":"alias","stream":true}');
  });
}

function overSocket(socketPath: string, key: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const options = { socketPath, path: "/v1/chat/completions", method: "POST", headers };
    const sent = request(options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.once("error", reject).end('{"model":"alias"}');
  });
}
