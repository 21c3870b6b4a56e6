// Who may come in: a table from the key's SHA-256 to its principal.
import { hash, timingSafeEqual } from "node:crypto";
import type { Secret } from "../core/secret.ts";
import type { Head } from "./head.ts";
import { Refusal } from "./refusal.ts";

export interface Principal {
  /** For the log: `worker`, `master`. */
  readonly id: string;
  /** `worker`: inference only, no overriding of the configuration; `master`: all that LiteLLM offers. */
  readonly role: "worker" | "master";
  /** Model names it may ask for; null: all. */
  readonly models: ReadonlySet<string> | null;
  /** What LiteLLM sees instead of the client's key; `master`: LiteLLM's own master key. */
  readonly credential: "master" | Secret;
}

export interface Access {
  authenticate(head: Head): Principal | Refusal;
}

export interface AccessEntry {
  readonly key: Secret;
  readonly principal: Principal;
}

const UNAUTHENTICATED = new Refusal(
  "unauthenticated",
  "The key is missing or not one of this gateway; `sidelite env` prints the current one",
);

export function buildAccess(entries: readonly AccessEntry[]): Access {
  const table = new Map<string, { digest: Buffer; principal: Principal }>();
  for (const { key, principal } of entries) {
    const digest = hash("sha256", key.reveal(), "buffer");
    table.set(digest.toString("latin1"), { digest, principal });
  }
  return {
    authenticate(head) {
      for (const key of head.keys) {
        const digest = hash("sha256", key, "buffer");
        const entry = table.get(digest.toString("latin1"));
        if (entry !== undefined && timingSafeEqual(digest, entry.digest)) return entry.principal;
      }
      return UNAUTHENTICATED;
    },
  };
}
