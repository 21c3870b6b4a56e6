import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { QueueSource } from "../../src/config/queue-layer.ts";
import { settingsNotes } from "../../src/control-plane/settings-notes.ts";
import { Secret } from "../../src/core/secret.ts";
import { startFakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { userErrorOf } from "../fixtures/user-error.ts";
import { configWith, enabledWith, usePlane } from "./support.ts";

const LANGFUSE = {
  litellm_settings: { success_callback: ["langfuse"] },
  environment_variables: {
    LANGFUSE_SECRET_KEY: "sk-lf-canary-team",
    LANGFUSE_PUBLIC_KEY: "pk-lf-x",
  },
};

describe("the queue's settings", () => {
  it("fit the seam of config/", async () => {
    const { plane, source, request } = await usePlane();
    plane.queue(enabledWith(configWith()));
    const seam: QueueSource = source();
    expect((await seam.read(request()))?.settings).toMatchObject({
      enable_local_litellm_proxy: true,
    });
  });

  it("F53: are refused whole, and nothing is written", async () => {
    const { plane, source, request, folder } = await usePlane();
    plane.queue(enabledWith(configWith({ base_url: "https://evil.example" })));
    const error = await userErrorOf(source().read(request()));
    expect(error.exitCode).toBe(8);
    expect(error.problems).toMatchObject([
      {
        path: "settings.litellm_config.model_list[0].litellm_params.base_url",
        place: { source: "queue team-queue" },
      },
    ]);
    expect(await readdir(folder)).toEqual([]);
  });

  it("count as a local file where the user says so", async () => {
    const { plane, source, request } = await usePlane();
    const config = configWith({ api_key: "sk-literal" }, { include: ["x.yaml"] });
    plane.queue(enabledWith(config));
    const { settings } = await source().read(request({ trust: { full: true, hosts: [] } }));
    expect(settings["litellm_config"]).toEqual(config);
    plane.mode({ raw: '{"settings":{"litellm_config":{"__proto__":{}}}}' });
    const asked = source().read(request({ trust: { full: true, hosts: [] } }));
    expect((await userErrorOf(asked)).exitCode).toBe(8);
  });

  it("of an inactive queue come with a warning", async () => {
    const { plane, source, request } = await usePlane();
    plane.queue({ status: "paused" });
    const { settings, problems } = await source().read(request());
    expect(settings).toEqual({});
    expect(problems).toMatchObject([
      { severity: "warning", message: "the queue is paused: it gets no tasks" },
    ]);
  });

  it("are asked for once; another key or control plane is another question", async () => {
    const { plane, source, request } = await usePlane();
    plane.queue({ status: "paused" });
    const asked = source();
    await asked.read(request());
    expect((await asked.read(request())).problems).toEqual([]);
    expect(plane.requests.length).toBe(1);
    await userErrorOf(asked.read(request({ apiKey: new Secret("other") })));
    expect(plane.requests.length).toBe(2);
    const second = await startFakeControlPlane();
    onTestFinished(() => second.close());
    await asked.read(request({ controlPlaneUrl: second.url }));
    expect(second.requests.length).toBe(1);
  });

  it("are judged anew when the trust is another one", async () => {
    const { plane, source, request } = await usePlane();
    plane.queue(enabledWith(configWith({ api_base: "https://llm.example/v1" })));
    const asked = source();
    await asked.read(request({ trust: { full: false, hosts: ["llm.example"] } }));
    const again = asked.read(request());
    expect((await userErrorOf(again)).exitCode).toBe(8);
  });

  it("S26: come with a warning where the certificate is not checked", () => {
    expect(told("https://cp.example", "0")).toEqual([expect.stringContaining("not checked")]);
    expect(told("https://cp.example", "1")).toEqual([]);
    expect(told("http://127.0.0.1:1", "0")).toEqual([]);
  });
});

describe("the cache", () => {
  it("F44: stands in for a control plane that is down, and says how old it is", async () => {
    const { plane, source, request } = await usePlane();
    plane.queue({ ...enabledWith(configWith({}, LANGFUSE)), config_version: "v7" });
    const first = await source({ now: () => new Date(0) }).read(request());
    plane.mode({ status: 503 });
    const later = new Date(3 * 3_600_000 + 1);
    const again = await source({ now: () => later }).read(request());
    const { settings, problems } = again;
    expect(settings).toEqual(first.settings);
    expect(again.place([]).source).toBe("queue team-queue (version v7)");
    expect(problems).toMatchObject([
      {
        severity: "warning",
        message:
          "the control plane cannot be asked (status 503): its last settings are used, 3 hours old",
      },
    ]);
    // One line on stderr.
    expect(problems[0]?.remedy).toBeUndefined();
  });

  it("is private, and holds no secret in clear", async () => {
    const { plane, source, request, cachePath, apiKey } = await usePlane();
    plane.queue({ ...enabledWith(configWith({}, LANGFUSE)), config_version: 7 });
    await source().read(request());
    expect((await stat(cachePath)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(cachePath))).mode & 0o777).toBe(0o700);
    const text = await readFile(cachePath, "utf8");
    expect(JSON.parse(text)).toMatchObject({ configVersion: "7", fetchedAt: expect.any(String) });
    const bytes = Buffer.from(String(JSON.parse(text).sealed), "base64").toString("latin1");
    for (const secret of ["sk-lf-canary-team", apiKey, "OPENAI_API_KEY"]) {
      expect(text + bytes).not.toContain(secret);
    }
  });

  it("is of no use without the same key, or for another control plane", async () => {
    const { plane, source, request } = await usePlane();
    plane.queue(enabledWith(configWith()));
    await source().read(request());
    plane.mode({ status: 500 });
    for (const change of [
      { apiKey: new Secret("other-key") },
      { controlPlaneUrl: plane.url.replace("127.0.0.1", "localhost") },
    ]) {
      const error = await userErrorOf(source().read(request(change)));
      expect(error.exitCode).toBe(4);
      expect(error.message).toContain("status 500");
    }
    expect((await source().read(request())).problems.length).toBe(1);
  });

  it("is guarded again when it is used", async () => {
    const { plane, source, request } = await usePlane();
    plane.queue(enabledWith(configWith({ api_base: "https://llm.example/v1" })));
    await source().read(request({ trust: { full: true, hosts: [] } }));
    plane.mode({ status: 500 });
    expect((await userErrorOf(source().read(request()))).exitCode).toBe(8);
  });

  it("is not used where the control plane did answer", async () => {
    const { plane, source, request } = await usePlane();
    await source().read(request());
    for (const [mode, code] of [
      [{ status: 401 }, 3],
      ["html", 4],
      [{ redirect: "https://x.example" }, 4],
    ] as const) {
      plane.mode(mode);
      expect((await userErrorOf(source().read(request()))).exitCode).toBe(code);
    }
  });

  it.each([
    ["cut", '{"schemaVersion": 1, "url"'],
    ["binary", "\u0000\u0001\u0002"],
    ["a newer one", '{"schemaVersion": 2}'],
    ["a list", "[]"],
  ])("that is %s is put aside", async (_, text) => {
    const { plane, source, request, cachePath } = await usePlane();
    await mkdir(dirname(cachePath), { recursive: true, mode: 0o700 });
    await writeFile(cachePath, text, { mode: 0o600 });
    plane.mode({ status: 500 });
    expect((await userErrorOf(source().read(request()))).exitCode).toBe(4);
    expect(await readdir(dirname(cachePath))).toEqual([
      expect.stringMatching(/^queue_settings\.json\.bad-\d+$/),
    ]);
  });

  it("that was changed is no cache", async () => {
    const { plane, source, request, cachePath } = await usePlane();
    await source().read(request());
    const record = JSON.parse(await readFile(cachePath, "utf8"));
    const sealed = Buffer.from(String(record.sealed), "base64");
    sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
    await writeFile(cachePath, JSON.stringify({ ...record, sealed: sealed.toString("base64") }));
    plane.mode({ status: 500 });
    expect((await userErrorOf(source().read(request()))).exitCode).toBe(4);
  });

  it("is never read or written through a link", async () => {
    const { plane, source, request, cachePath, folder } = await usePlane();
    const victim = join(folder, "victim");
    await writeFile(victim, "untouched");
    await mkdir(dirname(cachePath), { recursive: true, mode: 0o700 });
    await symlink(victim, cachePath);
    await source().read(request());
    expect(await readFile(victim, "utf8")).toBe("untouched");
    expect((await stat(cachePath)).isFile()).toBe(true);
    plane.mode({ status: 500 });
    expect((await source().read(request())).problems.length).toBe(1);
  });

  it("that cannot be written stops nobody", async () => {
    const { source, request, folder, said } = await usePlane();
    await writeFile(join(folder, "workers"), "in the way");
    expect((await source().read(request())).settings).toEqual({});
    expect(said).toEqual([expect.stringMatching(/^verbose: the queue settings are not kept/)]);
  });
});

function told(controlPlaneUrl: string, value: string): string[] {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: value };
  const place = { source: "q" };
  return settingsNotes({ status: "active", controlPlaneUrl, env, place }).map(
    ({ message }) => message,
  );
}
