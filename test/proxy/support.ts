// A proxy under test: the real supervisor and keeper, a recording upstream, a stand-in or the real LiteLLM.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { createRedactor } from "../../src/core/redact.ts";
import type { Event, Report } from "../../src/core/report.ts";
import type { GenerationSpec, ProxyLimits } from "../../src/core/proxy-spec.ts";
import { Secret } from "../../src/core/secret.ts";
import type { Endpoint, UpstreamControl } from "../../src/core/upstream.ts";
import { classifyExit } from "../../src/litellm/causes.ts";
import { importEnvironment } from "../../src/litellm/import-environment.ts";
import { buildWorkerConfig } from "../../src/litellm/worker-config.ts";
import type { Cookie } from "../../src/platform/cookie.ts";
import { createCookie } from "../../src/platform/cookie.ts";
import { openLogFile } from "../../src/platform/log-file.ts";
import type { ProxyDeps } from "../../src/proxy/proxy-deps.ts";
import type { Proxy } from "../../src/proxy/start.ts";
import { startProxy } from "../../src/proxy/start.ts";
import { REPOSITORY } from "../fixtures/built.ts";
import { makeFakePython } from "../fixtures/fake-litellm.ts";
import type { TestHome } from "../fixtures/home.ts";
import { until } from "../fixtures/poll.ts";
import { testRuntime } from "../fixtures/runtime.ts";

export interface TestUpstream extends UpstreamControl {
  /** What may get requests now. */
  readonly serving: ReadonlyMap<string, Endpoint>;
  readonly calls: readonly string[];
  refusal(): string | null;
  /** Every drain waits until this is called. */
  holdDrains(): () => void;
}

export interface TestProxy {
  readonly proxy: Proxy;
  readonly upstream: TestUpstream;
  readonly events: readonly Event[];
  readonly groups: ReadonlySet<number>;
  readonly socketDir: string;
  names(): string[];
  log(): Promise<string>;
  /** A configuration with these models and `settings`; the master key is a canary. */
  configure(
    models: readonly object[],
    more?: Partial<GenerationSpec>,
    settings?: object,
  ): Promise<GenerationSpec>;
  /** A request to what serves now. */
  ask(path: string, body?: object): Promise<{ status: number; body: string }>;
}

export interface TestProxyOptions {
  readonly python: string;
  readonly limits?: Partial<ProxyLimits>;
  /** false: SIDELITE_FORK=0. */
  readonly fork?: boolean;
  readonly cookie?: Cookie;
  /** Instead of the recording one. */
  readonly upstream?: UpstreamControl;
  /** For the sockets; default: the home's. */
  readonly socketDir?: string;
}

export const LIMITS: ProxyLimits = {
  readinessSeconds: 60,
  maxRestarts: 5,
  drainSeconds: 2,
  graceSeconds: 2,
};

export async function fakePython(home: TestHome): Promise<string> {
  return makeFakePython((await testRuntime()).python, join(home.dir, "python"));
}

/** A LiteLLM with descendants that went everywhere: see family-litellm.py. */
export async function familyPython(home: TestHome): Promise<string> {
  const source = join(REPOSITORY, "test/proxy/family-litellm.py");
  return pythonWith(home, await readFile(source, "utf8"));
}

/** A Python whose `litellm.proxy.proxy_server` is this text; all else is the stand-in's. */
export async function pythonWith(home: TestHome, proxyServer: string): Promise<string> {
  const python = await fakePython(home);
  const tree = join(home.dir, "tree");
  await mkdir(join(tree, "litellm/proxy"), { recursive: true });
  await writeFile(join(tree, "litellm/proxy/proxy_server.py"), proxyServer);
  await writeFile(join(tree, "litellm/__init__.py"), "");
  await writeFile(join(tree, "litellm/proxy/__init__.py"), "");
  const packages = join(home.dir, "python/lib");
  const [version = ""] = await readdir(packages);
  const path = join(packages, version, "site-packages/fake.pth");
  await writeFile(path, `${tree}\n${await readFile(path, "utf8")}`);
  return python;
}

export async function useProxy(home: TestHome, options: TestProxyOptions): Promise<TestProxy> {
  const upstream = createTestUpstream();
  const events: Event[] = [];
  const groups = new Set<number>();
  const logPath = join(home.dir, "litellm_proxy.log");
  const log = openLogFile(logPath, { maxBytes: 1 << 24, keep: 1 });
  const key = home.canary("master", "sk-");
  const deps: ProxyDeps = {
    upstream: options.upstream ?? upstream,
    report: reportTo(events),
    log,
    redactor: createRedactor([new Secret(key)]),
    reaper: {
      addGroup: (group) => void groups.add(group),
      removeGroup: (group) => void groups.delete(group),
    },
    classify: classifyExit,
  };
  const cookie = options.cookie ?? createCookie("test");
  const mark = { [cookie.name]: cookie.value };
  const imported = { ...importEnvironment(home.env, []), ...mark };
  const socketDir = options.socketDir ?? home.runDir;
  const cwd = join(home.dir, "empty");
  await mkdir(cwd, { recursive: true });
  const proxy = await startProxy(
    {
      keeper: {
        python: options.python,
        importEnvironment: options.fork === false ? { ...imported, SIDELITE_FORK: "0" } : imported,
        socketDir,
        cwd,
        tag: "litellm",
      },
      limits: { ...LIMITS, ...options.limits },
    },
    deps,
  );
  home.onStop(async () => {
    await proxy.stop(AbortSignal.timeout(5_000));
    await log.close();
  });
  let files = 0;
  return {
    proxy,
    upstream,
    events,
    groups,
    socketDir,
    names: () => events.map(({ name }) => name),
    log: async () => {
      await log.drained();
      return readFile(logPath, "utf8");
    },
    configure: async (models, more = {}, settings = {}) => {
      files += 1;
      const config = {
        model_list: models,
        general_settings: { master_key: "os.environ/SIDELITE_MASTER_KEY" },
        ...settings,
      };
      const file = await home.write(`config-${files}.yaml`, JSON.stringify(config));
      const names = models.map((model) => String(Reflect.get(model, "model_name")));
      return {
        digest: String(files),
        environment: { ...importEnvironment(home.env, []), ...mark, SIDELITE_MASTER_KEY: key },
        importEnvironment: importEnvironment(home.env, []),
        workerConfig: buildWorkerConfig(file),
        cwd: null,
        models: {
          exact: names.filter((name) => !name.includes("*")),
          wildcard: names.filter((name) => name.includes("*")),
        },
        masterKey: new Secret(key),
        most: 1,
        whyOne: null,
        recycleAtMb: null,
        ...more,
      };
    },
    ask: (path, body) => ask(upstream, key, path, body),
  };
}

export function mockModel(name: string, answer = "pong"): object {
  return {
    model_name: name,
    litellm_params: { model: "openai/gpt-4o", api_key: "none", mock_response: answer },
  };
}

/** The pid of what serves now. */
export async function servingPid(test: TestProxy): Promise<number> {
  return until(
    () => test.proxy.state().generations.find(({ status }) => status === "serving")?.pid,
    { what: "a serving generation", deadlineMs: 60_000 },
  );
}

async function ask(
  upstream: TestUpstream,
  key: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: string }> {
  const [endpoint] = upstream.serving.values();
  if (endpoint?.kind !== "unix") throw new Error("nothing serves");
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath: endpoint.path,
        path,
        method: body === undefined ? "GET" : "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      },
      (response) => {
        text(response).then((received) => {
          resolve({ status: response.statusCode ?? 0, body: received });
        }, reject);
      },
    );
    sent.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function createTestUpstream(): TestUpstream {
  const serving = new Map<string, Endpoint>();
  const calls: string[] = [];
  let refused: string | null = null;
  let drains: Promise<void> = Promise.resolve();
  return {
    serving,
    calls,
    refusal: () => refused,
    holdDrains: () => {
      let release!: () => void;
      drains = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    add: (id, endpoint) => {
      calls.push(`add ${id}`);
      serving.set(id, endpoint);
    },
    drain: async (id) => {
      calls.push(`drain ${id}`);
      serving.delete(id);
      await drains;
    },
    suspend: (id, suspended) => void calls.push(`${suspended ? "suspend" : "resume"} ${id}`),
    activity: (id) => (serving.has(id) ? { inFlight: 0, heard: 0, broken: 0 } : null),
    remove: (id) => {
      calls.push(`remove ${id}`);
      serving.delete(id);
    },
    refuse: (reason) => {
      refused = reason;
    },
  };
}

function reportTo(events: Event[]): Report {
  return {
    info: () => undefined,
    verbose: () => undefined,
    problem: () => undefined,
    event: (event) => void events.push(event),
    progress: () => ({ update: () => undefined, done: () => undefined }),
  };
}
