// What others find a running instance by, its record and its sockets, is put back when somebody cleans it away.
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import type { Report } from "../core/report.ts";
import type { Scope } from "../core/scope.ts";
import { ensureSocketDir } from "../state/socket-dir.ts";
import { controlPath } from "./control-protocol.ts";
import type { ControlHandlers, ControlServer } from "./control-server.ts";
import { startControl } from "./control-server.ts";
import type { Serving } from "./serve.ts";
import type { Session } from "./session.ts";

export interface FindableParts {
  readonly session: Session;
  readonly handlers: ControlHandlers;
  /** null: not yet, or none. */
  readonly serving: () => Serving | null;
  readonly report: Report;
}

/** Three calls of lstat each time: an idle machine feels each second of it. */
const EVERY_MS = 2_000;
/** A LiteLLM that cannot come up is not tried each second. */
const RESTART_PAUSE_MS = 15_000;

/** The control socket listens when it returns, until the scope ends. */
export async function stayFindable(scope: Scope, parts: FindableParts): Promise<void> {
  const { session, handlers, report } = parts;
  const { socketDir } = session;
  const path = controlPath(socketDir);
  // One that has lost its path keeps the connections that it has.
  const servers: ControlServer[] = [];
  let own: string | null = null;
  const listen = async (): Promise<void> => {
    servers.push(await startControl(socketDir, handlers));
    own = await identityOf(path);
  };
  const restart = pacedRestart(parts);
  const check = async (): Promise<void> => {
    if ((await identityOf(path)) !== own) {
      await ensureSocketDir([socketDir]);
      await listen();
      report.event({ name: "control.restored" });
    }
    if ((await identityOf(session.paths.record)) === null) await session.restore();
    await restart();
  };
  await listen();

  let checking: Promise<void> | null = null;
  let isTold = false;
  const tell = (error: unknown): void => {
    if (!(error instanceof UserError)) throw error;
    if (!isTold)
      for (const each of error.problems) report.problem({ ...each, severity: "warning" });
    isTold = true;
  };
  const timer = setInterval(() => {
    checking ??= check()
      .catch(tell)
      .finally(() => (checking = null));
  }, EVERY_MS);
  timer.unref();
  scope.defer("control socket", async () => {
    clearInterval(timer);
    await checking;
    await Promise.all(servers.map((server) => server.close()));
  });
}

/** LiteLLM's own socket went too: connections that are open live on, new ones need a new generation. */
function pacedRestart({ session, serving, report }: FindableParts): () => Promise<void> {
  let last = -Infinity;
  return async () => {
    const current = serving();
    const { phase, generations } = current?.proxy.state() ?? { phase: null, generations: [] };
    if (current === null || (phase !== "ready" && phase !== "degraded")) return;
    const [only, ...others] = generations.filter(({ status }) => status !== "draining");
    if (only?.status !== "serving" || others.length > 0) return;
    if ((await identityOf(join(session.socketDir, only.name))) !== null) return;
    if (performance.now() - last < RESTART_PAUSE_MS) return;
    last = performance.now();
    report.event({ name: "proxy.socket-lost", fields: { generation: only.name } });
    current.restart();
  };
}

async function identityOf(path: string): Promise<string | null> {
  return lstat(path).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => null,
  );
}
