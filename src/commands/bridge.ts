// `sidelite bridge SOCKET`: the gateway on a unix socket, or with --port a local port on such a socket.
import { resolve } from "node:path";
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import type { BridgeEnd } from "../instance/bridge.ts";
import { startBridge } from "../instance/bridge.ts";
import { chooseInstance } from "../instance/choose-instance.ts";
import { readStatus } from "../instance/read-status.ts";

export async function bridge({ flags, args }: Input, context: Context): Promise<number> {
  const { host, report, signals } = context;
  const path = resolve(host.cwd, args[0] ?? "");
  const socket: BridgeEnd = { kind: "socket", path };
  const port = readPort(flags["port"]);
  const gateway: BridgeEnd = port ?? (await findGateway(flags, context));
  const close = await (port === null ? startBridge(socket, gateway) : startBridge(gateway, socket));
  report.info(
    port === null
      ? `${path} leads to the gateway; Ctrl+C ends it`
      : `http://127.0.0.1:${port.port} leads to ${path}; Ctrl+C ends it`,
  );
  const { abort } = signals;
  if (!abort.aborted) {
    await new Promise((resolveAbort) => {
      abort.addEventListener("abort", resolveAbort, { once: true });
    });
  }
  await close();
  return EXIT_CODES.ok.code;
}

function readPort(written: Input["flags"][string]): (BridgeEnd & { readonly kind: "tcp" }) | null {
  if (typeof written !== "string") return null;
  const port = /^\d{1,5}$/.test(written) ? Number(written) : 0;
  if (port > 0 && port < 65_536) return { kind: "tcp", port };
  const place = { source: "--port" };
  const message = `${JSON.stringify(written)} is not a port`;
  const remedy = "write a whole number from 1 to 65535";
  throw new UserError("usage", problem(message, { place, remedy }));
}

async function findGateway(flags: Input["flags"], { host }: Context): Promise<BridgeEnd> {
  const found = await chooseInstance({ flags, args: [], group: null }, host);
  const url = found && (await readStatus(found)).url;
  if (url) return { kind: "tcp", port: Number(new URL(url).port) };
  const remedy = "start one: sidelite proxy start";
  throw new UserError("failed", problem("no instance with a gateway is running", { remedy }));
}
