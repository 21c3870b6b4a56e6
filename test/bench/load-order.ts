// What the load generator is told and what it tells.

export interface LoadOrder {
  readonly target: { readonly host: string; readonly port: number } | { readonly path: string };
  /** The Host header. */
  readonly host: string;
  readonly key: string;
  /** Default: `/v1/chat/completions`. */
  readonly path?: string;
  /** Further header lines. */
  readonly headers?: readonly string[];
  /** Connections, each with one request at a time. */
  readonly clients: number;
  readonly requests: number;
  /** Bodies of 100 bytes to 48 KiB instead of all alike. */
  readonly mixedSizes: boolean;
  /** What counts as a right answer: the body itself (default), or any with status 200. */
  readonly expects?: "echo" | "success";
  /** Of random text in each body; default: 75. */
  readonly bytes?: number;
  /** In every answer; absent: the body comes back as an echo. */
  readonly answer?: string;
}

/** Times in ms. */
export interface LoadResult {
  readonly seconds: number;
  readonly answered: number;
  readonly p50: number;
  readonly p99: number;
  /** Lost, refused or not what was sent. */
  readonly wrong: number;
  readonly firstWrong: string | null;
}
