// One line for each request: never a header, a query or content.

export interface AccessRecord {
  readonly id: string;
  /** Who asked; null: nobody we know. */
  readonly principal: string | null;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly model: string | null;
  /** 0: no answer, the client had left. */
  readonly status: number;
  readonly ms: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly cut: "client" | "upstream" | null;
}

const MAX_TEXT = 200;

export function renderAccess(record: AccessRecord): string {
  const { id, principal, method, path, model, status, ms, bytesIn, bytesOut, cut } = record;
  // What the seed's `grep -i "rate limit"` looks for.
  const limited = status === 429 ? " rate limit" : "";
  const end = cut === null ? "" : ` cut=${cut}`;
  return `access ${id} ${principal ?? "-"} ${method} ${plain(path)} model=${plain(model ?? "-")} ${status} ${ms.toFixed(1)}ms in=${bytesIn} out=${bytesOut}${end}${limited}`;
}

/** A client's own words must not make lines or colours in a terminal. */
function plain(text: string): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
  return /[^!-~]/.test(short) ? short.replaceAll(/[^!-~]/g, "?") : short;
}
