// The variables that point a shell's programs at a gateway.
import type { Environment } from "../core/host.ts";
import type { ClientName } from "../litellm/clients.ts";
import { clientVariables } from "../litellm/clients.ts";
import { extendNoProxy } from "../worker/no-proxy.ts";
import type { Variables } from "./shells.ts";

export interface ExportsInput {
  readonly url: string;
  /** Revealed: it goes to stdout, which is what the user asked for. */
  readonly key: string;
  readonly model: string | null;
  readonly clients: readonly ClientName[];
  /** The shell's. */
  readonly env: Environment;
}

export function buildExports({ url, key, model, clients, env }: ExportsInput): Variables {
  const variables = clients.map((client) => clientVariables(client, url, key, model));
  const set: Record<string, string> = { LITELLM_API_BASE: url, LITELLM_API_KEY: key };
  Object.assign(set, ...variables.map((each) => each.set));
  // A corporate proxy would see the prompts and the key.
  Object.assign(set, extendNoProxy(env["NO_PROXY"], env["no_proxy"]));
  return { set, unset: [...new Set(variables.flatMap((each) => [...each.unset]))] };
}

/** Takes back what `buildExports` set; NO_PROXY stays: what it was before is not known. */
export function buildUnset(clients: readonly ClientName[]): Variables {
  const { set } = buildExports({ url: "", key: "", model: "", clients, env: {} });
  return { set: {}, unset: Object.keys(set).filter((name) => name.toUpperCase() !== "NO_PROXY") };
}
