// A configuration with every kind of fault in its direct routes: all of them at once, each with path and place.
import { describe, expect, it } from "vitest";
import { runCli } from "../fixtures/cli.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { useHome } from "../fixtures/use-home.ts";

const CORE = [
  ...["Host", "Content-Type", "content-length", "Transfer-Encoding", "Connection", "Upgrade", "TE"],
  ...["Trailer", "Cookie", "Set-Cookie", "Forwarded", "Proxy-Authorization", "Proxy-Connection"],
  ...["Proxy-Authenticate", "Keep-Alive", "Expect", "Content-Encoding", "Accept-Encoding"],
  ...["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix"],
  ...["X-Real-IP", "HTTP2-Settings"],
];

const CONFIG = `model_list:
  - model_name: m
    litellm_params: {model: openai/m, api_key: os.environ/UNSET_ELSEWHERE}
sidelite:
  providers:
    headers:
      base_url: https://h.example/v1
      forward_headers:
${CORE.map((name, index) => `        k${index}: ${name}`).join("\n")}
        __reserved: X-A
        bad: "X Y"
      extra_blocked_headers: [""]
    url1: {base_url: "host:80/v1", auth: none}
    url2: {base_url: "ftp://h/v1", auth: none}
    url3: {base_url: "https://USERINFO@h/v1", auth: none}
    url4: {base_url: "https://h/v1#x", auth: none}
    ranges:
      base_url: https://h.example
      auth: none
      refresh_models: -1
      retries: 100000
      network:
        timeout: 0
        tls: {min_version: TLSv1.1, client_cert: /nowhere/cert.pem, ciphers: [NO-SUCH]}
        proxy: {url: "http://p:1", http: "http://p:2"}
    unknown: {base_urll: x}
    variable: {base_url: https://h.example, api_key: "\${env.NOT_SET}"}
    likely: {base_url: https://h.example, api_key: "\${NOT_SET}"}
    off: {enabled: "\${env.NOT_SET:+true}", base_url: "\${env.ALSO_NOT_SET}"}
  agents:
    one: {model_name: same, provider: url1, passthrough: true}
    two: {model_name: same, provider: url1, passthrough: true}
    three: {model_name: x, provider: nobody, passthrough: true}
    four: {model_name: y, parent: missing, provider: url1, passthrough: true}
`;

describe("L15 L17 L18 L19 a configuration full of faults", () => {
  it("is told about all of them at once, by `validate` and at a start alike", async () => {
    const home = await useHome();
    const secret = home.canary("userinfo");
    await home.write("c.yaml", CONFIG.replace("USERINFO", `u:${secret}`));
    const validated = await runCli(home, ["validate", "c.yaml", "--json"]);
    expect(validated.code).toBe(2);
    const { problems } = parseObject(validated.stdout) as {
      problems: { severity: string; path?: string; message: string; place?: { line?: number } }[];
    };
    const errors = problems.filter(({ severity }) => severity === "error");
    const paths = errors.map(({ path }) => path);
    const provider = (rest: string) => `sidelite.providers.${rest}`;
    expect(paths).toEqual(
      expect.arrayContaining([
        "model_list[0].litellm_params.api_key",
        ...CORE.map((_, index) => provider(`headers.forward_headers.k${index}`)),
        provider("headers.forward_headers.__reserved"),
        provider("headers.forward_headers.bad"),
        ...["url1", "url2", "url3", "url4"].map((name) => provider(`${name}.base_url`)),
        provider("ranges.refresh_models"),
        provider("ranges.network.timeout"),
        provider("ranges.network.tls.min_version"),
        provider("unknown.base_urll"),
        provider("variable.api_key"),
        provider("likely.api_key"),
        "sidelite.agents.two.model_name",
        "sidelite.agents.three.provider",
        "sidelite.agents.four.parent",
      ]),
    );
    expect(paths.filter((path) => path?.includes(".off"))).toEqual([]);
    expect(errors.find(({ path }) => path?.endsWith("two.model_name"))?.message).toContain(
      "the agents one and two have the same key same",
    );
    expect(errors.every(({ place }) => (place?.line ?? 0) > 0)).toBe(true);

    const started = await runCli(home, ["proxy", "start", "--proxy-config-file", "./c.yaml"]);
    expect(started.code).toBe(2);
    expect(started.stdout).toBe("");
    const told = started.stderr.split("\n").filter((line) => line.includes("error: "));
    expect(told).toHaveLength(errors.length);
  });
});
