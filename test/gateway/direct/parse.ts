// Parses a `sidelite:` section given as plain values, as the integration does.
import type { Problem } from "../../../src/core/errors.ts";
import { UserError } from "../../../src/core/errors.ts";
import type { ParsedDirect } from "../../../src/gateway/direct/parse-direct.ts";
import { parseDirect } from "../../../src/gateway/direct/parse-direct.ts";
import type { Provider } from "../../../src/gateway/direct/provider.ts";

export interface Section {
  readonly providers?: unknown;
  readonly agents?: unknown;
}

export type Env = Readonly<Record<string, string>>;

export function parse(section: Section, env: Env = {}): ParsedDirect {
  const parsed = parseDirect({
    providers: section.providers ?? null,
    agents: section.agents ?? null,
    place: (path) => ({ source: "litellm.yaml", line: path.length }),
    env,
    home: "/home/me",
    baseDir: "/etc/llm",
  });
  const isFaulty = parsed.problems.some(({ severity }) => severity === "error");
  if (isFaulty) throw new UserError("usage", parsed.problems);
  return parsed;
}

/** Of a single provider `p`. */
export function parseOne(fields: object, env: Env = {}): Provider {
  const provider = parse({ providers: { p: fields } }, env).config.providers.get("p");
  if (provider === undefined) throw new Error("p is disabled");
  return provider;
}

/** The problems of a section that must be refused, as `path: message`. */
export function refusals(section: Section, env: Env = {}): string[] {
  try {
    parse(section, env);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.filter(({ severity }) => severity === "error").map(line);
  }
  return [];
}

export function line({ path, message }: Problem): string {
  return `${path}: ${message}`;
}
