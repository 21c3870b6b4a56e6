// A daemon's line to the command that started it: its task comes in, its talk goes out until it is ready.
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import { problem, UserError } from "../core/errors.ts";
import type { Report } from "../core/report.ts";
import type { DaemonMessage, DaemonTask } from "./daemon-messages.ts";
import { DAEMON_FD, parseDaemonTask } from "./daemon-messages.ts";

export interface DaemonLink {
  readonly task: DaemonTask;
  /** Nothing when the other end is gone: the daemon goes on without it. */
  send(message: DaemonMessage): void;
  /** After it the daemon is on its own. */
  close(): Promise<void>;
}

/** Throws UserError("usage") where nobody started us as a daemon. */
export async function openDaemonLink(): Promise<DaemonLink> {
  const socket = openSocket();
  socket.on("error", () => socket.destroy());
  const lines = createInterface({ input: socket });
  const ended = new Promise<null>((resolve) => lines.once("close", () => resolve(null)));
  const first = new Promise<string>((resolve) => lines.once("line", resolve));
  const line = await Promise.race([first, ended]);
  const task = line === null ? null : parseDaemonTask(line);
  if (task === null) throw noTask();
  return {
    task,
    send: (message) => {
      if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
    },
    close: async () => {
      lines.close();
      if (socket.destroyed) return;
      await new Promise<void>((resolve) => {
        socket.once("close", () => resolve());
        socket.end(() => socket.destroy());
      });
    },
  };
}

/** The same voice, heard by the command that waits as well. */
export function reportTo(link: Pick<DaemonLink, "send">, report: Report): Report {
  const tell = (text: string): void => link.send({ type: "info", text });
  return {
    ...report,
    info: (text) => {
      tell(text);
      report.info(text);
    },
    problem: (found) => {
      link.send({ type: "problem", problem: found });
      report.problem(found);
    },
    progress: (label) => {
      tell(label);
      const shown = report.progress(label);
      return {
        update: (text) => shown.update(text),
        done: (text) => {
          if (text !== undefined) tell(text);
          shown.done(text);
        },
      };
    },
  };
}

function openSocket(): Socket {
  try {
    return new Socket({ fd: DAEMON_FD, readable: true, writable: true });
  } catch (error) {
    throw new UserError("usage", noTask().problems, { cause: error });
  }
}

function noTask(): UserError {
  const remedy = "use `sidelite worker start --daemon` or `sidelite proxy start --daemon`";
  return new UserError("usage", problem("nobody started this as a daemon", { remedy }));
}
