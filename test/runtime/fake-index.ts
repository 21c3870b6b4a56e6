// A package index on the loopback: serves the wheels it is given and counts what is asked.
import type { Server } from "node:http";
import { createServer } from "node:http";

import { listenOnLoopback } from "../fixtures/listen.ts";
import type { FakeWheel } from "./fake-wheel.ts";

export interface FakeIndex {
  /** The simple index, for PIP_INDEX_URL. */
  readonly url: string;
  /** How often each wheel was downloaded, by file name. */
  readonly downloads: ReadonlyMap<string, number>;
  /** `Authorization` headers that came, decoded. */
  readonly logins: ReadonlySet<string>;
  close(): Promise<void>;
}

/** `sha256` of a wheel is what the page says, whatever its bytes are. */
export async function startIndex(wheels: readonly FakeWheel[]): Promise<FakeIndex> {
  const downloads = new Map<string, number>();
  const logins = new Set<string>();
  const server = createServer((request, response) => {
    const login = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (login !== undefined) logins.add(Buffer.from(login, "base64").toString());
    const path = new URL(request.url ?? "/", "http://index").pathname;
    const wheel = wheels.find(({ file }) => path === `/files/${file}`);
    if (wheel !== undefined) {
      if (request.method === "GET") downloads.set(wheel.file, (downloads.get(wheel.file) ?? 0) + 1);
      response.setHeader("content-type", "application/octet-stream");
      response.end(wheel.bytes);
      return;
    }
    const name = /^\/simple\/([^/]+)\/?$/.exec(path)?.[1];
    const own = wheels.filter((candidate) => candidate.name === name);
    response.statusCode = own.length === 0 ? 404 : 200;
    response.setHeader("content-type", "text/html");
    const links = own.map(
      ({ file, sha256 }) => `<a href="/files/${file}#sha256=${sha256}">${file}</a>`,
    );
    response.end(`<!DOCTYPE html><html><body>${links.join("\n")}</body></html>`);
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}/simple`,
    downloads,
    logins,
    close: () => closeServer(server),
  };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
}
