// The plainest front that node:http allows: what the gateway's added latency is compared with.
import { createServer, request } from "node:http";
const [to] = process.argv.slice(2);
const target = Number(to) > 0 ? { host: "127.0.0.1", port: Number(to) } : { socketPath: to };
const server = createServer((incoming, outgoing) => {
  const { method, url: path, headers } = incoming;
  const upstream = request({ ...target, method, path, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers);
    answer.pipe(outgoing);
  });
  upstream.on("error", () => outgoing.destroy());
  incoming.pipe(upstream);
});
server.listen(0, "127.0.0.1", () => process.send({ ready: true, port: server.address().port }));
process.on("disconnect", () => process.exit());
