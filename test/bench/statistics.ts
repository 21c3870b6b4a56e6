// Medians, percentiles, and measuring several sides in turns.

export interface Side {
  readonly name: string;
  measure(): Promise<number>;
}

/** Not a number for no values, which misses every bound. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return sorted[index] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/**
 * Measures every side once a round, each round beginning with another side, so that what drifts
 * on the machine falls on all alike. Values by side, in the order of the rounds.
 */
export async function alternate(
  sides: readonly Side[],
  rounds: number,
  say: (line: string) => void,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const values = new Map<string, number[]>(sides.map((side) => [side.name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const first = round % sides.length;
    for (const side of [...sides.slice(first), ...sides.slice(0, first)]) {
      values.get(side.name)?.push(await side.measure());
    }
    const told = sides.map(
      (side) => `${side.name} ${values.get(side.name)?.at(-1)?.toPrecision(4)}`,
    );
    say(`  round ${round + 1}: ${told.join(", ")}`);
  }
  return values;
}

/** The ratio of two sides' medians. */
export function ratio(
  values: ReadonlyMap<string, readonly number[]>,
  side: string,
  base: string,
): number {
  return median(values.get(side) ?? []) / median(values.get(base) ?? []);
}

/** The median of the rounds' own ratios: the sides of a round ran one after the other, on the same machine as it were. */
export function ratioOfRounds(
  values: ReadonlyMap<string, readonly number[]>,
  side: string,
  base: string,
): number {
  const bases = values.get(base) ?? [];
  return median(
    (values.get(side) ?? []).map((value, round) => value / (bases[round] ?? Number.NaN)),
  );
}
