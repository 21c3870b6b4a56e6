// A page from another origin in a real Chromium can read nothing and change nothing at the gateway.
import { mkdir } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";

import { startCli } from "../fixtures/cli.ts";
import { listenOnLoopback } from "../fixtures/listen.ts";
import { until } from "../fixtures/poll.ts";
import { useHome } from "../fixtures/use-home.ts";
import { startRig, WORKER_KEY } from "../process/gateway-rig.ts";
import type { Tries } from "./fixtures/hostile-page.ts";
import { renderPage } from "./fixtures/hostile-page.ts";

/** The browser finds 127.0.0.1 under it, as after a DNS rebinding. */
const REBOUND = "rebound.test";

it("keeps a web page out, whatever it tries and under whatever name", async () => {
  const home = await useHome();
  const rig = await startRig();
  const reached: string[] = [];
  const standIn = await rig.serve((request, response) => {
    reached.push(`${request.method} ${request.url}`);
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.end("served");
  });
  standIn.server.on("upgrade", (request) => reached.push(`upgrade ${request.url}`));

  const open = await serve(() => "anyone");
  const reports = new Map<string, Tries>();
  // From another port of this address, from another site, and under that site's name at the gateway itself.
  const visits = [
    { page: "127.0.0.1", gateway: `127.0.0.1:${rig.port}` },
    { page: REBOUND, gateway: `localhost:${rig.port}` },
    { page: REBOUND, gateway: `${REBOUND}:${rig.port}` },
  ];
  const pages = await serve(async (url, body) => {
    const { pathname, search } = new URL(url, "http://page");
    const gateway = search.slice(1);
    if (pathname !== "/report") {
      return renderPage({ gateway, open: `127.0.0.1:${open}`, key: WORKER_KEY });
    }
    reports.set(gateway, JSON.parse(await body()) as Tries);
    return addressOf(visits[reports.size]);
  });
  const addressOf = (visit: (typeof visits)[number] | undefined): string =>
    visit === undefined ? "" : `http://${visit.page}:${pages}/?${visit.gateway}`;
  await startBrowser(home, addressOf(visits[0]));
  await until(() => reports.size === 3, { what: "the pages' reports", deadlineMs: 90_000 });

  for (const [gateway, { control, ...tries }] of reports) {
    expect(control, gateway).toBe("read: 200anyone");
    expect(Object.keys(tries)).toHaveLength(18);
    for (const [name, result] of Object.entries(tries)) {
      expect(result, `${name} at ${gateway}`).not.toMatch(/^read|^silence/);
    }
  }
  expect(reached).toEqual([]);
  // The tries did arrive: it was the gateway that refused them.
  const statuses = rig.lines.map((line) => /model=\S+ (\d+) /.exec(line)?.[1]);
  expect(statuses.length).toBeGreaterThan(40);
  expect(new Set(statuses)).toEqual(new Set(["403", "421"]));
});

type Respond = (url: string, body: () => Promise<string>) => string | Promise<string>;

/** Lets every page read its answers; its port. */
async function serve(respond: Respond): Promise<number> {
  const server = createServer((request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Content-Type", "text/html");
    void Promise.resolve(respond(request.url ?? "", () => text(request))).then((body) =>
      response.end(body),
    );
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return listenOnLoopback(server);
}

/** Resolves no name but ours. It ends with the home. */
async function startBrowser(
  home: Awaited<ReturnType<typeof useHome>>,
  address: string,
): Promise<void> {
  const folder = join(home.dir, "browser");
  await mkdir(folder);
  const flags = [
    ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    ...["--no-first-run", "--disable-background-networking", "--disable-component-update"],
    `--user-data-dir=${folder}`,
    `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost`,
  ];
  startCli(home, [...flags, address], {
    program: ["chromium"],
    env: { TMPDIR: folder, XDG_RUNTIME_DIR: folder },
  });
}
