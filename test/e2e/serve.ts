// `sidelite proxy start` in a test home, and requests to it as a worker sends them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { CliProcess } from "../fixtures/cli.ts";
import { startCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { until } from "../fixtures/poll.ts";

export interface Answer {
  readonly status: number;
  readonly text: string;
  json(): Record<string, unknown>;
}

export interface Address {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly key: string;
}

export interface Served extends Address {
  readonly cli: CliProcess;
}

export interface ServeOptions {
  readonly env?: Readonly<Record<string, string | null>>;
  /** Further arguments. */
  readonly args?: readonly string[];
  /** Name of the config file in the cwd. */
  readonly file?: string;
}

/** A real boot takes 3 to 5 s on an idle machine. */
const BOOT_MS = 60_000;

/** Returns at once; LiteLLM boots meanwhile. */
export async function launchProxy(
  home: TestHome,
  config: string,
  { env = {}, args = [], file = "litellm_config.yaml" }: ServeOptions = {},
): Promise<CliProcess> {
  await home.write(file, config);
  return startCli(home, ["proxy", "start", "--proxy-config-file", `./${file}`, ...args], { env });
}

/** Returns when LiteLLM is ready. */
export async function serveProxy(
  home: TestHome,
  config: string,
  options: ServeOptions = {},
): Promise<Served> {
  return awaitServed(await launchProxy(home, config, options));
}

/** The address and key that it prints once LiteLLM is ready. */
export async function awaitServed(cli: CliProcess): Promise<Served> {
  const [, url = ""] = await cli.waitFor(/^export LITELLM_API_BASE='(.+)'$/m, BOOT_MS);
  const [, key = ""] = await cli.waitFor(/^export LITELLM_API_KEY='(.+)'$/m);
  return { url, key, cli };
}

/** The gateway's address as soon as it listens, from the instance's record. */
export function readUrl(home: TestHome, name = "default"): Promise<string> {
  return until(
    async () => {
      const record = parseObject(
        await readFile(join(home.state, "workers", name, "instance.json"), "utf8"),
      );
      return typeof record["url"] === "string" ? record["url"] : null;
    },
    { what: `the address of ${name}` },
  );
}

/** GET without a body, else POST. */
export async function ask(
  { url, key }: Address,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, json: () => parseObject(text) };
}

export function chat(address: Address, model: string, rest: object = {}): Promise<Answer> {
  const messages = [{ role: "user", content: "ping" }];
  return ask(address, "/v1/chat/completions", { model, messages, ...rest });
}

/** The text of a chat completion's only choice. */
export function contentOf(answer: Answer): unknown {
  const { choices } = answer.json() as { choices?: { message?: { content?: unknown } }[] };
  return choices?.[0]?.message?.content;
}

/** The ids of `/v1/models`, in order. */
export async function listModels(address: Address): Promise<unknown[]> {
  const { data } = (await ask(address, "/v1/models")).json() as { data?: { id: unknown }[] };
  return (data ?? []).map(({ id }) => id);
}
