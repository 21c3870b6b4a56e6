// One instance's claim on this machine: its folder, lock, cookie and reaper, and the record others read.
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Context } from "../core/context.ts";
import { BugError, UserError } from "../core/errors.ts";
import type { Scope } from "../core/scope.ts";
import type { Cookie } from "../platform/cookie.ts";
import { createCookie, restoreCookie, sweepCookie } from "../platform/cookie.ts";
import { ensurePrivateDir, sweepTemporaries } from "../platform/files.ts";
import { os } from "../platform/os.ts";
import type { Reaper } from "../platform/reaper.ts";
import { startReaper } from "../platform/reaper.ts";
import { readVersion } from "../platform/version.ts";
import type { InstancePaths } from "../state/paths.ts";
import { instancePaths } from "../state/paths.ts";
import type { InstanceRecord } from "../state/record.ts";
import { writeRecord } from "../state/record.ts";
import { ensureSocketDir } from "../state/socket-dir.ts";
import type { Claim } from "./claim.ts";
import { claimInstance } from "./claim.ts";
import { sweepKilledRuns } from "./sweep-runs.ts";

export interface Session {
  readonly name: string;
  readonly paths: InstancePaths;
  readonly cookie: Cookie;
  readonly reaper: Reaper;
  readonly socketDir: string;
  /** Of the instance's last run; tried again. */
  readonly previousPort: number | null;
  /** Changes the record that other commands read. */
  update(
    change: Partial<Pick<InstanceRecord, "url" | "port" | "state" | "failure" | "workerExit">>,
  ): Promise<void>;
  /** Makes its folders and record anew where somebody removed them. */
  restore(): Promise<void>;
  /** The folder stays although the name was made up: something in it explains a failure. */
  keep(): void;
}

export interface SessionOptions extends Claim {
  /** `~/.kubiya`. */
  readonly home: string;
  /** The name was made up for this run: its folder goes with it. */
  readonly temporary: boolean;
  readonly daemon: boolean;
  /** One that a process carries already; null: a new one. */
  readonly cookie: Cookie | null;
}

/** Throws UserError: alreadyRunning with pid and address, machine, security. */
export async function openSession(
  scope: Scope,
  claim: SessionOptions,
  { host, report }: Context,
): Promise<Session> {
  const { home, name, temporary, kind, daemon, cookie: given } = claim;
  const paths = instancePaths(home, name, host.env);
  await makeFolders(home, paths);
  let kept = !temporary;
  scope.defer("folder", async () => {
    if (!kept) await rm(paths.dir, { recursive: true, force: true });
  });
  const { lock, previous } = await claimInstance(claim, paths, host).catch((error: unknown) => {
    // Then the folder is somebody else's.
    kept ||= error instanceof UserError && error.exit === "alreadyRunning";
    throw error;
  });
  scope.defer("lock", () => lock.release());
  if (previous?.state === "running") {
    const killed = await sweepCookie(restoreCookie(previous.cookie));
    report.info(
      `the previous run of ${name} ended abnormally${killed > 0 ? `; ${killed} processes left by it were ended` : ""}`,
    );
  }
  await Promise.all([paths.dir, paths.configsDir].map(sweepTemporaries));
  await sweepKilledRuns(home, host);
  const cookie = given ?? createCookie(name);
  const reaper = await startReaper(cookie);
  scope.defer("reaper", async () => {
    await sweepCookie(cookie, { exceptPids: [reaper.pid] });
    await reaper.stop();
  });
  const socketDir = await ensureSocketDir(paths.socketDirs);
  scope.defer("sockets", () => rm(socketDir, { recursive: true, force: true }));

  const identity = await os.identify(process.pid);
  if (identity === null) throw new BugError("this process does not find itself");
  let record: InstanceRecord = {
    schemaVersion: 1,
    ...identity,
    name,
    kind,
    daemon,
    state: "running",
    cookie: cookie.value,
    url: null,
    port: previous?.port ?? null,
    version: readVersion(),
    startedAt: host.now().toISOString(),
    socketDir,
    files: { config: paths.configCopy, proxyLog: paths.proxyLog, workerLog: paths.workerLog },
  };
  await writeRecord(paths.record, record);
  const update: Session["update"] = async (change) => {
    record = { ...record, ...change };
    await writeRecord(paths.record, record).catch((error: unknown) => {
      // A disk that is full by now ends nothing that runs.
      if (!(error instanceof UserError)) throw error;
      for (const found of error.problems) report.problem({ ...found, severity: "warning" });
    });
  };
  scope.defer("record", () =>
    update({ state: record.state === "failed" ? "failed" : "stopped", url: null }),
  );
  return {
    name,
    paths,
    cookie,
    reaper,
    socketDir,
    previousPort: previous?.port ?? null,
    update,
    restore: async () => {
      await makeFolders(home, paths);
      await update({});
    },
    keep: () => {
      kept = true;
    },
  };
}

/** Each by itself: the check of one does not look at the folders above it for links. */
async function makeFolders(home: string, paths: InstancePaths): Promise<void> {
  const { dir, logsDir, configsDir, cwd } = paths;
  for (const folder of [home, dirname(dir), dir, logsDir, configsDir, cwd]) {
    await ensurePrivateDir(folder);
  }
}
