// What starts a daemon where nobody sits: cron, a service manager, a remote login that ends.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { PROGRAM, startCli } from "../fixtures/cli.ts";
import { until } from "../fixtures/poll.ts";
import { watchProcesses } from "../fixtures/process-watch.ts";
import { readEnviron, readStat } from "../fixtures/proc.ts";
import { fixture } from "../fixtures/supervised.ts";
import { useInstances } from "../fixtures/use-instances.ts";
import { workerCommand } from "../fixtures/worker.ts";

/** Debian's cron with one crontab, which it runs at once; the machine's own tables are hidden from it. */
const CRON = `
mount -t tmpfs none /run && mount -t tmpfs none /var/spool/cron && mount -t tmpfs none /etc/cron.d &&
mount --bind /dev/null /etc/crontab && mkdir /var/spool/cron/crontabs && cd /var/spool/cron/crontabs &&
(umask 077; cat > root) && exec cron -f`;
/** Of a unit: no terminal, no login, no session. What else is there is the test's own. */
const OF_A_UNIT = {
  LANG: null,
  TMPDIR: null,
  XDG_RUNTIME_DIR: null,
  PATH: "/usr/local/bin:/usr/bin:/bin",
  INVOCATION_ID: "8d1f0e0b6a5e4ff3b4a4c2a9a7a1c0de",
  JOURNAL_STREAM: "8:12345",
};
const worker = workerCommand("wait", "200");

it("runs from cron, which neither waits for it nor takes it along", async () => {
  const { home, env, proxied, status } = await useInstances();
  const { SIDELITE_TEST_MARK: mark = "" } = home.env;
  const variables = { ...env, SIDELITE_TEST_MARK: mark, HOME: home.home };
  const command = [PROGRAM, "worker", "start", "-d", "--queue-id", "q", ...proxied, "--"];
  const job = `${[process.execPath, ...command, ...worker].join(" ")} > ${home.cwd}/job 2>&1`;
  const crontab = [
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    `@reboot ${job}; echo "ended with $?" >> ${home.cwd}/job`,
    "",
  ].join("\n");
  const program = ["unshare", "--mount", "sh", "-c", CRON];
  const cron = startCli(home, [], { program, input: crontab });
  const said = async (): Promise<string> => readFile(join(home.cwd, "job"), "utf8").catch(() => "");
  await until(async () => (await said()).includes("ended with"), {
    what: "the end of cron's job",
    deadlineMs: 60_000,
  });
  expect(await said()).toMatch(/ended with 0$/m);
  const { pid, worker: started, state } = await status("q");
  expect(state).toBe("running");
  const names = readEnviron(started?.pid ?? 0)?.map((entry) => entry.split("=")[0]);
  expect(names).toContain("LITELLM_API_BASE");
  expect(names).not.toContain("TERM");
  await cron.stop();
  expect(await status("q")).toMatchObject({ state: "running", pid });
});

it.each([
  ["in the foreground (Type=exec)", []],
  ["as a daemon (Type=forking)", ["-d"]],
])("ends well when a service manager signals its whole cgroup, %s", async (_, flags) => {
  const { home, proxied, start, status } = await useInstances();
  const watch = watchProcesses(home.dir, home.mark);
  home.onStop(async () => watch.stop());
  const command = ["worker", "start", ...flags, "--queue-id", "q", ...proxied, "--", ...worker];
  const cli = start(command, { env: OF_A_UNIT });
  if (flags.length > 0) expect((await cli.finished).code).toBe(0);
  else await cli.waitFor(/ready \d+/);
  const { pid, files } = await status("q");
  const all = watch.alive();
  // The supervisor, the reaper, the keeper, a generation, the worker.
  expect(all.length).toBeGreaterThanOrEqual(5);
  for (const { pid: each } of all) process.kill(each, "SIGTERM");
  await until(() => readStat(pid ?? 0) === null, { what: "the end", deadlineMs: 20_000 });
  expect(await status("q")).toMatchObject({ state: "stopped", failure: null });
  expect(await readFile(files["workerLog"] ?? "", "utf8")).toContain("got SIGTERM");
  if (flags.length > 0) return;
  const { signal, stderr } = await cli.finished;
  expect(signal).toBe("SIGTERM");
  expect(stderr).not.toMatch(/error|warning|failed/i);
});

it("outlives the login that started it, and the terminal", async () => {
  const { home, proxied, start, status } = await useInstances();
  const command = [PROGRAM, "worker", "start", "-d", "--queue-id", "q", ...proxied, "--"];
  const typed = [process.execPath, ...command, ...worker].join(" ");
  const program = ["python3", fixture("pty.py"), "sh", "-c", `${typed}; exec sleep 300`];
  const login = start([], { program, openInput: true });
  await login.waitFor(/own log/);
  const { pid } = await status("q");
  login.signal("SIGUSR2");
  expect((await login.exited).signal).toBe("SIGHUP");
  expect(await status("q")).toMatchObject({ state: "running", pid });
  const log = await readFile(join(home.state, "workers/q/logs/sidelite.log"), "utf8");
  expect(log).not.toContain("SIGHUP");
});
