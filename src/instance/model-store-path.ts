// Where the model lists of a configuration's providers are kept, for its instances and for the commands.
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { LitellmSource } from "../config/litellm-source.ts";

/** `home` is `~/.kubiya`. One file for each configuration, whoever runs it. */
export function modelStorePath(home: string, source: LitellmSource | null): string {
  const name = source === null ? "" : source.kind === "file" ? source.path : source.source;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 16);
  return join(home, "provider-models", `${digest}.json`);
}
