// Ensures a runtime in a process of its own, so that it can be killed. Arguments: lock file, runtimes folder, home.
import { auditLocked } from "../../dist/runtime/audit.js";
import { ensureLocked } from "../../dist/runtime/ensure.js";
import { readLock } from "../../dist/runtime/lock-file.js";

const [path, runtimesDir, home] = process.argv.slice(2);
const say = (text) => process.stdout.write(`${text}\n`);
const quiet = { update: () => {}, done: () => {} };
const report = {
  info: say,
  verbose: say,
  problem: () => {},
  event: () => {},
  progress: (text) => (say(text), quiet),
};
const { signal } = new AbortController();
try {
  const lock = await readLock("litellm", path);
  const runtime = await ensureLocked(lock, { runtimesDir, env: process.env, home, report, signal });
  const { files } = await auditLocked(lock, { runtimesDir, signal }, { deep: true });
  say(`ready ${files} ${runtime.python}`);
} catch (error) {
  const { place, remedy } = error.problems?.[0] ?? {};
  say(`${error.exit ?? error.stack}: ${error.message}\n${place?.source}\n${remedy}`);
  process.exitCode = error.exitCode ?? 70;
}
