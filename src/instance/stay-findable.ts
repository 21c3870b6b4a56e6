// What others find a running instance by, its record and its sockets, is put back when somebody cleans it away.
import { lstatSync } from "node:fs";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { setAlignedInterval } from "../platform/aligned-interval.ts";
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

/** An idle machine feels each time that a process wakes. */
const EVERY_MS = 4_000;
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
    own = identityOf(path);
  };
  const restart = pacedRestart(parts);
  const check = async (): Promise<void> => {
    if (identityOf(path) !== own) {
      await ensureSocketDir([socketDir]);
      await listen();
      report.event({ name: "control.restored" });
    }
    if (await isMissing(session.paths.record)) await session.restore();
    restart();
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
  const stopChecking = setAlignedInterval(EVERY_MS, () => {
    checking ??= check()
      .catch(tell)
      .finally(() => (checking = null));
  });
  scope.defer("control socket", async () => {
    stopChecking();
    await checking;
    await Promise.all(servers.map((server) => server.close()));
  });
}

/** LiteLLM's own socket went too: connections that are open live on, new ones need a new generation. */
function pacedRestart({ session, serving, report }: FindableParts): () => void {
  let last = -Infinity;
  return () => {
    const current = serving();
    const { phase, generations } = current?.proxy.state() ?? { phase: null, generations: [] };
    if (current === null || (phase !== "ready" && phase !== "degraded")) return;
    const [only, ...others] = generations.filter(({ status }) => status !== "draining");
    if (only?.status !== "serving" || others.length > 0) return;
    if (identityOf(join(session.socketDir, only.name)) !== null) return;
    if (performance.now() - last < RESTART_PAUSE_MS) return;
    last = performance.now();
    report.event({ name: "proxy.socket-lost", fields: { generation: only.name } });
    current.restart();
  };
}

/** At once: a socket is on a local file system, and the thread pool costs an idle process more than this does. */
function identityOf(socket: string): string | null {
  try {
    const { dev, ino } = lstatSync(socket);
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

async function isMissing(file: string): Promise<boolean> {
  return lstat(file).then(
    () => false,
    () => true,
  );
}
