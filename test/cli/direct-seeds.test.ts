// The source documents' own blocks, word for word but for the addresses, through the built program.
import { describe, expect, it } from "vitest";
import { awaitServed, chat, launchProxy } from "../e2e/serve.ts";
import { runCli } from "../fixtures/cli.ts";
import { startUpstream } from "../fixtures/direct/raw-upstream.ts";
import type { RawUpstream } from "../fixtures/direct/raw-upstream.ts";
import { useHome } from "../fixtures/use-home.ts";

function posts({ requests }: RawUpstream) {
  return requests.filter(({ line }) => line.startsWith("POST"));
}

describe("the source documents", () => {
  it("L17 L18 Llama Stack's spelling, references, and a provider that is off", async () => {
    const home = await useHome();
    const upstream = await startUpstream();
    const env = {
      PASSTHROUGH_URL: upstream.origin,
      PASSTHROUGH_API_KEY: `0012-${home.canary("llama")}`,
      NUMERIC_KEY: "0012345",
      SET: "yes",
    };
    const config = `sidelite:
  providers:
    inference:
      - provider_id: \${env.PASSTHROUGH_URL:+passthrough}
        provider_type: remote::passthrough
        config:
          base_url: \${env.PASSTHROUGH_URL}
          api_key: \${env.PASSTHROUGH_API_KEY:=}
      - provider_id: numeric
        provider_type: remote::passthrough
        config:
          base_url: \${env.ELSEWHERE:=${upstream.origin}/deep/v1}
          api_key: \${env.NUMERIC_KEY}
          network:
            headers:
              X-Default: \${env.UNSET:=a:/=b}
              X-Several: pre-\${env.SET}-\${env.UNSET:=other}
              X-Escaped: $\${env.SET}
              X-Set: \${env.SET:+on}
              X-Unset: \${env.UNSET:+on}
      - provider_id: \${env.NOWHERE:+other}
        provider_type: remote::passthrough
        config: {base_url: '\${env.NOWHERE}', api_key: '\${env.NOT_THERE}'}
      - provider_id: __disabled__
        provider_type: remote::passthrough
        config: {base_url: '\${env.NOWHERE}'}
`;
    const served = await awaitServed(await launchProxy(home, config, { env }));
    expect((await chat(served, "passthrough/any/model")).status).toBe(200);
    expect((await chat(served, "numeric/m")).status).toBe(200);
    expect((await chat(served, "other/m")).status).toBe(404);
    const [first, second] = posts(upstream);
    expect(first?.line).toBe("POST /v1/chat/completions HTTP/1.1");
    expect(first?.values("authorization")).toEqual([`Bearer ${env.PASSTHROUGH_API_KEY}`]);
    expect(first?.body.toString()).toContain('"model":"any/model"');
    expect(second?.line).toBe("POST /deep/v1/chat/completions HTTP/1.1");
    expect(second?.values("authorization")).toEqual(["Bearer 0012345"]);
    expect(second?.headers.filter(([name]) => /^x-[desu]/i.test(name))).toEqual([
      ["X-Default", "a:/=b"],
      ["X-Several", "pre-yes-other"],
      ["X-Escaped", "${env.SET}"],
      ["X-Set", "on"],
    ]);
    expect(posts(upstream)).toHaveLength(2);
    await served.cli.stop();
  });

  it("T1 T7 Tracecat's blocks: each agent's own base_url, one custom provider's key", async () => {
    const home = await useHome();
    const [customer, child] = [await startUpstream(), await startUpstream()];
    const env = { CUSTOM_KEY: home.canary("custom") };
    const config = `sidelite:
  providers:
    custom-model-provider: {api_key: os.environ/CUSTOM_KEY}
  agents:
    root:
      model_name: customer-alias
      model_provider: custom-model-provider
      base_url: ${customer.origin}/v1
      passthrough: true
    analyst:
      parent: root
      model_name: child-alias
      model_provider: custom-model-provider
      base_url: ${child.origin}/v1
      passthrough: true
`;
    const served = await awaitServed(await launchProxy(home, config, { env }));
    expect((await chat(served, "customer-alias")).status).toBe(200);
    expect((await chat(served, "child-alias::agent::analyst")).status).toBe(200);
    expect((await chat(served, "child-alias")).status).toBe(404);
    await home.write("alone.yaml", "model_name: a\nmodel_provider: b\npassthrough: true\n");
    const alone = await runCli(home, ["validate", "alone.yaml"]);
    expect(alone.stderr).toMatch(/model_provider: is not known[^]*stand under sidelite\.agents/);
    for (const upstream of [customer, child]) {
      expect(posts(upstream).map(({ line }) => line)).toEqual([
        "POST /v1/chat/completions HTTP/1.1",
      ]);
      expect(posts(upstream)[0]?.values("authorization")).toEqual([`Bearer ${env.CUSTOM_KEY}`]);
    }
    expect(posts(child)[0]?.body.toString()).toContain('"model":"child-alias"');
    await served.cli.stop();
  });
});
