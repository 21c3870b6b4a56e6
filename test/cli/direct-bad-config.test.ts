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
const OK = "base_url: https://h.example, auth: none";

/** `provider: {fields}` -> what of it is refused, by path below the provider. */
const PROVIDERS: readonly (readonly [fields: string, refused: readonly string[]])[] = [
  ["base_url: 'host:80/v1', auth: none", ["base_url"]],
  ["base_url: 'ftp://h/v1', auth: none", ["base_url"]],
  ["base_url: 'https://USERINFO@h/v1', auth: none", ["base_url"]],
  ["base_url: 'https://h/v1#x', auth: none", ["base_url"]],
  ["base_url: 'https://', auth: none", ["base_url"]],
  ["auth: none", ["base_url"]],
  ["base_url: https://h.example", ["api_key"]],
  ["base_url: https://h.example, api_key: 12345", ["api_key"]],
  [`${OK}, base_urll: x`, ["base_urll"]],
  ["base_url: https://h.example, api_key: '${env.NOT_SET}'", ["api_key"]],
  ["base_url: https://h.example, api_key: '${NOT_SET}'", ["api_key"]],
  ["base_url: https://h.example, api_key: '${env.not_set}'", ["api_key"]],
  ["base_url: https://h.example, api_key: '${env.NOT_SET:-x}'", ["api_key"]],
  ["base_url: https://h.example, api_key: os.environ/NOT_SET", ["api_key"]],
  ["base_url: https://h.example, auth: basic", ["auth", "api_key"]],
  [`${OK}, auth_header: 'X Y'`, ["auth_header"]],
  [`${OK}, auth_header: Host`, ["auth_header"]],
  [`${OK}, type: nothing`, ["type"]],
  [`${OK}, enabled: perhaps`, ["enabled"]],
  [`${OK}, dialect: german`, ["dialect"]],
  [`${OK}, endpoints: [chat, nothing]`, ["endpoints"]],
  [`${OK}, compression: some`, ["compression"]],
  [`${OK}, allow_request_url: true`, ["allow_request_url"]],
  [`${OK}, allow_request_url: ['https://x']`, ["allow_request_url"]],
  ...["-1", "0", "8d", "soon"].map(
    (value) => [`${OK}, refresh_models: ${value}`, ["refresh_models"]] as const,
  ),
  ...["-1", "1.5", "11", "100000", "many"].map(
    (value) => [`${OK}, retries: ${value}`, ["retries"]] as const,
  ),
  [`${OK}, network: {timeout: 0}`, ["network.timeout"]],
  [
    `${OK}, network: {timeout: {connect: -1, read: x, all: 1}}`,
    ["connect", "read", "all"].map((each) => `network.timeout.${each}`),
  ],
  [`${OK}, network: {tlss: {}}`, ["network.tlss"]],
  [
    `${OK}, network: {tls: {min_version: TLSv1.1, cipher: x}}`,
    ["network.tls.min_version", "network.tls.cipher"],
  ],
  [`${OK}, network: {tls: {ciphers: [NO-SUCH]}}`, ["network.tls.ciphers"]],
  [
    `${OK}, network: {tls: {client_cert: ./c.pem}}`,
    ["network.tls.client_cert", "network.tls.client_cert"],
  ],
  [
    `${OK}, network: {tls: {client_key: ./k.pem}}`,
    ["network.tls.client_key", "network.tls.client_key"],
  ],
  [`${OK}, network: {tls: {ca_only: true}}`, ["network.tls.ca_only"]],
  [
    `${OK}, network: {tls: {verify: ./none.pem}, proxy: {cacert: ./none.pem}}`,
    ["network.tls.verify", "network.proxy.cacert"],
  ],
  [
    `${OK}, network: {proxy: {url: 'http://p:1', http: 'http://p:2', via: x}}`,
    ["network.proxy.url", "network.proxy.via"],
  ],
  [`${OK}, network: {proxy: {https: 'socks5://p:1'}}`, ["network.proxy.https"]],
  [
    `${OK}, network: {proxy: {url: 'http://p:1', no_proxy: [10.0.0.0/99]}}`,
    ["network.proxy.no_proxy"],
  ],
  [
    `${OK}, network: {headers: {Host: x, 'X Y': z, X-A: "a\\nb"}}`,
    [".Host", '["X Y"]', ".X-A"].map((each) => `network.headers${each}`),
  ],
  [
    `${OK}, forward_headers: {${CORE.map((name, index) => `k${index}: ${name}`).join()}, __reserved: X-A, bad: X Y, more: X-internal}, extra_blocked_headers: [X-Internal, '']`,
    [
      ...[...CORE.map((_, index) => `k${index}`), "__reserved", "bad", "more"].map(
        (key) => `forward_headers.${key}`,
      ),
      "extra_blocked_headers",
    ],
  ],
];
const OFF = "{enabled: '${env.NOT_SET:+true}', base_url: '${env.ALSO_NOT_SET}'}";
const AGENTS: readonly (readonly [name: string, fields: string, refused: readonly string[]])[] = [
  ["one", "model_name: same, provider: good, passthrough: true", []],
  ["two", "model_name: same, provider: good, passthrough: true", ["model_name"]],
  ["three", "model_name: x, provider: nobody, passthrough: true", ["provider"]],
  ["four", "model_name: y, parent: missing, provider: good, passthrough: true", ["parent"]],
  ["five", "model_name: z, parent: five, provider: good, passthrough: true", ["parent"]],
  ["six", "provider: good, passthrough: true", ["model_name"]],
  ["seven", "model_name: q, passthrough: true", ["passthrough"]],
  [
    "eight",
    "model_name: r, provider: good, model_provider: other, passthrough: true",
    ["model_provider"],
  ],
  ["nine", "model_name: s, provider: good, passthrough: maybe", ["passthrough"]],
  ["ten", "model_name: t, base_url: 'host:1', auth: none, passthrough: true", ["base_url"]],
  ["eleven", "model_name: u, provider: good, passthru: true", ["passthru"]],
];
const CONFIG = `model_list:
  - model_name: m
    litellm_params: {model: openai/m, api_key: os.environ/UNSET_ELSEWHERE}
sidelite:
  providers:
    good: {${OK}}
    off: ${OFF}
    a/b: {${OK}}
    text: nothing
${PROVIDERS.map(([fields], index) => `    p${index}: {${fields}}`).join("\n")}
  agents:
${AGENTS.map(([name, fields]) => `    ${name}: {${fields}}`).join("\n")}
`;
const EXPECTED = [
  "model_list[0].litellm_params.api_key",
  'sidelite.providers["a/b"]',
  "sidelite.providers.text",
  ...PROVIDERS.flatMap(([, refused], index) =>
    refused.map((path) => `sidelite.providers.p${index}.${path}`),
  ),
  ...AGENTS.flatMap(([name, , refused]) =>
    refused.map((path) => `sidelite.agents.${name}.${path}`),
  ),
];

describe("L15 L16 L17 L18 L19 a configuration full of faults", () => {
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
    expect(errors.map(({ path = "" }) => path).toSorted()).toEqual(EXPECTED.toSorted());
    expect(errors.find(({ path }) => path?.endsWith("two.model_name"))?.message).toContain(
      "the agents one and two have the same key same",
    );
    expect(errors.every(({ place }) => (place?.line ?? 0) > 0)).toBe(true);

    const started = await runCli(home, ["proxy", "start", "--proxy-config-file", "./c.yaml"]);
    expect(started).toMatchObject({ code: 2, stdout: "" });
    const told = started.stderr.split("\n").filter((line) => line.includes("error: "));
    expect(told).toHaveLength(errors.length);
    for (const { path, message } of errors) {
      expect(started.stderr).toContain(`${path}: ${message}`);
    }
  });
});
