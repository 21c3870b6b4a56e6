// A free port on loopback; the only importer of get-port.
import getPort from "get-port";

/** The preferred port if it is free, else any. Free at the time of asking: the caller binds at once. */
export async function pickPort(preferred: number | null): Promise<number> {
  return getPort({ host: "127.0.0.1", ...(preferred === null ? {} : { port: preferred }) });
}
