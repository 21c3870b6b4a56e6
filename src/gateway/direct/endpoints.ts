// Which of a provider's paths may be called (passthrough 7, `endpoints`), and paths that must never leave.

export type Endpoints = "all" | ReadonlySet<EndpointName>;

/** Path beginnings without version, in the order a reader would name them. */
const PATHS = {
  chat: ["/chat/completions"],
  completions: ["/completions"],
  embeddings: ["/embeddings"],
  models: ["/models"],
  responses: ["/responses"],
  messages: ["/messages"],
  audio: ["/audio"],
} as const satisfies Record<string, readonly string[]>;

export type EndpointName = keyof typeof PATHS;

export const ENDPOINT_NAMES: readonly EndpointName[] = [
  "chat",
  "completions",
  "embeddings",
  "models",
  "responses",
  "messages",
  "audio",
];

const VERSION = /^\/v\d+(?:[a-z]+\d*)?(?=\/)/i;
// `.` and `..` as segments, percent-encoded or not, also before a `;` parameter; backslashes; NUL.
const ESCAPES = /(?:^|[/\\]|%2f|%5c)(?:\.|%2e){1,2}(?:$|[/\\;]|%2f|%5c|%3b)|\\|%00/i;

/** `path` is the client's, without query. */
export function isEndpointAllowed(path: string, endpoints: Endpoints): boolean {
  if (endpoints === "all") return true;
  const rest = path.replace(/^\/+/, "/").replace(VERSION, "");
  for (const name of endpoints) {
    if (PATHS[name].some((start) => rest === start || rest.startsWith(`${start}/`))) return true;
  }
  return false;
}

/** Whether the path could climb out of the provider's root. `path` is without query. */
export function isEscapingPath(path: string): boolean {
  return ESCAPES.test(path);
}
