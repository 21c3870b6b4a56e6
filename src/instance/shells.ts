// How each shell, or file format, sets and unsets variables.

export interface Variables {
  readonly set: Readonly<Record<string, string>>;
  /** Would lead a client elsewhere. */
  readonly unset: readonly string[];
}

type Render = (variables: Variables) => string;

/** Version of the JSON's shape. */
const SCHEMA_VERSION = 1;

const SHELLS = {
  bash: posix,
  zsh: posix,
  fish: ({ set, unset }) =>
    lines(
      Object.entries(set).map(([name, value]) => `set -gx ${name} ${quoteFish(value)};`),
      unset.map((name) => `set -e ${name};`),
    ),
  powershell: ({ set, unset }) =>
    lines(
      Object.entries(set).map(([name, value]) => `$env:${name} = '${value.replaceAll("'", "''")}'`),
      unset.map((name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`),
    ),
  // A file of values has no way to unset.
  dotenv: ({ set }) =>
    lines(Object.entries(set).map(([name, value]) => `${name}=${quoteDotenv(value)}`)),
  json: ({ set, unset }) => JSON.stringify({ schemaVersion: SCHEMA_VERSION, set, unset }, null, 2),
} as const satisfies Record<string, Render>;

export type ShellName = keyof typeof SHELLS;

export const SHELL_NAMES: readonly ShellName[] = [
  "bash",
  "zsh",
  "fish",
  "powershell",
  "dotenv",
  "json",
];

export function renderVariables(shell: ShellName, variables: Variables): string {
  return SHELLS[shell](variables);
}

/** From `$SHELL`, a path; what is not known is taken for a POSIX shell. */
export function detectShell(shell: string | undefined): ShellName {
  return shell?.endsWith("/fish") ? "fish" : "bash";
}

function posix({ set, unset }: Variables): string {
  return lines(
    Object.entries(set).map(([name, value]) => `export ${name}=${quotePosix(value)}`),
    unset.length > 0 ? [`unset ${unset.join(" ")}`] : [],
  );
}

function lines(...parts: readonly (readonly string[])[]): string {
  return parts.flat().join("\n");
}

function quotePosix(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** In fish's single quotes only these two are special. */
function quoteFish(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** Single quotes are literal to every reader; a value with one needs the escapes of double quotes. */
function quoteDotenv(value: string): string {
  if (!/['\n\r]/.test(value)) return `'${value}'`;
  const escaped = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("$", "\\$");
  return `"${escaped.replaceAll("\n", "\\n").replaceAll("\r", "\\r")}"`;
}
