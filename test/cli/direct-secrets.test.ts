// Every secret of direct routes is a canary: where each may be, and nowhere else.
import { describe, expect, it } from "vitest";
import { ask, chat } from "../e2e/serve.ts";
import { closedPort } from "../fixtures/closed-port.ts";
import { startProxy } from "../fixtures/direct/forward-proxy.ts";
import type { RawUpstream } from "../fixtures/direct/raw-upstream.ts";
import { json, startUpstream } from "../fixtures/direct/raw-upstream.ts";
import { findCanaries } from "../fixtures/leak-check.ts";
import { until } from "../fixtures/poll.ts";
import { listPids, readCommandLine, readEnviron, readStat } from "../fixtures/proc.ts";
import { useInstances } from "../fixtures/use-instances.ts";

const NAMES = [
  ...["REFERENCE", "QUERY", "HEADER", "PROXY", "MANAGED", "GONE", "WORKER", "MASTER"],
  ...["FIXED", "LITERAL", "DEFAULT", "REQUEST", "TOKEN"],
] as const;
type Name = (typeof NAMES)[number];

interface Addresses {
  readonly reference: string;
  readonly query: string;
  readonly literal: string;
  readonly request: string;
  readonly proxy: number;
  readonly closed: number;
}

const configOf = (at: Addresses, secret: Readonly<Record<Name, string>>) => `model_list:
  - model_name: m
    litellm_params: {model: openai/m, api_key: os.environ/FAKE_PROVIDER_KEY}
general_settings: {master_key: os.environ/MASTER}
sidelite:
  key: os.environ/WORKER
  providers:
    reference: {base_url: '${at.reference}', api_key: os.environ/REFERENCE, network: {headers: {X-Own-Token: '\${env.HEADER}', X-Api-Key: '${secret.FIXED}'}}}
    query: {base_url: '${at.query}/v1?key=\${env.QUERY}', auth: none}
    literal: {base_url: '${at.literal}', api_key: ${secret.LITERAL}, network: {proxy: {url: 'http://user:\${env.PROXY}@127.0.0.1:${at.proxy}', loopback: true}}}
    default: {base_url: '${at.literal}', api_key: '\${env.UNSET:=${secret.DEFAULT}}'}
    request: {base_url: '${at.request}', forward_headers: {token: X-Token, auth: Authorization}}
    managed: {base_url: '${at.request}', api_key: os.environ/MANAGED}
    gone: {base_url: 'http://127.0.0.1:${at.closed}/v1?key=\${env.QUERY}', api_key: os.environ/GONE}
  agents:
    root: {model_name: alias, provider: reference, passthrough: true}
    clerk: {model_name: clerk-model, provider: managed}
`;

/** The canaries in what an upstream was sent. */
function sentTo({ requests }: RawUpstream, home: Parameters<typeof findCanaries>[0]): string[] {
  const all = requests.map(({ head, body }) => `${head}\n${body.toString("latin1")}`).join("\n");
  return findCanaries(home, Buffer.from(all)).toSorted();
}

/** Every process below `root`, itself left out. */
function descendants(root: number): number[] {
  const parents = new Map(listPids().map((pid) => [pid, readStat(pid)?.parent]));
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent === root || (parent !== undefined && parent > 1 && isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}

describe("secrets of direct routes", () => {
  it("are only where each may be", async () => {
    const { home, run, status } = await useInstances();
    const secret = Object.fromEntries(
      NAMES.map((name) => [name, home.canary(name, "sk-")]),
    ) as Record<Name, string>;
    const start = () =>
      startUpstream((_, socket) => void socket.write(json({ data: [{ id: "x" }] })));
    const [reference, query, literal, request] = await Promise.all([
      start(),
      start(),
      start(),
      start(),
    ]);
    const proxy = await startProxy();
    const config = configOf(
      {
        ...{ reference: reference.origin, query: query.origin, literal: literal.origin },
        ...{ request: request.origin, proxy: proxy.port, closed: await closedPort() },
      },
      secret,
    );
    await home.write("litellm.yaml", config);
    const file = ["--proxy-config-file", "./litellm.yaml"];
    const env = Object.fromEntries(NAMES.slice(0, 8).map((name) => [name, secret[name]]));
    const sidelite = (...args: string[]) => run([...args, ...file], { env });
    const worker = [process.execPath, "-e", "setInterval(() => {}, 1000)"];
    const started = await run(
      ["worker", "start", "-d", "--queue-id", "q", ...file, "--", ...worker],
      { env },
    );
    expect(started.code, started.stderr).toBe(0);
    const { pid, url } = await status("q");
    const served = { url: url ?? "", key: secret.WORKER };

    const answers: string[] = [];
    const say = async (model: string, headers: Record<string, string> = {}) => {
      const answer = await ask(served, "/v1/messages", { model }, headers);
      answers.push(answer.text);
      return answer.status;
    };
    const data = (more: object) => ({ "X-OGX-Provider-Data": JSON.stringify(more) });
    for (const model of ["alias", "query/a", "literal/a", "default/a"])
      expect(await say(model)).toBe(200);
    expect(await say("request/a", data({ auth: `Bearer ${secret.TOKEN}` }))).toBe(200);
    expect(
      await say("request/a", data({ passthrough_api_key: secret.REQUEST, token: "public" })),
    ).toBe(200);
    expect(await say("gone/a")).toBe(502);
    expect(await say("request/a", { "X-OGX-Provider-Data": `{"token":"${secret.TOKEN}"` })).toBe(
      400,
    );
    answers.push((await chat(served, "nobody")).text, (await ask(served, "/v1/models")).text);
    expect(findCanaries(home, Buffer.from(answers.join("\n")))).toEqual([]);

    // What they print is searched when the home ends, as are arguments, logs, state and rendered files.
    const shown = await Promise.all(
      [
        ...["provider list", "agent list", "model list", "route list", "route explain alias"],
        ...["provider show query", "provider show literal", "provider test query"],
        ...["provider test gone", "provider refresh gone", "config explain", "provider edit gone"],
      ].map((verb) => sidelite(...verb.split(" "), "--json")),
    );
    expect(shown.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 2]);
    expect((await run(["validate", "litellm.yaml", "--json"], { env })).code).toBe(0);
    expect((await sidelite("model", "disable", "query/x")).code).toBe(0);
    expect((await sidelite("model", "enable", "query/x")).code).toBe(0);
    await run(["worker", "logs", "q"], { env });

    await until(() => query.requests.some(({ line }) => line.startsWith("GET")), {
      what: "discovery",
    });
    expect(sentTo(reference, home)).toEqual(["FIXED", "HEADER", "REFERENCE"]);
    expect(sentTo(query, home)).toEqual(["QUERY"]);
    expect(sentTo(literal, home)).toEqual(["DEFAULT", "LITERAL"]);
    // Its own discovery and the managed provider's, whose address is the same.
    expect(sentTo(request, home)).toEqual(["MANAGED", "REQUEST", "TOKEN"]);
    const told = findCanaries(home, Buffer.from(proxy.heads.join("\n")));
    // Plain HTTP goes through it: the provider's key too.
    expect(told.toSorted()).toEqual(["LITERAL", "PROXY"]);

    const environments = descendants(pid ?? 0).map((each) => ({
      line: readCommandLine(each) ?? "",
      found: findCanaries(home, Buffer.from((readEnviron(each) ?? []).join("\0"))).toSorted(),
    }));
    expect(environments.length).toBeGreaterThan(2);
    const workers = environments.filter(({ line }) => line.includes("setInterval"));
    expect(workers.map(({ found }) => found)).toEqual([["WORKER"]]);
    for (const { line, found } of environments.filter((each) => !workers.includes(each))) {
      expect(
        found.filter((name) => name !== "MANAGED" && name !== "MASTER" && name !== "provider"),
        line,
      ).toEqual([]);
    }
  });
});
