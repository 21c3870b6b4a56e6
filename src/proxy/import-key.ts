// Whether a keeper can host a configuration: LiteLLM's import must have seen the environment that it wants.
import type { GenerationSpec, KeeperSpec } from "../core/proxy-spec.ts";

type Variables = Readonly<Record<string, string>>;

/** Ours: they say how a keeper is run, and LiteLLM reads none of them. */
const OWN = "SIDELITE_";

export function canHost(
  keeper: Pick<KeeperSpec, "importEnvironment">,
  { importEnvironment: wanted }: Pick<GenerationSpec, "importEnvironment">,
): boolean {
  const [one, other] = [keeper.importEnvironment, wanted].map(readable);
  return one === other;
}

/** The keeper that can. */
export function keeperFor(
  keeper: KeeperSpec,
  { importEnvironment: wanted }: Pick<GenerationSpec, "importEnvironment">,
): KeeperSpec {
  const own = Object.entries(keeper.importEnvironment).filter(([name]) => name.startsWith(OWN));
  return { ...keeper, importEnvironment: { ...wanted, ...Object.fromEntries(own) } };
}

/** Compared, never kept or shown. */
function readable(variables: Variables): string {
  const entries = Object.entries(variables).filter(([name]) => !name.startsWith(OWN));
  return JSON.stringify(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
