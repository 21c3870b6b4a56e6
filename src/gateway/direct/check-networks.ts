// Checks what the network settings of all providers name outside the configuration: files, ciphers.
import { createSecureContext } from "node:tls";
import type { YamlPath } from "../../core/document.ts";
import { renderPath } from "../../core/document.ts";
import type { Problem } from "../../core/errors.ts";
import { problem, UserError } from "../../core/errors.ts";
import type { Place } from "../../core/place.ts";
import type { Network, TlsSettings } from "./network-settings.ts";
import type { DirectConfig, Provider } from "./provider.ts";
import type { PemFile } from "./tls-files.ts";
import { checkCertificates, readPem } from "./tls-files.ts";

/** Settings that an agent has from its provider are checked at the provider. */
export async function checkNetworks(
  config: DirectConfig,
  place: (path: YamlPath) => Place,
): Promise<readonly Problem[]> {
  const owners = new Map<Network, Provider>();
  const own = config.agents.flatMap(({ provider }) => provider ?? []);
  for (const provider of [...config.providers.values(), ...own]) {
    if (!owners.has(provider.network)) owners.set(provider.network, provider);
  }
  const checks = [...owners.values()].map((provider) => checkProvider(provider, place));
  return (await Promise.all(checks)).flat();
}

async function checkProvider(
  provider: Provider,
  place: (path: YamlPath) => Place,
): Promise<Problem[]> {
  const { tls, proxy } = provider.network;
  const problems: Problem[] = [];
  const at = (...path: string[]) => {
    const whole = [...provider.path, "network", ...path];
    return { path: renderPath(whole), place: place(whole) };
  };
  const read = async (path: string | null, ...field: string[]): Promise<PemFile | null> => {
    if (path === null) return null;
    try {
      return await readPem(path);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // The place becomes the configuration's, so the message must name the file.
      const named = (message: string) => (message.includes(path) ? message : `${message}: ${path}`);
      const found = error.problems.map((one) => ({ ...one, message: named(one.message) }));
      problems.push(...found.map((one) => ({ ...one, ...at(...field) })));
      return null;
    }
  };
  for (const [path, ...field] of [
    [tls.ca, "tls", "verify"],
    [proxy.cacert, "proxy", "cacert"],
  ] as const) {
    const wrong = checkCertificates((await read(path, ...field))?.text ?? "");
    const isRead = path !== null && !problems.some((found) => found.path === at(...field).path);
    if (wrong !== null && isRead) problems.push(problem(`${path} ${wrong}`, at(...field)));
  }
  const cert = await read(tls.clientCert, "tls", "client_cert");
  const key = await read(tls.clientKey, "tls", "client_key");
  if (cert && key) problems.push(...checkPair(tls, cert, key, at));
  problems.push(...checkCiphers(tls.ciphers, at("tls", "ciphers")));
  return problems;
}

type At = (...path: string[]) => Pick<Problem, "path" | "place">;

function checkPair(tls: TlsSettings, cert: PemFile, key: PemFile, at: At): Problem[] {
  const wrong = checkCertificates(cert.text);
  if (wrong !== null) return [problem(`${tls.clientCert} ${wrong}`, at("tls", "client_cert"))];
  if (key.text.includes("ENCRYPTED")) {
    const remedy = "decrypt it: openssl pkey -in KEY -out PLAIN, and chmod 600 PLAIN";
    return [
      problem(`${tls.clientKey} is protected by a passphrase`, {
        ...at("tls", "client_key"),
        remedy,
      }),
    ];
  }
  try {
    createSecureContext({ cert: cert.text, key: key.text });
  } catch {
    const message = `${tls.clientKey} is no private key in PEM form, or not the one of client_cert`;
    return [problem(message, at("tls", "client_key"))];
  }
  if ((key.mode & 0o077) === 0) return [];
  const message = `${tls.clientKey} can be read by other users of this machine`;
  const remedy = `chmod 600 ${tls.clientKey}`;
  return [{ severity: "warning", message, remedy, ...at("tls", "client_key") }];
}

function checkCiphers(ciphers: readonly string[], at: Pick<Problem, "path" | "place">): Problem[] {
  return ciphers.flatMap((cipher) => {
    try {
      createSecureContext({ ciphers: cipher });
      return [];
    } catch {
      const remedy = "see `openssl ciphers` for the names";
      return [
        problem(`${JSON.stringify(cipher)} is no cipher that this Node knows`, { ...at, remedy }),
      ];
    }
  });
}
