// The operating system under us, behind one name.
import { linux } from "./os-linux.ts";
import type { OperatingSystem, ProcessIdentity } from "./os-contract.ts";

/** Each command waits for what is loaded here. */
export const os: OperatingSystem =
  process.platform === "darwin" ? (await import("./os-darwin.ts")).darwin : linux;

/** The process of a record still runs: same pid, same start, same boot. */
export async function isSameProcess(identity: ProcessIdentity): Promise<boolean> {
  const found = await os.identify(identity.pid);
  return (
    found !== null && found.startTime === identity.startTime && found.bootId === identity.bootId
  );
}
