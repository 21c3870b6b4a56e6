// What LLM clients read to find their server, and which client a command brings along (facts.md, design 3.6).

export interface ClientVariables {
  readonly set: Readonly<Record<string, string>>;
  /** Would lead the client elsewhere, or stop it. */
  readonly unset: readonly string[];
}

interface Access {
  /** `http://127.0.0.1:PORT`, without a slash. */
  readonly url: string;
  readonly key: string;
  readonly model: string | null;
}

type Client = (access: Access) => ClientVariables;

const CLIENTS = {
  litellm: ({ url, key }) => ({
    set: {
      LITELLM_API_BASE: url,
      LITELLM_API_KEY: key,
      LITELLM_PROXY_API_BASE: url,
      LITELLM_PROXY_API_KEY: key,
    },
    unset: [],
  }),
  openai: ({ url, key, model }) => ({
    // Older tools (LangChain, aider, CrewAI) read the second address.
    set: {
      OPENAI_BASE_URL: `${url}/v1`,
      OPENAI_API_BASE: `${url}/v1`,
      OPENAI_API_KEY: key,
      ...(model === null ? {} : { OPENAI_MODEL: model }),
    },
    unset: ["OPENAI_ORG_ID", "OPENAI_ORGANIZATION", "OPENAI_PROJECT_ID"],
  }),
  anthropic: ({ url, key, model }) => ({
    // The SDK adds `/v1` itself; LangChain reads the second address.
    set: {
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_URL: url,
      ANTHROPIC_AUTH_TOKEN: key,
      ...(model === null ? {} : { ANTHROPIC_MODEL: model }),
    },
    // Claude Code asks when it finds a key beside the token.
    unset: ["ANTHROPIC_API_KEY", "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX"],
  }),
  azure: ({ url, key }) => ({
    set: { AZURE_OPENAI_ENDPOINT: url, AZURE_OPENAI_API_KEY: key },
    unset: ["AZURE_OPENAI_AD_TOKEN"],
  }),
  google: ({ url, key }) => ({
    set: { GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key },
    // Google's SDKs prefer it to GEMINI_API_KEY.
    unset: ["GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI"],
  }),
} satisfies Record<string, Client>;

export type ClientName = keyof typeof CLIENTS;

export const CLIENT_NAMES: readonly ClientName[] = [
  "litellm",
  "openai",
  "anthropic",
  "azure",
  "google",
];

/** For a command whose client is not known, and for a shell. */
export const DEFAULT_CLIENTS: readonly ClientName[] = ["litellm", "openai", "anthropic"];

/** `gatewayUrl` without a final slash; `model` is the `--model` override. */
export function clientVariables(
  client: ClientName,
  gatewayUrl: string,
  key: string,
  model: string | null,
): ClientVariables {
  return CLIENTS[client]({ url: gatewayUrl, key, model });
}

const PROGRAMS: Readonly<Record<string, readonly ClientName[]>> = {
  aider: ["openai", "anthropic"],
  "aider-chat": ["openai", "anthropic"],
  claude: ["anthropic"],
  "@anthropic-ai/claude-code": ["anthropic"],
  codex: ["openai"],
  "@openai/codex": ["openai"],
  crewai: ["openai"],
  gemini: ["google"],
  "@google/gemini-cli": ["google"],
  goose: ["openai", "anthropic"],
  interpreter: ["openai"],
  opencode: ["openai", "anthropic"],
  "opencode-ai": ["openai", "anthropic"],
  qwen: ["openai"],
  "@qwen-code/qwen-code": ["openai"],
};
// Programs that start the one named after them, and their own words before it.
const LAUNCHERS = new Set([
  "npx",
  "bunx",
  "pnpx",
  "uvx",
  "pipx",
  "pnpm",
  "yarn",
  "bun",
  "uv",
  "env",
  "node",
  "sudo",
]);
const LAUNCHER_WORDS = new Set(["run", "dlx", "exec", "x", "tool"]);

/** `litellm` always; the program's own clients when it is known, else the default ones. */
export function detectClients(command: readonly string[]): readonly ClientName[] {
  const own = PROGRAMS[programOf(command)];
  return own ? ["litellm", ...own] : DEFAULT_CLIENTS;
}

/**
 * What a program needs besides variables; null: nothing. Codex reads its address from options only.
 * `gatewayUrl` without a final slash.
 */
export function clientHint(command: readonly string[], gatewayUrl: string): string | null {
  if (!programOf(command).endsWith("codex")) return null;
  const provider = `{name="sidelite",base_url="${gatewayUrl}/v1",env_key="OPENAI_API_KEY",wire_api="responses"}`;
  const options = `-c model_provider=sidelite -c 'model_providers.sidelite=${provider}'`;
  return `codex reads no address from the environment; add ${options}`;
}

function programOf(command: readonly string[]): string {
  const [first = "", ...rest] = command;
  const name = baseName(first);
  if (!LAUNCHERS.has(name)) return Object.hasOwn(PROGRAMS, name) ? name : "";
  const next = rest.findIndex((word) => !/^-|=/.test(word) && !LAUNCHER_WORDS.has(word));
  if (next === -1) return "";
  const named = (rest[next] ?? "").replace(/(?<=.)@[^/]*$/, "");
  return Object.hasOwn(PROGRAMS, named) ? named : programOf(rest.slice(next));
}

function baseName(path: string): string {
  const name = path.split(/[/\\]/).at(-1) ?? "";
  return name.toLowerCase().replace(/\.(?:exe|cmd|bat|ps1|m?js|py|sh)$/, "");
}
