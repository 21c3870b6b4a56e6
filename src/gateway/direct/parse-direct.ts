// Parses `sidelite.providers` and `sidelite.agents`; every problem is collected.
import { isAbsolute, join, resolve } from "node:path";
import type { YamlPath } from "../../core/document.ts";
import type { Problem } from "../../core/errors.ts";
import type { Environment } from "../../core/host.ts";
import type { Place } from "../../core/place.ts";
import type { Secret } from "../../core/secret.ts";
import type { FieldsContext } from "./fields-context.ts";
import { parseAgents } from "./parse-agents.ts";
import { defaultNetwork } from "./parse-network.ts";
import { parseProviders } from "./parse-providers.ts";
import { proxyFromEnvironment } from "./parse-proxy.ts";
import type { DirectConfig } from "./provider.ts";

export interface DirectInput {
  /** The two sections as parsed, or null. */
  readonly providers: unknown;
  readonly agents: unknown;
  /** Of a path in the document, `["sidelite", "providers", "customer", "base_url"]`. */
  place(path: YamlPath): Place;
  readonly env: Environment;
  readonly home: string | null;
  /** Folder that relative paths start from; null: none may be relative. */
  readonly baseDir: string | null;
}

export interface ParsedDirect {
  /** Not to be used where there are errors, but to look for more of them. */
  readonly config: DirectConfig;
  /** For the redactor. */
  readonly secrets: readonly Secret[];
  /** Variables that hold one. */
  readonly secretNames: readonly string[];
  readonly problems: readonly Problem[];
}

export function parseDirect(input: DirectInput): ParsedDirect {
  const context: FieldsContext = {
    env: input.env,
    place: (path) => input.place(path),
    problems: [],
    secrets: [],
    secretNames: new Set(),
  };
  const network = {
    defaults: defaultNetwork(proxyFromEnvironment(input.env)),
    path: (written: string) => makeAbsolute(written, input),
  };
  const parsed = parseProviders(input.providers, context, network);
  const agents = parseAgents(input.agents, parsed, context, network);
  const config = { providers: parsed.providers, disabledProviders: [...parsed.disabled], agents };
  const { secrets, secretNames, problems } = context;
  return { config, secrets, secretNames: [...secretNames], problems };
}

function makeAbsolute(written: string, { home, baseDir }: DirectInput): string {
  if (home !== null && (written === "~" || written.startsWith("~/")))
    return join(home, written.slice(1));
  return isAbsolute(written) || baseDir === null ? written : resolve(baseDir, written);
}
