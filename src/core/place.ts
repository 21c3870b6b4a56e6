// Where a value or a problem stands: a file with line and column, a flag, a variable.

export interface Place {
  /** What a person would look at: a file path, `--model`, `KUBIYA_MODEL`, `--proxy-config-json`. */
  readonly source: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
}

/** `file:3:5`, `file`, `--model`. */
export function renderPlace(place: Place): string {
  const column = place.column === undefined ? "" : `:${place.column}`;
  return place.line === undefined ? place.source : `${place.source}:${place.line}${column}`;
}
