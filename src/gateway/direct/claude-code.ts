// Requests of Claude Code that a provider need not understand: telemetry and token counting.

const EVENT_LOGGING = /^\/+(?:v\d+\/)?api\/event_logging(?:\/|$)/;
const COUNT_TOKENS = /\/messages\/count_tokens$/;

/** Telemetry goes nowhere: the gateway answers 204. `path` is without query. */
export function isEventLogging(path: string): boolean {
  return EVENT_LOGGING.test(path);
}

export function isCountTokens(path: string): boolean {
  return COUNT_TOKENS.test(path);
}
