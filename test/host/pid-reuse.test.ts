// The kernel gives a killed supervisor's pid to a stranger, who must not be mistaken for it (F34).
import { expect, it } from "vitest";

import { PROGRAM, startCli } from "../fixtures/cli.ts";
import { useHome } from "../fixtures/use-home.ts";
import { AS_PID_1 } from "./fixtures/pid-namespace.ts";

/** In a PID namespace of its own, where nobody else takes the number meanwhile. */
const SCRIPT = `
sidelite() { "$NODE" "$PROGRAM" "$@" 2>&1; }
start() { sidelite worker start -d --queue-id q -- sleep 1000 || exit 1; }
start
pid=$(sed -n 's/.*"pid": \\([0-9]*\\).*/\\1/p' "$HOME/.kubiya/workers/q/instance.json")
kill -9 "$pid"
while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
for attempt in $(seq 50); do
  echo $((pid - 1)) > /proc/sys/kernel/ns_last_pid
  sleep 1000 &
  stranger=$!
  [ "$stranger" = "$pid" ] && break
  kill "$stranger"
done
alive() { kill -0 "$stranger" && echo "$1: the stranger lives"; }
[ "$stranger" = "$pid" ] && echo "the pid is a stranger's"
sidelite worker status q --json | grep '"state": "killed"'
sidelite worker stop q --force; alive stopped
start; alive started
sidelite worker stop q --force; alive again`;

it("never signals a stranger who has a dead supervisor's pid", async () => {
  const home = await useHome();
  const env = { NODE: process.execPath, PROGRAM };
  const cli = startCli(home, [...AS_PID_1, "sh", "-c", SCRIPT].slice(1), {
    program: ["unshare"],
    env,
  });
  const { stdout } = await cli.finished;
  expect(stdout).toContain("the pid is a stranger's");
  expect(stdout).toContain('"state": "killed"');
  for (const when of ["stopped", "started", "again"]) {
    expect(stdout).toContain(`${when}: the stranger lives`);
  }
});
