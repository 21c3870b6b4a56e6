import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { runCli } from "../fixtures/cli.ts";
import type { FakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { startFakeControlPlane } from "../fixtures/fake-control-plane.ts";
import type { TestHome } from "../fixtures/home.ts";
import { useHome } from "../fixtures/use-home.ts";

/** Design 3.2, word for word: what the program does is compared with this, not with its own table. */
const DESIGN = `
| setting | flag | env | context (\`litellm-proxy\`) | queue \`settings\` | default |
|---|---|---|---|---|---|
| enabled | \`--[no-]enable-local-proxy\` | \`KUBIYA_ENABLE_LOCAL_PROXY\` | \`enabled\` | \`enable_local_litellm_proxy\` | false |
| LiteLLM config | \`--proxy-config-file\`, \`--proxy-config-json\` | \`KUBIYA_PROXY_CONFIG_FILE\`, \`KUBIYA_PROXY_CONFIG_JSON\` | \`config-file\`, \`config-json\` (text or mapping) | \`litellm_config\` | - |
| model override | \`--model\` | \`KUBIYA_MODEL\` | \`model\` | - | - |
| readiness budget, s | \`--proxy-timeout\` | \`SIDELITE_PROXY_TIMEOUT\` | \`timeout-seconds\` | \`local_proxy_timeout_seconds\` (raised to 60, said so) | 120 |
| restarts per 10 min | \`--proxy-max-retries\` | \`SIDELITE_PROXY_MAX_RETRIES\` | \`max-retries\` | \`local_proxy_max_retries\` | 5 |
| gateway port | \`--proxy-port\` | \`SIDELITE_PROXY_PORT\` | \`port\` | - | auto |
| control-plane URL | \`--control-plane-url\` | \`KUBIYA_CONTROL_PLANE_BASE_URL\` > \`CONTROL_PLANE_GATEWAY_URL\` > \`CONTROL_PLANE_URL\` | \`api-url\` | - | \`https://control-plane.kubiya.ai\` |
| API key | - (never in argv) | \`KUBIYA_API_KEY\` | user's \`token\` | - | - |
| context | \`--context\` | \`KUBIYA_CONTEXT\` | \`current-context\` | - | - |
| context file | \`--config\` | \`KUBIYA_CONFIG\` | - | - | \`~/.kubiya/config\` |
`;
/** Whom the user trusts: the context file alone can say it, so no two layers can disagree. */
const BESIDE_THE_TABLE = ["trust in the queue", "trusted hosts"];

const LAYERS = ["flags", "env", "context", "queue", "default"] as const;
type Layer = (typeof LAYERS)[number];
type Written = Exclude<Layer, "default">;

interface Row {
  readonly label: string;
  /** What each layer calls it; empty: the layer cannot say it. */
  readonly names: Readonly<Record<Layer, readonly string[]>>;
  readonly fallback: string;
}

const rows: readonly Row[] = DESIGN.trim()
  .split("\n")
  .slice(2)
  .map((line) => {
    const [label = "", ...cells] = line.slice(2, -2).split(" | ");
    const names = cells.map((cell) =>
      [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ""),
    );
    const [flags = [], env = [], context = [], queue = []] = names;
    const fallback = (cells[4] ?? "").replaceAll("`", "");
    return { label, names: { flags, env, context, queue, default: [fallback] }, fallback };
  });

/** A value that only this layer has; `odd` picks the other of two kinds of it. */
type Value = (layer: Written, odd: boolean) => unknown;

const numbered =
  (start: number): Value =>
  (layer) =>
    start + LAYERS.indexOf(layer);
const VALUES: Readonly<Record<string, Value>> = {
  enabled: (_, odd) => !odd,
  "LiteLLM config": (layer) => modelsOf(layer),
  "model override": (layer) => `model-${layer}`,
  "readiness budget, s": numbered(101),
  "restarts per 10 min": numbered(11),
  "gateway port": numbered(4101),
  "control-plane URL": (layer) => `https://${layer}.example.com`,
  "API key": (layer) => `key-of-${layer}-that-is-long-enough`,
  context: (layer) => `from-${layer}`,
  "context file": (layer) => `${layer}.config`,
};

interface Told {
  readonly label: string;
  readonly value: string | number | boolean | null;
  readonly layer: Layer | null;
  readonly implied: boolean;
  readonly shadowed: readonly { readonly layer: Layer }[];
}

/** Which settings each layer says, and how. */
type Wanted = Partial<
  Record<Written, { readonly labels: readonly string[]; readonly odd: boolean }>
>;

it("has the settings of the design, no more and no fewer", async () => {
  const home = await useHome();
  const { settings } = await explain(home, {});
  const labels = rows.map(({ label }) => label);
  expect(settings.map(({ label }) => label)).toEqual([...labels, ...BESIDE_THE_TABLE]);
  expect(Object.keys(VALUES)).toEqual(labels);
  for (const { label, fallback } of rows) {
    const told = settings.find((found) => found.label === label);
    const value = label === "context file" ? told?.value : String(told?.value ?? "-");
    expect({ label, value }).toEqual({ label, value: expandDefault(fallback, home) });
  }
});

const pairs = LAYERS.flatMap((high, at) => LAYERS.slice(at + 1).map((low) => [high, low] as const));
const cases = pairs.flatMap(([high, low]) => [
  { high, low, odd: false },
  { high, low, odd: true },
]);

it.each(cases)("$high wins over $low for every setting (odd: $odd)", async ({ high, low, odd }) => {
  const home = await useHome();
  const shared = rows
    .filter(({ names }) => names[high].length > 0 && names[low].length > 0)
    .map(({ label }) => label);
  expect(shared.length).toBeGreaterThan(3);
  // A LiteLLM config above the queue decides the proxy, and the queue is not asked for anything: one start without.
  const parts = low === "queue" ? splitConfig(shared) : [shared];
  for (const labels of parts) {
    const wanted: Wanted = {
      ...(high !== "default" && { [high]: { labels, odd } }),
      ...(low !== "default" && { [low]: { labels: shared, odd: !odd } }),
    };
    const { settings, litellm, asked } = await explain(home, wanted);
    if (high === "queue" || (low === "queue" && !odd && labels.includes("enabled"))) {
      expect(asked).toBe(true);
    }
    for (const label of labels) {
      const told = settings.find((found) => found.label === label);
      const expected = { label, layer: high, value: shown(label, high, odd, home) };
      expect({ label, layer: told?.layer, value: told?.value }).toEqual(expected);
      const hidden = told?.shadowed.map(({ layer }) => layer);
      if (low !== "queue") expect(hidden).toEqual(low === "default" ? [] : [low]);
      if (label === "LiteLLM config") expect(litellm).toContain(`model_name: m-${high}\n`);
    }
  }
});

it("takes the first of several variables of one layer", async () => {
  const home = await useHome();
  const label = "control-plane URL";
  const names = rows.find((row) => row.label === label)?.names.env ?? [];
  expect(names).toHaveLength(3);
  for (const [index, name] of names.entries()) {
    const left = names.slice(index).map((each) => [each, `https://${hostOf(each)}`]);
    const env = Object.fromEntries(left);
    const { stdout } = await runCli(home, ["config", "explain", "--json"], { env });
    const settings: Told[] = JSON.parse(stdout).settings;
    const told = settings.find((found) => found.label === label);
    expect(told).toMatchObject({ value: `https://${hostOf(name)}`, place: { source: name } });
  }
});

function hostOf(name: string): string {
  return `${name.toLowerCase().replaceAll("_", "-")}.example.com`;
}

function splitConfig(labels: readonly string[]): string[][] {
  const isConfig = (label: string) => label === "LiteLLM config";
  return [labels.filter((label) => !isConfig(label)), labels.filter(isConfig)];
}

function modelsOf(layer: string): Record<string, unknown> {
  return { model_list: [{ model_name: `m-${layer}`, litellm_params: { model: "openai/m" } }] };
}

/** What the program should say of the winner. */
function shown(label: string, high: Layer, odd: boolean, home: TestHome): unknown {
  if (high === "default") throw new Error("nothing is below the default");
  if (label === "API key") return "***";
  if (label === "context file") return join(home.cwd, `${high}.config`);
  if (label === "LiteLLM config") {
    return odd || high === "queue" ? "(inline)" : join(folderOf(high, home), `${high}.yaml`);
  }
  return VALUES[label]?.(high, odd);
}

function expandDefault(fallback: string, home: TestHome): string {
  if (fallback === "auto") return "-";
  return fallback.replace(/^~/, home.home);
}

/** What a relative path of the layer starts from; the context file's own folder differs with where it is. */
function folderOf(layer: Layer, home: TestHome): string {
  return layer === "context" ? home.state : home.cwd;
}

async function explain(
  home: TestHome,
  wanted: Wanted,
): Promise<{ settings: readonly Told[]; litellm: string | null; asked: boolean }> {
  const start = new Start();
  for (const layer of LAYERS) {
    if (layer === "default") continue;
    const { labels = [], odd = false } = wanted[layer] ?? {};
    for (const row of rows) {
      if (!labels.includes(row.label)) continue;
      start.add(layer, row, VALUES[row.label]?.(layer, odd), odd);
    }
  }
  if (wanted.context) start.selectContext();
  await start.write(home);
  const controlPlane = wanted.queue ? await startQueue(start) : null;
  const { code, stdout, stderr } = await runCli(home, start.args, { env: start.env });
  expect({ code, stderr: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, stderr: "" });
  const asked = (controlPlane?.requests.length ?? 0) > 0;
  return { ...JSON.parse(stdout), asked };
}

async function startQueue({ args, env, queue }: Start): Promise<FakeControlPlane> {
  const controlPlane = await startFakeControlPlane();
  onTestFinished(() => controlPlane.close());
  controlPlane.queue({ settings: queue });
  args.push("--queue-id", "q");
  Object.assign(env, {
    KUBIYA_CONTROL_PLANE_BASE_URL: controlPlane.url,
    KUBIYA_API_KEY: "key-of-the-test-that-is-long-enough",
  });
  return controlPlane;
}

/** One command line with its environment, context file and queue settings. */
class Start {
  readonly args = ["config", "explain", "--json"];
  readonly env: Record<string, string> = {};
  readonly queue: Record<string, unknown> = {};
  readonly #top: Record<string, unknown> = {};
  readonly #context: Record<string, unknown> = { user: "u" };
  readonly #proxy: Record<string, unknown> = {};
  readonly #user: Record<string, unknown> = {};

  add(layer: Written, { label, names }: Row, value: unknown, odd: boolean): void {
    const isConfig = label === "LiteLLM config";
    const name = names[layer][isConfig && odd ? 1 : 0] ?? names[layer][0] ?? "";
    const text = isConfig ? (odd ? JSON.stringify(value) : `${layer}.yaml`) : String(value);
    if (layer === "queue") this.queue[name] = value;
    else if (layer === "env") this.env[name] = text;
    else if (layer === "context") this.#sectionOf(name)[name] = isConfig && !odd ? text : value;
    else if (name.startsWith("--[no-]")) this.args.push(name.replace("[no-]", odd ? "no-" : ""));
    else this.args.push(name, text);
  }

  /** Without it no context counts, whatever the pair. */
  selectContext(): void {
    this.#top["current-context"] = VALUES["context"]?.("context", false);
  }

  #sectionOf(name: string): Record<string, unknown> {
    if (name === "current-context") return this.#top;
    if (name === "token") return this.#user;
    return name === "api-url" ? this.#context : this.#proxy;
  }

  /** The context file at every place that may be named, and a LiteLLM config for every layer. */
  async write(home: TestHome): Promise<void> {
    const context = { ...this.#context, "litellm-proxy": this.#proxy };
    const contexts = ["flags", "env", "context"].map((layer) => ({
      name: `from-${layer}`,
      context,
    }));
    const file = JSON.stringify({
      ...this.#top,
      contexts,
      users: [{ name: "u", user: this.#user }],
    });
    for (const path of [join(home.state, "config"), "flags.config", "env.config"]) {
      await home.write(path, file);
    }
    for (const layer of LAYERS) {
      await home.write(`${layer}.yaml`, JSON.stringify(modelsOf(layer)));
      await home.write(join(home.state, `${layer}.yaml`), JSON.stringify(modelsOf(layer)));
    }
  }
}
