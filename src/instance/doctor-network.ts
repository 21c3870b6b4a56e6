// doctor: whether an address can be reached, by a request that no provider bills and that carries no key.
import { abortAfter } from "../core/abort-after.ts";
import type { Finding } from "./doctor-check.ts";

const LIMIT_MS = 5_000;

const REASONS: Readonly<Record<string, readonly [message: string, remedy: string]>> = {
  ECONNREFUSED: ["nothing listens there", "start the server, or correct its address"],
  ENOTFOUND: ["its name is not known", "correct the address, or mend the name service"],
  EAI_AGAIN: ["its name cannot be looked up now", "mend the name service or the network"],
  ETIMEDOUT: ["no connection in time", "look at the firewall and HTTPS_PROXY"],
  UND_ERR_CONNECT_TIMEOUT: ["no connection in time", "look at the firewall and HTTPS_PROXY"],
  EHOSTUNREACH: ["no way to it", "look at the network"],
  ENETUNREACH: ["no network", "connect this machine"],
};

/** The status says only that HTTP is spoken: 401 and 404 are as good as 200. */
export async function reach(what: string, url: string, signal: AbortSignal): Promise<Finding> {
  const limit = abortAfter(LIMIT_MS, signal);
  const { origin } = new URL(url);
  try {
    const response = await fetch(origin, { redirect: "manual", signal: limit });
    await response.body?.cancel();
    return { result: "ok", message: `${what}: ${origin} answers with status ${response.status}` };
  } catch (error) {
    signal.throwIfAborted();
    const [reason, remedy] = explain(error);
    return { result: "failed", message: `${what}: ${origin}: ${reason}`, remedy };
  }
}

/** `fetch failed` says nothing: the reason is in its cause. */
function explain(error: unknown): readonly [string, string] {
  if (error instanceof Error && error.name === "TimeoutError") {
    return [`no answer in ${LIMIT_MS / 1000} s`, "look at the firewall and HTTPS_PROXY"];
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  const known = REASONS[code];
  if (known) return known;
  const isTls = /CERT|SSL|TLS|SELF_SIGNED|ALTNAME/.test(code);
  const remedy = isTls
    ? "set NODE_EXTRA_CA_CERTS and SSL_CERT_FILE to your organisation's certificates"
    : "look at the network and the address";
  return [isTls ? `its certificate is not accepted (${code})` : code, remedy];
}
