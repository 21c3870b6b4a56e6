import { chmod } from "node:fs/promises";
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { checkNetworks } from "../../src/gateway/direct/check-networks.ts";
import { useCertificates } from "../fixtures/direct/certificates.ts";
import { outcome, startSecure } from "../fixtures/direct/outcome.ts";
import { until } from "../fixtures/poll.ts";
import { closedPort } from "../fixtures/closed-port.ts";
import { line, parse } from "../gateway/direct/parse.ts";

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const result = await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  });
  socket.destroy();
  return result;
}

describe("L6 tls.min_version", () => {
  it.each([
    ["TLSv1.2", "TLSv1.2", 200],
    ["TLSv1.2", "TLSv1.3", "tls_version"],
    ["TLSv1.3", "TLSv1.3", 200],
    ["TLSv1.3", "TLSv1.2", 200],
  ] as const)("a server of %s and min_version %s: %s", async (version, min_version, expected) => {
    const folder = await useCertificates();
    const ca = await folder.authority("ca");
    const options = { minVersion: version, maxVersion: version };
    const upstream = await startSecure(await ca.issue("up"), options);
    expect(await outcome(upstream.origin, { verify: ca.path, min_version })).toBe(expected);
    expect(upstream.secured.map((socket) => socket.getProtocol())).toEqual(
      expected === 200 ? [version] : [],
    );
  });
});

describe("L7 tls.ciphers", () => {
  const A = "ECDHE-ECDSA-AES128-GCM-SHA256";
  const B = "ECDHE-ECDSA-AES256-GCM-SHA384";

  it.each([
    [[A], A],
    [[B], B],
    [["ECDHE+AESGCM", "DHE+AESGCM"], "ECDHE-"],
    [["TLS_AES_256_GCM_SHA384"], "TLS_AES_256_GCM_SHA384"],
  ])("%j decides what is agreed on", async (ciphers, expected) => {
    const folder = await useCertificates();
    const ca = await folder.authority("ca");
    const upstream = await startSecure(await ca.issue("up"));
    expect(await outcome(upstream.origin, { verify: ca.path, ciphers })).toBe(200);
    expect(upstream.secured[0]?.getCipher().name).toContain(expected);
  });

  it("none in common fails", async () => {
    const folder = await useCertificates();
    const ca = await folder.authority("ca");
    const upstream = await startSecure(await ca.issue("up"), { maxVersion: "TLSv1.2", ciphers: A });
    expect(await outcome(upstream.origin, { verify: ca.path, ciphers: [B] })).toBe("tls_handshake");
  });
});

describe("L8 client certificate", () => {
  it.each(["TLSv1.2", "TLSv1.3"] as const)("is shown where it is set (%s)", async (maxVersion) => {
    const folder = await useCertificates();
    const [ca, clients] = [await folder.authority("ca"), await folder.authority("clients")];
    const [me, foreign] = [await clients.issue("me"), await ca.issue("foreign")];
    const demand = { requestCert: true, rejectUnauthorized: true, ca: clients.pem, maxVersion };
    const upstream = await startSecure(await ca.issue("up"), demand);
    const verify = ca.path;
    const own = { verify, client_cert: me.certPath, client_key: me.keyPath };
    expect(await outcome(upstream.origin, own)).toBe(200);
    expect(upstream.secured[0]?.getPeerCertificate().subject).toMatchObject({ CN: "leaf" });
    // Node's server gives no reason with TLS 1.3.
    expect(await outcome(upstream.origin, { verify })).toMatch(/^(tls_|connection_)/);
    const wrong = { verify, client_cert: foreign.certPath, client_key: foreign.keyPath };
    expect(await outcome(upstream.origin, wrong)).toMatch(/^(tls_|connection_)/);
    expect(upstream.requests).toHaveLength(1);
  });
});

describe("L8 client certificate, openssl's server", () => {
  it.each([
    ["-tls1_2", "tls_handshake"],
    ["-tls1_3", "tls_client_certificate"],
  ])("a missing one (%s): %s", async (version, code) => {
    const folder = await useCertificates();
    const [ca, clients] = [await folder.authority("ca"), await folder.authority("clients")];
    const pair = await ca.issue("up");
    const port = await closedPort();
    const verify = ["-Verify", "1", "-verify_return_error", "-CAfile", clients.path];
    const files = ["-cert", pair.certPath, "-key", pair.keyPath];
    const args = ["s_server", "-accept", `127.0.0.1:${port}`, version, "-www", "-quiet"];
    const server = spawn("openssl", [...args, ...verify, ...files], { stdio: "ignore" });
    onTestFinished(() => void server.kill("SIGKILL"));
    await until(() => canConnect(port), { what: "openssl's server" });
    const origin = `https://localhost:${port}`;
    expect(await outcome(origin, { verify: ca.path })).toBe(code);
  });
});

const AT = "sidelite.providers.p.network";

async function problems(tls: object, proxy: object = {}): Promise<string[]> {
  const providers = { p: { base_url: "https://x", api_key: "k", network: { tls, proxy } } };
  return (await checkNetworks(parse({ providers }).config, () => ({ source: "f" }))).map(line);
}

describe("files are checked when the configuration is loaded", () => {
  it("all problems in one message, with their paths", async () => {
    const folder = await useCertificates();
    const ca = await folder.authority("ca");
    const [one, two] = [await ca.issue("one"), await ca.issue("two")];
    const junk = await folder.write("junk.pem", "not a certificate");
    const broken = await folder.write(
      "broken.pem",
      ca.pem.replace(/\n[^\n-]{20}/, `\n${"A".repeat(20)}`),
    );
    const pair = { client_cert: one.certPath, client_key: two.keyPath };
    const found = await problems(
      { verify: junk, ...pair, ciphers: ["ECDHE+AESGCM", "NOPE"] },
      { cacert: broken, url: "http://p" },
    );
    expect(found).toEqual([
      `${AT}.tls.verify: ${junk} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)`,
      `${AT}.proxy.cacert: ${broken} holds a certificate that cannot be read`,
      `${AT}.tls.client_key: ${two.keyPath} is no private key in PEM form, or not the one of client_cert`,
      `${AT}.tls.ciphers: "NOPE" is no cipher that this Node knows`,
    ]);
  });

  it("a missing file is said with its path", async () => {
    const folder = await useCertificates();
    const found = await problems({ verify: `${folder.dir}/none.pem` });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`${AT}.tls.verify: `);
    expect(found[0]).toContain("none.pem");
  });

  it("a key that others can read is a warning, a good pair is none", async () => {
    const folder = await useCertificates();
    const pair = await (await folder.authority("ca")).issue("one");
    const tls = { client_cert: pair.certPath, client_key: pair.keyPath };
    await chmod(pair.keyPath, 0o600);
    expect(await problems(tls)).toEqual([]);
    await chmod(pair.keyPath, 0o640);
    expect(await problems(tls)).toEqual([
      `${AT}.tls.client_key: ${pair.keyPath} can be read by other users of this machine`,
    ]);
  });

  it("a file that vanishes later is said by name", async () => {
    const folder = await useCertificates();
    const upstream = await startSecure(await (await folder.authority("ca")).issue("up"));
    const verify = `${folder.dir}/gone.pem`;
    expect(await outcome(upstream.origin, { verify })).toBe("tls_files");
    expect(upstream.accepted).toBe(0);
  });
});
