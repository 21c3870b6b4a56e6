// Every size, count and time limit of the gateway, each with its reason.

export interface Limits {
  readonly bodyBytes: number;
  readonly wholeBodyBytes: number;
  readonly bufferedBytes: number;
  readonly headerBytes: number;
  readonly headersMs: number;
  readonly bodyIdleMs: number;
  readonly lingerMs: number;
  readonly keepAliveMs: number;
  readonly connections: number;
  readonly inFlight: number;
  readonly modelsHoldMs: number;
  readonly retryMs: number;
}

/** What `startGateway` and `createUpstreamSet` use where nothing else is asked. */
export const LIMITS = {
  /** Largest request body (413): images and long contexts fit, a runaway client does not. */
  bodyBytes: 50 * 1024 * 1024,
  /** A body up to here is collected and sent in one write; a larger one streams. */
  wholeBodyBytes: 128 * 1024,
  /** Bodies of all requests that wait in memory for their `model` to be found (503). */
  bufferedBytes: 256 * 1024 * 1024,
  /** Node's own default, said here because it is a promise (431). */
  headerBytes: 16 * 1024,
  /** From the connection, or the last response, to the end of a request's head (408). */
  headersMs: 10_000,
  /** Between two pieces of a request's body while we read it (408). */
  bodyIdleMs: 60_000,
  /** How long a refused request may go on sending its body, so that its client reads the answer. */
  lingerMs: 2_000,
  /** Idle client connections: above every SDK's own limit (5 to 60 s), so the client closes first. */
  keepAliveMs: 75_000,
  /** Idle connections to a generation: below uvicorn's 300 s, so that it never closes first. */
  poolIdleMs: 60_000,
  /** Client connections; beyond it new ones are closed at once. */
  connections: 4_096,
  /** Requests under way, held ones included (503). */
  inFlight: 2_048,
  /** Held requests (503). */
  held: 1_024,
  /** `/v1/models` waits this long for LiteLLM, then names the configured models: clients give up at 10 s. */
  modelsHoldMs: 5_000,
  /** How long a request goes on trying to connect, after the first failure. */
  retryMs: 30_000,
  /** Told to clients while LiteLLM restarts. */
  retryAfterSeconds: 5,
} as const satisfies Limits & Record<string, number>;
