// Reads the certificates of a provider's network settings and makes TLS contexts of them.
import { X509Certificate } from "node:crypto";
import type { SecureContext, SecureContextOptions } from "node:tls";
import { createSecureContext, rootCertificates } from "node:tls";
import { readLimited } from "../../platform/files.ts";
import type { ProxySettings, TlsSettings } from "./network-settings.ts";

export interface TlsContexts {
  readonly upstream: SecureContext;
  readonly proxy: SecureContext;
}

export interface PemFile {
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
}

const MAX_PEM_BYTES = 4 * 1024 * 1024;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** `extraCa`: the file of NODE_EXTRA_CA_CERTS, which Node adds to its own roots only. */
export async function loadTlsContexts(
  tls: TlsSettings,
  proxy: ProxySettings,
  extraCa: string | null,
): Promise<TlsContexts> {
  const [ca, cacert, cert, key] = await Promise.all([
    readText(tls.ca),
    readText(proxy.cacert),
    readText(tls.clientCert),
    readText(tls.clientKey),
  ]);
  const extra = ca === null && cacert === null ? null : await readExtra(extraCa);
  const roots = [...rootCertificates, ...(extra === null ? [] : [extra])];
  const own = [ca, cacert].filter((text) => text !== null);
  return {
    upstream: createSecureContext({
      // Without `ca` Node takes its own roots, faster than from text.
      ...(own.length > 0 && { ca: tls.caOnly ? own : [...roots, ...own] }),
      ...(cert !== null && key !== null && { cert, key }),
      ...versionsOf(tls),
      ...(tls.ciphers.length > 0 && { ciphers: tls.ciphers.join(":") }),
    }),
    proxy: createSecureContext(cacert === null ? {} : { ca: [...roots, cacert] }),
  };
}

/** Throws UserError when it cannot be read. */
export async function readPem(path: string): Promise<PemFile> {
  return readLimited(path, { maxBytes: MAX_PEM_BYTES, what: "certificate file" });
}

/** null: at least one certificate, and all of them readable; else what is wrong. */
export function checkCertificates(text: string): string | null {
  const blocks = text.match(CERTIFICATE);
  if (blocks === null) return "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)";
  try {
    return blocks.every((block) => new X509Certificate(block).raw.length > 0) ? null : "is empty";
  } catch {
    return "holds a certificate that cannot be read";
  }
}

/** Where no suite of a TLS version is named, OpenSSL would go on offering its own: so that version is left out. */
function versionsOf(tls: TlsSettings): Pick<SecureContextOptions, "minVersion" | "maxVersion"> {
  const suites = tls.ciphers.filter((cipher) => cipher.startsWith("TLS_")).length;
  if (suites > 0 && suites === tls.ciphers.length) return { minVersion: "TLSv1.3" };
  return {
    ...(tls.minVersion !== null && { minVersion: tls.minVersion }),
    ...(suites === 0 && tls.ciphers.length > 0 && { maxVersion: "TLSv1.2" }),
  };
}

async function readText(path: string | null): Promise<string | null> {
  return path === null ? null : (await readPem(path)).text;
}

/** As Node itself: a bad file is of no effect. */
async function readExtra(path: string | null): Promise<string | null> {
  if (path === null) return null;
  try {
    return (await readPem(path)).text;
  } catch {
    return null;
  }
}
