// `agent` and `route` on a configuration file: where each model goes and why; presets and base URLs.
import { describe, expect, it } from "vitest";
import { runCli } from "../fixtures/cli.ts";
import { CONFIG_FILE, openConfig } from "../fixtures/direct/open-config.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { useHome } from "../fixtures/use-home.ts";

describe("agents and routes", () => {
  it("adds agents, says where each goes, and why", async () => {
    const { run } = await openConfig(CONFIG_FILE.replace("URL", "http://127.0.0.1:9/v1"));
    const add = (...args: string[]) => run("agent", "add", ...args);
    expect((await add("root", "--model-name", "alias", "--provider", "customer")).code).toBe(0);
    const sub = ["--model-name", "child", "--provider", "customer", "--parent", "root"];
    expect((await add("analyst", ...sub)).code).toBe(0);
    expect((await add("twin", "--model-name", "alias", "--provider", "customer")).stderr).toContain(
      "the agents root and twin have the same key alias",
    );
    expect((await run("provider", "rm", "customer")).stderr).toContain(
      "the provider customer is needed by: root, analyst",
    );
    const list = await run("agent", "list", "--json");
    expect(parseObject(list.stdout)["agents"]).toMatchObject([
      { name: "root", key: "alias", provider: "customer" },
      { name: "analyst", key: "child::agent::analyst", parent: "root" },
    ]);
    const route = parseObject(
      (await run("route", "explain", "child::agent::analyst", "--json")).stdout,
    );
    expect(route["route"]).toMatchObject({
      to: "provider",
      sentModel: "child",
      url: "http://127.0.0.1:9/v1/chat/completions",
    });
    expect((await run("route", "explain", "managed")).stdout).toContain("goes to LiteLLM");
    expect((await run("route", "list")).stdout).toMatch(/alias +customer/);
    expect((await run("agent", "rm", "root")).code).toBe(2);
    expect((await run("agent", "rm", "analyst")).code).toBe(0);
  });

  it("T23 presets have their address and need a key or none", async () => {
    const { run } = await openConfig("sidelite: {}\n");
    const add = (...args: string[]) => run("provider", "add", ...args);
    expect((await add("local", "--type", "ollama")).code).toBe(0);
    expect((await add("server", "--type", "vllm")).code).toBe(0);
    expect((await add("lite", "--type", "litellm")).stderr).toContain("has no credential");
    expect((await add("lite", "--type", "litellm", "--api-key-env", "OTHER_KEY")).code).toBe(0);
    expect((await add("other", "--type", "generic", "--auth", "none")).stderr).toContain(
      "base_url",
    );
    const { providers } = parseObject((await run("provider", "list", "--json")).stdout);
    expect(providers).toMatchObject([
      { name: "local", url: "http://127.0.0.1:11434/v1", auth: "none", key: "not set" },
      { name: "server", url: "http://127.0.0.1:8000/v1", auth: "none", key: "not set" },
      { name: "lite", url: "http://127.0.0.1:4000", auth: "Authorization", key: "set" },
    ]);
  });

  it("T6 prints what a base URL gives", async () => {
    const home = await useHome();
    const { stdout } = await runCli(home, ["route", "url", "https://gw.example/v1/", "--json"]);
    expect(parseObject(stdout)["urls"]).toContainEqual({
      path: "/v1/messages",
      url: "https://gw.example/v1/messages",
    });
    const bad = await runCli(home, ["route", "url", "https://u:p@h/"]);
    expect(bad).toMatchObject({ code: 2, stderr: expect.not.stringContaining("u:p") });
  });
});
