// Keeps a long-running process at the memory it starts with.
import { setFlagsFromString } from "node:v8";

/**
 * V8's young generation stays at its size of this moment (2 to 8 MB) instead of doubling up to 48 MB with the traffic.
 * Measured on Node 20: 57 MB instead of 84 MB after 200,000 requests, for 0 to 3 % more processor time a request.
 *
 * On Node 20 V8 collects a heap that has become idle up to three times in a row, where the later ones find nothing and
 * cost as much as 20 s of idling each; once is enough. Later versions call the flag otherwise and make two at most.
 *
 * Of V8's flags for this they are those that are still read after the start, so that `#!/usr/bin/env node` can stay.
 */
export function keepHeapSteady(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  if (process.versions.node.startsWith("20.")) setFlagsFromString("--memory-reducer-single-gc");
}
