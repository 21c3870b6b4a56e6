// `provider|agent|model|route` on a configuration file: what is written, what is shown, what is refused.
import { stat } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { runCli } from "../fixtures/cli.ts";
import { useCertificates } from "../fixtures/direct/certificates.ts";
import { closedPort } from "../fixtures/closed-port.ts";
import { startSecure } from "../fixtures/direct/outcome.ts";
import { CONFIG_FILE, openConfig } from "../fixtures/direct/open-config.ts";
import type { RawUpstream } from "../fixtures/direct/raw-upstream.ts";
import { answer, json, startUpstream } from "../fixtures/direct/raw-upstream.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { useHome } from "../fixtures/use-home.ts";

function listing(...models: string[]): Buffer {
  return json({ data: models.map((id) => ({ id })) });
}

async function withUpstream(respond?: Parameters<typeof startUpstream>[0]) {
  const upstream: RawUpstream = await startUpstream(
    respond ?? ((_, socket) => void socket.write(listing("m1", "m2"))),
  );
  const bench = await openConfig(CONFIG_FILE.replace("URL", `${upstream.origin}/v1`));
  return { ...bench, upstream };
}

describe("T9 T10 T11 add, show, edit, rm", () => {
  it("writes a block, keeps comments and the file's mode, and shows no secret", async () => {
    const { run, text, path } = await openConfig(
      CONFIG_FILE.replace("URL", "http://127.0.0.1:9/v1"),
    );
    const before = await text();
    const flags = ["--base-url", "https://second.example", "--api-key-env", "CUSTOMER_KEY"];
    const more = ["--auth-header", "x-api-key", "--header", "X-Team=one", "--models", "a,b"];
    expect((await run("provider", "add", "second", ...flags, ...more)).code).toBe(0);
    expect(await text()).toBe(
      before.replace(
        "# managed\nmodel_list:",
        `    second:
      base_url: https://second.example
      api_key: os.environ/CUSTOMER_KEY
      auth_header: x-api-key
      models:
        - a
        - b
      network:
        headers:
          X-Team: one
# managed
model_list:`,
      ),
    );
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const shown = await run("provider", "show", "second", "--json");
    expect(parseObject(shown.stdout)).toMatchObject({
      schemaVersion: 1,
      provider: {
        url: "https://second.example",
        auth: "x-api-key",
        key: "set",
        headers: ["X-Team"],
      },
    });
    expect((await run("provider", "list", "-o", "name")).stdout).toBe("customer\nsecond\n");
    expect((await run("provider", "rm", "second")).code).toBe(0);
    expect(await text()).toBe(before);
  });

  it("refuses what would not load, and leaves the file as it is", async () => {
    const { run, text } = await openConfig(CONFIG_FILE.replace("URL", "http://127.0.0.1:9/v1"));
    const before = await text();
    const refused: [string[], string][] = [
      [["add", "x", "--base-url", "host:80/v1", "--auth", "none"], "lacks http:// or https://"],
      [["add", "x", "--base-url", "http://h"], "has no credential"],
      [["add", "customer", "--base-url", "http://h"], "there is a provider customer already"],
      [["add", "x", "--base-url", "http://h", "--api-key-env", "sk-not a name"], "--api-key-env"],
      [
        ["add", "x", "--base-url", "http://h", "--auth", "none", "--forward-header", "a=Host"],
        "Host",
      ],
      [["edit", "custome", "--retries", "1"], "did you mean customer?"],
      [["edit", "customer"], "nothing is to be changed"],
      [["rm", "nobody"], "there is no provider nobody"],
    ];
    await Promise.all(
      refused.map(async ([args, words]) => {
        const { code, stderr, stdout } = await run("provider", ...args);
        expect({ code, stdout }, args.join(" ")).toEqual({ code: 2, stdout: "" });
        expect(stderr).toContain(words);
      }),
    );
    expect(await text()).toBe(before);
  });

  it("T16 another host clears the key, unless told to keep it or given one", async () => {
    const { run, text } = await openConfig(CONFIG_FILE.replace("URL", "http://127.0.0.1:9/v1"));
    const cleared = await run("provider", "edit", "customer", "--base-url", "https://b.example");
    expect(cleared.code).toBe(2);
    expect(cleared.stderr).toContain("the key of customer is cleared");
    const edit = ["provider", "edit", "customer", "--base-url"];
    expect((await run(...edit, "http://127.0.0.1:9/v2")).code).toBe(0);
    expect(await text()).toContain("api_key: os.environ/CUSTOMER_KEY");
    expect((await run(...edit, "https://b.example", "--auth", "none")).code).toBe(0);
    expect(await text()).not.toContain("CUSTOMER_KEY");
    expect((await run(...edit, "https://c.example", "--api-key-env", "CUSTOMER_KEY")).code).toBe(0);
    expect((await run(...edit, "https://d.example", "--keep-key")).code).toBe(0);
    expect(await text()).toMatch(/base_url: https:\/\/d\.example # where\n[^]*CUSTOMER_KEY/);
  });

  it("inline, queue and JSON configurations are refused with the reason", async () => {
    const home = await useHome();
    await home.write("c.json", "{}");
    const add = ["provider", "add", "x", "--base-url", "http://h", "--auth", "none"];
    const inline = await runCli(home, [...add, "--proxy-config-json", '{"model_list":[]}']);
    const file = await runCli(home, [...add, "--proxy-config-file", "c.json"]);
    const none = await runCli(home, add);
    expect([inline, file, none].map(({ code }) => code)).toEqual([2, 2, 2]);
    expect(inline.stderr).toContain(
      "the configuration is inline (flags), which no command can edit",
    );
    expect(file.stderr).toContain("a JSON file cannot be edited");
    expect(none.stderr).toContain("--proxy-config-file ./litellm_config.yaml");
  });

  it("a variable that is not set here is a warning, since it may be set where it runs", async () => {
    const { run, home } = await openConfig(CONFIG_FILE.replace("URL", "http://127.0.0.1:9/v1"));
    const options = { env: { CUSTOMER_KEY: null } };
    const args = ["provider", "list", "--proxy-config-file", "./c.yaml"];
    const { code, stderr, stdout } = await runCli(home, args, options);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining("CUSTOMER_KEY is unset"),
    });
    expect(stdout).toContain("http://127.0.0.1:9/v1");
    expect((await run("provider", "list")).stderr).toBe("");
  });
});

describe("T12 T13 T14 test, refresh, models", () => {
  it("T12 tests providers: latency and models, or the reason and what to try", async () => {
    const good = await startUpstream((_, socket) => void socket.write(listing("m1", "m2")));
    const failing = async (status: number) =>
      (await startUpstream((_, socket) => void socket.write(answer(status, "no")))).origin;
    const missing = await failing(404);
    const pair = await (await (await useCertificates()).authority("ca")).issue("up");
    const urls = {
      good: `${good.origin}/v1`,
      denied: `${await failing(401)}/v1`,
      nowhere: `${missing}/openai/api`,
      listless: `${missing}/v1`,
      gone: `http://127.0.0.1:${await closedPort()}/v1`,
      unknown: "http://no-such-host.invalid/v1",
      untrusted: (await startSecure(pair)).origin,
    };
    const blocks = Object.entries(urls).map(
      ([name, url]) => `    ${name}: {base_url: '${url}', api_key: os.environ/CUSTOMER_KEY}\n`,
    );
    const { run, home } = await openConfig(`sidelite:\n  providers:\n${blocks.join("")}`);
    const test = async (name: string) => {
      const { code, stdout } = await run("provider", "test", name, "--json");
      const { ok, reason, hint } = parseObject(stdout);
      expect(code).toBe(ok === true ? 0 : 1);
      return [name, [reason, hint]];
    };
    const told = await Promise.all(Object.keys(urls).map(test));
    expect(Object.fromEntries(told)).toEqual({
      good: ["ok", null],
      denied: ["http_401", expect.stringContaining("check api_key")],
      nowhere: ["http_404", `try /v1: base_url: ${missing}/v1`],
      listless: ["http_404", expect.stringContaining("list its models")],
      gone: ["connection_refused", expect.stringContaining("is the server running")],
      unknown: ["dns", "check the host in base_url"],
      untrusted: ["tls_untrusted", expect.stringContaining("network.tls.verify")],
    });
    const [words, failed] = await Promise.all([
      run("provider", "test", "good"),
      run("provider", "test", "gone"),
    ]);
    expect(words.stdout).toMatch(/^good answers in \d+ ms, 2 models: m1, m2\n$/);
    expect(failed.stdout).toMatch(/^gone fails \(connection_refused\): /);
    expect(failed.stderr).toContain("fix: is the server running");
    expect(good.requests[0]?.line).toBe("GET /v1/models HTTP/1.1");
    expect(good.requests[0]?.values("authorization")).toEqual([
      `Bearer ${home.canaries.get("customer")}`,
    ]);
  });

  it("refreshes, lists, switches off and on", async () => {
    let models = ["m1", "m2"];
    const { run, text } = await withUpstream((_, socket) => void socket.write(listing(...models)));
    const before = await text();
    expect((await run("provider", "refresh", "customer")).stdout).toBe("+ m1\n+ m2\n");
    models = ["m2", "m3"];
    const second = await run("provider", "refresh", "customer", "--json");
    expect(parseObject(second.stdout)).toMatchObject({
      added: ["m3"],
      removed: ["m1"],
      kept: ["m2"],
    });
    models = [];
    const empty = await run("provider", "refresh", "customer");
    expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining("--allow-empty") });

    expect((await run("model", "disable", "customer/m3")).code).toBe(0);
    const off = await run("model", "list", "--json");
    expect(parseObject(off.stdout)["models"]).toEqual([
      { name: "managed", from: "model_list", enabled: true },
      { name: "customer/m2", from: "customer", enabled: true },
      { name: "customer/m3", from: "customer", enabled: false },
    ]);
    expect((await run("route", "explain", "customer/m3")).stdout).toContain("switched off: 403");
    expect((await run("model", "enable", "customer/m3")).code).toBe(0);
    expect(await text()).toBe(before);
    expect((await run("model", "enable", "m3")).code).toBe(2);
  });
});
