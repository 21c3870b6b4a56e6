// Runs keeper.py: under a supervisor, or ahead of it, while the configuration is still being understood.
import { fileURLToPath } from "node:url";
import type { KeeperSpec } from "../core/proxy-spec.ts";
import { cookieFor, restoreCookie } from "../platform/cookie.ts";
import type { Cookie } from "../platform/cookie.ts";
import type { Child } from "../platform/spawn.ts";
import { spawnChild } from "../platform/spawn.ts";

type Launch = Pick<KeeperSpec, "python" | "importEnvironment" | "cwd" | "tag">;

/** Nobody listens to it yet; LiteLLM's import goes on meanwhile. It dies with us like every keeper. */
export interface EarlyKeeper {
  readonly launch: Launch;
  readonly child: Child;
  /** `performance.now()`. */
  readonly spawnedAt: number;
  end(): Promise<void>;
}

const KEEPER_FILE = fileURLToPath(new URL("../../src/proxy/keeper.py", import.meta.url));
const COOKIE_NAME = "SIDELITE_COOKIE";
/** Supervisors count their keepers from here. */
const FIRST = 1;

/** Throws UserError when Python cannot be run. */
export async function launchKeeper(launch: Launch, id: number): Promise<Child> {
  const mark = keeperCookie(launch, id);
  const child = await spawnChild({
    file: launch.python,
    // Isolated: no PYTHON* variable, no user site, no folder of ours in sys.path.
    args: ["-I", "-X", "utf8", KEEPER_FILE, launch.tag],
    env: { ...launch.importEnvironment, ...(mark && { [mark.name]: mark.value }) },
    cwd: launch.cwd,
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    ownGroup: true,
  });
  // Reset when it is killed with something unread; its end says all.
  for (const socket of child.stdio) socket?.on("error", () => undefined);
  return child;
}

/** Throws UserError when Python cannot be run. */
export async function launchEarly(launch: Launch): Promise<EarlyKeeper> {
  const spawnedAt = performance.now();
  const child = await launchKeeper(launch, FIRST);
  return {
    launch,
    child,
    spawnedAt,
    end: async () => {
      child.killGroup("SIGKILL");
      await child.exited;
      for (const socket of child.stdio) socket?.destroy();
    },
  };
}

/** What its descendants carry; null where the instance has no cookie. */
export function keeperCookie({ importEnvironment }: Launch, id: number): Cookie | null {
  const cookie = importEnvironment[COOKIE_NAME];
  return cookie === undefined ? null : cookieFor(restoreCookie(cookie), `keeper${id}`);
}
