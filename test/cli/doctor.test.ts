import { chmod, stat } from "node:fs/promises";

import { expect, it } from "vitest";

import { listenOnPort } from "../fixtures/hold-port.ts";
import { useInstances } from "../fixtures/use-instances.ts";

interface Diagnosis {
  readonly schemaVersion: number;
  readonly healthy: boolean;
  readonly checks: readonly {
    readonly check: string;
    readonly result: string;
    readonly message: string;
    readonly remedy?: string;
    readonly fixed?: string;
  }[];
}

function parse(text: string): (check: string) => string {
  const { checks } = JSON.parse(text) as Diagnosis;
  return (check) =>
    checks
      .filter((found) => found.check === check)
      .map(({ result, message, remedy }) => `${result} ${message} -> ${remedy ?? ""}`)
      .join("\n");
}

it("finds each fault, with a remedy, and prints no secret", async () => {
  const { home, run } = await useInstances();
  const held = await listenOnPort();
  home.onStop(() => held.close());
  const config = await home.write(
    "faulty.yaml",
    `model_list:
  - model_name: gone
    litellm_params: { model: openai/x, api_key: os.environ/NOT_SET_ANYWHERE, api_base: "http://127.0.0.1:${held.port}" }
`,
  );
  const env = {
    OPENAI_BASE_URL: "http://elsewhere",
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
    KUBIYA_API_KEY: home.canary("kubiya"),
    KUBIYA_CONTROL_PLANE_BASE_URL: `http://127.0.0.1:${held.port}`,
  };
  const args = [
    "doctor",
    "--json",
    "--proxy-config-file",
    config,
    "--proxy-port",
    String(held.port),
  ];
  const sick = await run(args, { env });
  expect(sick.code).toBe(1);
  const found = parse(sick.stdout);
  expect(found("python")).toMatch(/^ok Python 3/);
  expect(found("references")).toMatch(
    /^failed .*faulty.yaml:3:\d+.*NOT_SET_ANYWHERE is not set -> export/,
  );
  expect(found("port")).toMatch(
    /^failed \d+ is taken by another program -> end what listens there/,
  );
  expect(found("environment")).toContain("warning NODE_TLS_REJECT_UNAUTHORIZED switches off");
  expect(found("environment")).toContain("OPENAI_BASE_URL would lead clients past the gateway");
  expect(found("control plane")).toContain("can overwrite LITELLM_API_BASE inside a Kubiya worker");

  const mended = await run(args, { env: { ...env, NOT_SET_ANYWHERE: home.canary("provider") } });
  expect(parse(mended.stdout)("references")).toMatch(/^ok/);
  expect(parse(mended.stdout)("providers")).toMatch(/^ok gone: http.* answers with status 418/);
  await held.close();
  const refused = await run(args, { env: { ...env, NOT_SET_ANYWHERE: "x".repeat(20) } });
  expect(parse(refused.stdout)("providers")).toMatch(
    /^failed gone: .*nothing listens there -> start/,
  );
  expect(parse(refused.stdout)("port")).toMatch(/^ok \d+ is free/);
});

it("mends with --fix what is safe to mend", async () => {
  const { home, run } = await useInstances();
  const file = await home.write(`${home.state}/config`, "apiVersion: v1\nkind: Config\n");
  await chmod(file, 0o644);
  expect(parse((await run(["doctor", "--json"])).stdout)("files")).toContain(
    "can be read by others",
  );
  expect((await stat(file)).mode & 0o777).toBe(0o644);
  expect((await run(["doctor", "--fix"])).stdout).toContain("has mode 600 now");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(parse((await run(["doctor", "--json"])).stdout)("files")).toMatch(/^ok/);
});
