// The socket on which one generation delivers its output, so that lines of two never mix.
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { OutputSpec } from "./output.ts";
import { pumpOutput } from "./output.ts";

export interface GenerationLog {
  /** All output has arrived; a descendant may hold it open long after the generation's end. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Takes exactly one connection. `path` lies in a private folder and has at most 103 bytes. */
export async function openGenerationLog(path: string, spec: OutputSpec): Promise<GenerationLog> {
  const server = createServer();
  const ended = new Promise<void>((resolve) => {
    server.once("connection", (socket) => {
      server.close();
      pumpOutput(socket, spec);
      socket.once("close", () => resolve());
    });
  });
  await rm(path, { force: true }); // an earlier run may have been killed
  server.listen(path);
  await once(server, "listening");
  return { ended, close: () => void server.close() };
}
