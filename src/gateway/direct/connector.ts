// Opens the connections to one origin: directly or through a proxy, with TLS where the URL says so.
import type { Socket } from "node:net";
import { connect as connectTcp, isIP } from "node:net";
import type { SecureContext, TLSSocket } from "node:tls";
import { connect as connectTls } from "node:tls";
import { UpstreamFailure } from "../../core/upstream.ts";
import type { Target } from "./failure.ts";
import { describeFailure } from "./failure.ts";
import type { Network, ProxyServer } from "./network-settings.ts";
import type { TlsContexts } from "./tls-files.ts";
import { openTunnel } from "./tunnel.ts";

export interface Destination {
  readonly isTls: boolean;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface ConnectorOptions {
  readonly target: Target;
  readonly destination: Destination;
  readonly network: Network;
  /** null: directly. */
  readonly proxy: ProxyServer | null;
  contexts(): Promise<TlsContexts>;
}

export type Connector = () => Promise<Socket>;

/** Rejects with UpstreamFailure, at the latest after `connectMs`. */
export function createConnector(options: ConnectorOptions): Connector {
  const { destination, network, proxy, target } = options;
  const sessions: Sessions = { upstream: null, proxy: null };
  // Plain HTTP goes to the proxy itself, which reads the full URL from the request line.
  const isTunnel = proxy !== null && destination.isTls;

  async function open(attempt: Attempt): Promise<Socket> {
    const first = proxy ?? destination;
    if (proxy) attempt.target = { ...target, address: `proxy ${proxy.host}:${proxy.port}` };
    const contexts = first.isTls || isTunnel ? await options.contexts() : null;
    let socket: Socket = attempt.watch(
      connectTcp({ host: first.host, port: first.port, noDelay: true, keepAlive: true }),
    );
    await attempt.until(socket, "connect", "exchange");
    if (first.isTls && contexts) {
      const isProxy = proxy !== null;
      const context = isProxy ? contexts.proxy : contexts.upstream;
      socket = await secure(attempt, socket, first.host, context, isProxy ? "proxy" : "upstream");
    }
    if (!isTunnel || proxy === null || !contexts) return socket;
    const { host, port } = destination;
    const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
    socket = attempt.watch(await openTunnel(socket, authority, proxy, attempt.target));
    attempt.target = target;
    return secure(attempt, socket, host, contexts.upstream, "upstream");
  }

  async function secure(
    attempt: Attempt,
    socket: Socket,
    host: string,
    secureContext: SecureContext,
    end: keyof Sessions,
  ): Promise<TLSSocket> {
    const session = sessions[end];
    const tls = connectTls({
      socket,
      secureContext,
      host,
      ...(isIP(host) === 0 && { servername: host }),
      ...(session !== null && { session }),
      rejectUnauthorized: end === "proxy" || network.tls.verify,
      ALPNProtocols: ["http/1.1"],
    });
    tls.on("session", (ticket: Buffer) => (sessions[end] = ticket));
    await attempt.until(attempt.watch(tls), "secureConnect", "tls");
    return tls;
  }

  return async () => {
    const attempt = new Attempt(target, network.connectMs);
    try {
      return await Promise.race([open(attempt), attempt.timedOut]);
    } catch (error) {
      attempt.destroy();
      throw describeFailure(error, attempt.target, attempt.during);
    } finally {
      attempt.end();
    }
  };
}

interface Sessions {
  upstream: Buffer | null;
  proxy: Buffer | null;
}

/** One attempt's sockets and its time limit. */
class Attempt {
  readonly timedOut: Promise<never>;
  /** What it is about at the moment: the proxy or the provider. */
  target: Target;
  during: "tls" | "exchange" = "exchange";
  readonly #timer: NodeJS.Timeout;
  readonly #sockets: Socket[] = [];
  #isOver = false;

  constructor(target: Target, limitMs: number) {
    this.target = target;
    let reject!: (error: Error) => void;
    this.timedOut = new Promise<never>((_, whenRejected) => {
      reject = whenRejected;
    });
    this.#timer = setTimeout(() => {
      const { provider, address } = this.target;
      const text = `${provider} (${address}): no connection within ${limitMs / 1000} s`;
      reject(new UpstreamFailure(504, "connect_timeout", text));
    }, limitMs);
  }

  watch<S extends Socket>(socket: S): S {
    // A socket that fails after its attempt is over has nobody else to tell.
    socket.on("error", ignore);
    this.#sockets.push(socket);
    if (this.#isOver) socket.destroy();
    return socket;
  }

  async until(
    socket: Socket,
    event: "connect" | "secureConnect",
    during: "tls" | "exchange",
  ): Promise<void> {
    this.during = during;
    await new Promise<void>((resolve, reject) => {
      socket.once(event, resolve);
      socket.once("error", reject);
      socket.once("close", () =>
        reject(Object.assign(new Error("closed"), { code: "ECONNRESET" })),
      );
    });
  }

  destroy(): void {
    this.#isOver = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function ignore(): void {}
