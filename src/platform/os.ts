// The operating system under us, behind one name.
import { darwin } from "./os-darwin.ts";
import { linux } from "./os-linux.ts";
import type { OperatingSystem, ProcessIdentity } from "./os-contract.ts";

export const os: OperatingSystem = process.platform === "darwin" ? darwin : linux;

/** The process of a record still runs: same pid, same start, same boot. */
export async function isSameProcess(identity: ProcessIdentity): Promise<boolean> {
  const found = await os.identify(identity.pid);
  return (
    found !== null && found.startTime === identity.startTime && found.bootId === identity.bootId
  );
}
