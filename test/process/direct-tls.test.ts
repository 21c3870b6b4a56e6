import { describe, expect, it } from "vitest";
import { useCertificates } from "../fixtures/direct/certificates.ts";
import { outcome, startSecure as secure } from "../fixtures/direct/outcome.ts";

describe("L5 tls.verify", () => {
  it("true: an unknown authority is refused before anything is sent", async () => {
    const folder = await useCertificates();
    const upstream = await secure(await (await folder.authority("ca")).issue("up"));
    expect(await outcome(upstream.origin, {})).toBe("tls_untrusted");
    expect(await outcome(upstream.origin, { verify: true })).toBe("tls_untrusted");
    expect(upstream.requests).toHaveLength(0);
  });

  it("a path: that authority is trusted, besides Node's roots", async () => {
    const folder = await useCertificates();
    const [ca, other] = [await folder.authority("ca"), await folder.authority("other")];
    const upstream = await secure(await ca.issue("up"));
    expect(await outcome(upstream.origin, { verify: ca.path })).toBe(200);
    expect(await outcome(upstream.origin, { verify: other.path })).toBe("tls_untrusted");
    expect(await outcome(upstream.origin, { verify: ca.path, ca_only: true })).toBe(200);
  });

  it("added to what NODE_EXTRA_CA_CERTS names; ca_only replaces that too", async () => {
    const folder = await useCertificates();
    const [ca, extra] = [await folder.authority("ca"), await folder.authority("extra")];
    const { origin } = await secure(await extra.issue("up"));
    expect(await outcome(origin, { verify: ca.path }, extra.path)).toBe(200);
    expect(await outcome(origin, { verify: ca.path, ca_only: true }, extra.path)).toBe(
      "tls_untrusted",
    );
  });

  it("false: any certificate, for this provider alone", async () => {
    const folder = await useCertificates();
    const pair = await (await folder.authority("ca")).issue("up", { names: "DNS:x" });
    const upstream = await secure(pair);
    expect(await outcome(upstream.origin, { verify: false })).toBe(200);
    expect(await outcome(upstream.origin, {})).not.toBe(200);
  });

  it.each([
    ["another name", { names: "DNS:other.example" }, "tls_hostname"],
    ["expired", { expired: true }, "tls_expired"],
  ])("%s is refused by name", async (_, options, code) => {
    const folder = await useCertificates();
    const ca = await folder.authority("ca");
    const upstream = await secure(await ca.issue("up", options));
    expect(await outcome(upstream.origin, { verify: ca.path })).toBe(code);
  });

  it("an address instead of a name is checked as one", async () => {
    const folder = await useCertificates();
    const ca = await folder.authority("ca");
    const upstream = await secure(await ca.issue("up"));
    const byAddress = `https://127.0.0.1:${upstream.port}`;
    expect(await outcome(byAddress, { verify: ca.path })).toBe(200);
    const named = await secure(await ca.issue("named", { names: "DNS:localhost" }));
    expect(await outcome(`https://127.0.0.1:${named.port}`, { verify: ca.path })).toBe(
      "tls_hostname",
    );
  });
});
