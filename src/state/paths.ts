// Where everything of one instance lies (design 3.5).
import { join } from "node:path";
import type { Environment } from "../core/host.ts";

export interface InstancePaths {
  readonly dir: string;
  /** Copy of the configuration now in force. */
  readonly configCopy: string;
  /** What each generation reads, `<digest>.yaml`. */
  readonly configsDir: string;
  readonly proxyLog: string;
  readonly logsDir: string;
  readonly workerLog: string;
  /** What a daemon's supervisor says. */
  readonly ownLog: string;
  /** Links into the runtimes. */
  readonly venvBin: string;
  readonly record: string;
  readonly lock: string;
  /** An empty folder to serve in. */
  readonly cwd: string;
  /** Where its sockets may lie, best first: `ensureSocketDir` takes the first that can be used. */
  readonly socketDirs: readonly string[];
}

/** Shortest limit of a unix socket's path, macOS's, less its final NUL. */
const SOCKET_PATH_BYTES = 103;
/** Room for the longest name in it. */
const SOCKET_NAME_BYTES = 24;

/** `home` is `~/.kubiya`, absolute; `name` has passed `parseInstanceName`. */
export function instancePaths(home: string, name: string, env: Environment): InstancePaths {
  const dir = join(home, "workers", name);
  const logsDir = join(dir, "logs");
  return {
    dir,
    configCopy: join(dir, "litellm_config.yaml"),
    configsDir: join(dir, "configs"),
    proxyLog: join(dir, "litellm_proxy.log"),
    logsDir,
    workerLog: join(logsDir, "worker.log"),
    ownLog: join(logsDir, "sidelite.log"),
    venvBin: join(dir, "venv", "bin"),
    record: join(dir, "instance.json"),
    lock: join(dir, "lock"),
    cwd: join(dir, "cwd"),
    get socketDirs() {
      return socketDirs(dir, env);
    },
  };
}

function socketDirs(dir: string, env: Environment): string[] {
  const own = shortHash(dir);
  const user = process.geteuid?.() ?? "me";
  const { XDG_RUNTIME_DIR, TMPDIR } = env;
  const roots = [
    ...(XDG_RUNTIME_DIR?.startsWith("/") ? [join(XDG_RUNTIME_DIR, "sidelite")] : []),
    ...(TMPDIR?.startsWith("/") ? [join(TMPDIR, `sidelite-${user}`)] : []),
    `/tmp/sidelite-${user}`,
  ];
  const limit = SOCKET_PATH_BYTES - SOCKET_NAME_BYTES - 1;
  return roots.map((root) => join(root, own)).filter((path) => Buffer.byteLength(path) <= limit);
}

/** FNV-1a, 48 bits of it: it only tells a user's own folders apart, and node:crypto costs `status` 2 ms. */
function shortHash(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0").slice(-12);
}
