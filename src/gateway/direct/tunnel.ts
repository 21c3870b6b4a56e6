// Opens a connection through an HTTP proxy by CONNECT.
import { request } from "node:http";
import type { Socket } from "node:net";
import { UpstreamFailure } from "../../core/upstream.ts";
import type { Target } from "./failure.ts";
import type { ProxyServer } from "./network-settings.ts";

/** `socket` leads to the proxy; the returned one to `authority` (`host:port`). Rejects with UpstreamFailure. */
export async function openTunnel(
  socket: Socket,
  authority: string,
  proxy: ProxyServer,
  target: Target,
): Promise<Socket> {
  const authorization = proxy.authorization?.reveal();
  const connect = request({
    method: "CONNECT",
    path: authority,
    createConnection: () => socket,
    headers: {
      Host: authority,
      ...(authorization !== undefined && { "Proxy-Authorization": authorization }),
    },
  });
  const { promise, resolve, reject } = deferred();
  connect.once("connect", (response, connected: Socket, early: Buffer) => {
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) {
      if (early.length > 0) connected.unshift(early);
      resolve(connected);
      return;
    }
    connected.destroy();
    const isAuth = status === 407;
    const text = isAuth
      ? "the proxy wants a user and password"
      : `the proxy refused the connection (${status})`;
    const code = isAuth ? "proxy_authentication" : "proxy_refused";
    reject(new UpstreamFailure(502, code, `${target.provider} (${target.address}): ${text}`));
  });
  connect.once("error", reject);
  connect.end();
  return promise;
}

function deferred() {
  let resolve!: (socket: Socket) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<Socket>((whenResolved, whenRejected) => {
    resolve = whenResolved;
    reject = whenRejected;
  });
  return { promise, resolve, reject };
}
