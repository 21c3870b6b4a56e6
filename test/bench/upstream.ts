// The loopback upstream of the gateway figures: on a unix socket, or on a port for `tcp`, gives back each body (for `chat`: a completion) and names the request line.
import { createServer } from "node:net";

import { createReader } from "./http-reader.ts";

const [socketPath, answers] = process.argv.slice(2);
const COMPLETION = Buffer.from(
  JSON.stringify({
    ...{ id: "bench", object: "chat.completion", created: 1, model: "bench" },
    choices: [{ index: 0, message: { role: "assistant", content: "pong" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  }),
);
/** Longer answers go out chunked, as streams do. */
const CHUNKED_FROM = 16 * 1024;

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on("error", () => {}); // a pool may drop an idle connection at any time
  socket.on(
    "data",
    createReader(({ head, body: asked }) => {
      const body = answers === "chat" ? COMPLETION : asked;
      const line = head.slice(0, head.indexOf("\r\n"));
      const start = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-line: ${line}\r\n`;
      socket.cork();
      if (body.length < CHUNKED_FROM) {
        socket.write(`${start}content-length: ${body.length}\r\n\r\n`);
        socket.write(body);
      } else {
        socket.write(`${start}transfer-encoding: chunked\r\n\r\n`);
        for (let at = 0; at < body.length; at += CHUNKED_FROM) {
          const part = body.subarray(at, at + CHUNKED_FROM);
          socket.write(`${part.length.toString(16)}\r\n`);
          socket.write(part);
          socket.write("\r\n");
        }
        socket.write("0\r\n\r\n");
      }
      socket.uncork();
    }),
  );
});
server.listen(socketPath === "tcp" ? { port: 0, host: "127.0.0.1" } : { path: socketPath }, () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : null;
  process.send?.({ ready: true, port });
});
process.on("disconnect", () => process.exit());
