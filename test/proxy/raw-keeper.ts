// keeper.py without its supervisor: what is written to it, and what it answers.
import { createServer } from "node:net";
import { join } from "node:path";

import { importEnvironment } from "../../src/litellm/import-environment.ts";
import { buildWorkerConfig } from "../../src/litellm/worker-config.ts";
import type { ExitStatus } from "../../src/platform/exit-status.ts";
import type { Child } from "../../src/platform/spawn.ts";
import { spawnChild } from "../../src/platform/spawn.ts";
import type { KeeperEvent, StartOrder } from "../../src/proxy/protocol.ts";
import { parseEvent } from "../../src/proxy/protocol.ts";
import { REPOSITORY } from "../fixtures/built.ts";
import type { TestHome } from "../fixtures/home.ts";
import { until } from "../fixtures/poll.ts";

type Named<N> = Extract<KeeperEvent, { event: N }>;

export interface RawKeeper {
  readonly child: Child;
  readonly exited: Promise<ExitStatus>;
  /** An object as one line, or text as it is. */
  write(order: object | string): void;
  /** The first event of this name that was not asked for yet. */
  next<N extends KeeperEvent["event"]>(name: N, deadlineMs?: number): Promise<Named<N>>;
  /** What generations wrote. */
  output(): string;
  /** A start order for the stand-in; its socket is in the home's run folder. */
  start(generation: number, change?: Partial<StartOrder>): Promise<StartOrder>;
  /** Closes our end of the control socket. */
  hangUp(): void;
}

export const KEY = "sk-0123456789abcdef0123";

export async function startRawKeeper(home: TestHome, python: string): Promise<RawKeeper> {
  const imported = importEnvironment(home.env, []);
  const child = await spawnChild({
    file: python,
    args: ["-I", "-X", "utf8", join(REPOSITORY, "src/proxy/keeper.py"), "litellm"],
    env: imported,
    cwd: home.cwd,
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    ownGroup: true,
  });
  const control = child.stdio[3];
  if (!control) throw new Error("no control socket");
  const events: KeeperEvent[] = [];
  let rest = "";
  for (const socket of child.stdio) socket?.on("error", () => undefined);
  control.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const event = parseEvent(line);
      if (event === null) throw new Error(`no event: ${line}`);
      events.push(event);
    }
  });
  let output = "";
  const log = createServer((socket) => socket.on("data", (data) => (output += data.toString())));
  const logPath = join(home.runDir, "log");
  await new Promise<void>((resolve) => log.listen(logPath, resolve));
  home.onStop(async () => {
    control.destroy();
    await child.exited;
    log.close();
  });
  return {
    child,
    exited: child.exited,
    write: (order) => {
      control.write(typeof order === "string" ? order : `${JSON.stringify(order)}\n`);
    },
    next: async (name, deadlineMs) => {
      const found = await until(() => events.find((event) => event.event === name), {
        what: `${name}; there is ${JSON.stringify(events)}`,
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
      });
      events.splice(events.indexOf(found), 1);
      return found as Named<typeof name>;
    },
    output: () => output,
    start: async (generation, change = {}) => {
      const settings = { general_settings: { master_key: "os.environ/THE_KEY" } };
      const config = { model_list: [{ model_name: "m" }], ...settings };
      const file = await home.write("config.yaml", JSON.stringify(config));
      return {
        order: "start",
        generation,
        socket: join(home.runDir, `g${generation}`),
        log: logPath,
        cwd: null,
        environment: { ...imported, THE_KEY: KEY },
        worker_config: buildWorkerConfig(file),
        grace_s: 2,
        keep_alive_s: 60,
        further: false,
        ...change,
      };
    },
    hangUp: () => control.destroy(),
  };
}
