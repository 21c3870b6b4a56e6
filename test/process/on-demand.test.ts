// LiteLLM runs while a model needs it: a reload starts it or ends it, and nothing on the way is lost.
import { writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

import { expect, it } from "vitest";

import { awaitServed, chat } from "../e2e/serve.ts";
import { makeCertificate } from "../fixtures/certificate.ts";
import { json, startUpstream } from "../fixtures/direct/raw-upstream.ts";
import { until } from "../fixtures/poll.ts";
import { useInstances } from "../fixtures/use-instances.ts";

const DIRECT = (origin: string) =>
  `sidelite: {providers: {one: {base_url: '${origin}/v1', api_key: os.environ/ONE_KEY}}, agents: {root: {model_name: alias, provider: one, passthrough: true}}}\n`;
const MODEL = `model_list:\n  - {model_name: m, litellm_params: {model: openai/x, api_key: os.environ/FAKE_PROVIDER_KEY}}\n`;

it("is started and ended by a reload, both ways, under load", async () => {
  const { home, fake, start, run, live } = await useInstances();
  const upstream = await startUpstream((_, socket) => void socket.write(json({ from: "one" })));
  const direct = DIRECT(upstream.origin);
  const file = await home.write("litellm.yaml", direct);
  const env = { ONE_KEY: home.canary("one", "sk-") };
  const cli = start(["proxy", "start", "--proxy-config-file", file], { env });
  const served = await awaitServed(cli);
  expect(await fake.journal()).toEqual([]);
  expect((await chat(served, "m")).status).toBe(404);

  const failures: string[] = [];
  let isOver = false;
  const clients = [1, 2].map(async () => {
    while (!isOver) {
      const found = await chat(served, "alias").catch(String);
      if (typeof found === "string" || found.status !== 200) failures.push(JSON.stringify(found));
      await delay(10); // leaves the processor to the others
    }
  });

  await fake.behave({ boots: [{ boot_error: "broken for good" }, {}] });
  await writeFile(file, direct + MODEL);
  await cli.waitFor(/did not come up: .*broken for good/);
  expect((await chat(served, "m")).status).toBe(404);
  await until(async () => (await live("default")).proxy?.phase === "ready", { what: "its end" });
  expect((await live("default")).state).toBe("running");

  expect(await run(["proxy", "reload"])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("LiteLLM was started"),
  });
  expect((await chat(served, "m")).status).toBe(200);
  const [serving] = (await live("default")).proxy?.generations ?? [];
  expect(serving?.status).toBe("serving");

  const stream = chat(served, "m", { stream: true, fake: { chunks: 20, gap_seconds: 0.1 } });
  await until(async () => (await fake.journal()).at(-1)?.event === "request 2", {
    what: "a stream",
  });
  await writeFile(file, direct);
  await cli.waitFor(/no model needs LiteLLM any more, so it ends/);
  expect((await chat(served, "m")).status).toBe(404);
  expect((await stream).text).toMatch(/data: \[DONE\]\n\n$/);
  await until(async () => (await live("default")).proxy?.generations.length === 0, {
    what: "LiteLLM's end",
  });
  expect((await fake.journal()).at(-1)?.event).toBe("shutdown");

  await writeFile(file, direct + MODEL);
  await until(async () => (await chat(served, "m")).status === 200, { what: "LiteLLM again" });
  isOver = true;
  await Promise.all(clients);
  expect(failures).toEqual([]);
  await cli.stop();
});

it("is not started for a changed certificate, which the next request to the provider trusts", async () => {
  const { home, fake, start, live } = await useInstances();
  const [authority, other] = ["old", "new"].map((name) =>
    makeCertificate({ name, authority: true }),
  );
  if (authority === undefined || other === undefined) throw new Error("no certificate");
  const { certificate: cert, key } = makeCertificate({ name: "leaf", issuer: other });
  const upstream = await startUpstream((_, socket) => void socket.write(json({ from: "tls" })), {
    cert,
    key,
  });
  const ca = await home.write("ca.pem", authority.certificate);
  const network = "{tls: {verify: ./ca.pem, ca_only: true}}";
  const provider = `{base_url: '${upstream.origin}/v1', api_key: os.environ/ONE_KEY, network: ${network}}`;
  const agents = "{root: {model_name: alias, provider: one, passthrough: true}}";
  const file = await home.write(
    "litellm.yaml",
    `sidelite: {providers: {one: ${provider}}, agents: ${agents}}\n`,
  );
  const env = { ONE_KEY: home.canary("one", "sk-") };
  const cli = start(["proxy", "start", "--proxy-config-file", file], { env });
  const served = await awaitServed(cli);
  expect((await chat(served, "alias")).status).toBe(502);
  await writeFile(ca, other.certificate);
  await cli.waitFor(/ca\.pem changed: the routes are the new ones/);
  expect((await chat(served, "alias")).json()).toEqual({ from: "tls" });
  expect((await live("default")).config).toMatchObject({ unapplied: [], pending: [] });
  expect(await fake.journal()).toEqual([]);
  await cli.stop();
});
