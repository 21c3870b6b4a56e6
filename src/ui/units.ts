// Sizes and times as people read them.

/** `331 MB`, decimal. */
export function renderBytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}

/** `3.42 s`. */
export function renderSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
