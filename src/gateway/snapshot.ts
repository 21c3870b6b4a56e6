// What decides about requests, swapped whole; a running request keeps the one it began with.
import type { Access } from "./access.ts";
import type { Policy } from "./policy.ts";
import type { Router } from "./router.ts";

export interface Snapshot {
  readonly access: Access;
  readonly router: Router;
  readonly policy: Policy;
}
