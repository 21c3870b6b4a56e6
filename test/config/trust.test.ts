import { describe, expect, it } from "vitest";
import type { QueueRequest } from "../../src/config/queue-layer.ts";
import { contextWith, createSandbox, render } from "./support.ts";

describe("trust in the queue", () => {
  it("goes to the queue's source, and into the Config", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(
      contextWith("trust-queue: full", "trust-hosts: LLM.example, '*.models.example'"),
    );
    const requests: QueueRequest[] = [];
    const queue = {
      read: (request: QueueRequest) =>
        Promise.resolve(void requests.push(request)).then(() => null),
    };
    const env = { KUBIYA_API_KEY: "kb" };
    const faulty = await sandbox.fail({}, env, { queue });
    expect(render(faulty.problems)[0]).toMatch(/not a host's name|not valid YAML/);
    await sandbox.writeContext(
      contextWith("trust-queue: full", "trust-hosts: [LLM.example, '*.models.example']"),
    );
    const config = await sandbox.load({}, env, { queue });
    const trust = { full: true, hosts: ["llm.example", "*.models.example"] };
    expect(requests.map((request) => request.trust)).toEqual([trust]);
    expect(config.proxy.queueTrust).toEqual(trust);
    expect(config.origins.trustQueue.layer).toBe("context");
  });

  it.each([
    ["trust-queue: true", /true is no degree of trust/],
    ["trust-queue: fully", /"fully" is no degree of trust/],
    ["trust-hosts: ['*']", /"\*" is not a host's name/],
    ["trust-hosts: ['*.com']", /not a host's name/],
    ["trust-hosts: [https://x.example]", /not a host's name/],
    ["trust-hosts: [1]", /not a host's name/],
    ["trust-hosts: {a: b}", /not a list/],
  ])("%s is exit 2", async (line, pattern) => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(contextWith(line));
    const error = await sandbox.fail();
    expect(error.exitCode).toBe(2);
    expect(render(error.problems).join("\n")).toMatch(pattern);
  });

  it("cannot be said by a flag, a variable or the queue itself", async () => {
    const sandbox = await createSandbox();
    const settings = { "trust-queue": "full", trust_queue: "full" };
    const queue = { read: () => Promise.resolve({ settings, place: () => ({ source: "q" }) }) };
    const flags = { trustQueue: "full", trustHosts: "x.example" };
    const env = { KUBIYA_API_KEY: "kb", KUBIYA_TRUST_QUEUE: "full", SIDELITE_TRUST_QUEUE: "full" };
    const { proxy } = await sandbox.load(flags, env, { queue });
    expect(proxy.queueTrust).toEqual({ full: false, hosts: [] });
  });
});
