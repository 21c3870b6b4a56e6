// The model string by which a subagent's requests are told apart: `child-alias::agent::analyst`.

export interface ScopedRoute {
  /** What the upstream calls the model. */
  readonly model: string;
  readonly agent: string;
}

/** Ours first, then Tracecat's. */
const SEPARATORS = ["::agent::", "::tracecat-subagent::"] as const;

export function parseScopedRoute(model: string): ScopedRoute | null {
  for (const separator of SEPARATORS) {
    const at = model.lastIndexOf(separator);
    if (at <= 0 || at + separator.length === model.length) continue;
    return { model: model.slice(0, at), agent: model.slice(at + separator.length) };
  }
  return null;
}

/** Every form under which the route is looked up; the first is the one to show. */
export function renderScopedRoutes(route: ScopedRoute): [string, ...string[]] {
  const [first, ...rest] = SEPARATORS.map((separator) => route.model + separator + route.agent);
  return [first ?? "", ...rest];
}
