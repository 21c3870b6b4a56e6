// Where a provider's or an agent's block stands in the file that a command changes.
import type { YamlPath } from "../core/document.ts";
import { problem, UserError } from "../core/errors.ts";
import { nearest } from "../core/suggest.ts";
import type { Provider } from "../gateway/direct/provider.ts";
import { getAt } from "../litellm/tree.ts";
import type { OpenedDirect } from "./direct-source.ts";

/** Throws UserError("usage") with near names. */
export function findProvider({ config }: OpenedDirect, name: string): Provider {
  const found = config.providers.get(name);
  if (found !== undefined) return found;
  const isOff = config.disabledProviders.includes(name);
  throw unknown("provider", name, config.providers.keys(), isOff);
}

/** One whose block can be changed here. Throws UserError("usage"). */
export function editableProvider(opened: OpenedDirect, name: string): Provider {
  const provider = findProvider(opened, name);
  blockPath(opened, "providers", name);
  return provider;
}

/** Of the whole block. Throws UserError("usage"): no such block, or it stands in an included file. */
export function blockPath(
  opened: OpenedDirect,
  kind: "providers" | "agents",
  name: string,
): YamlPath {
  const { main } = opened.documents;
  const plain: YamlPath = ["sidelite", kind, name];
  const parsed = kind === "providers" ? opened.config.providers.get(name)?.path : undefined;
  const path = parsed?.at(-1) === "config" ? parsed.slice(0, -1) : (parsed ?? plain);
  if (getAt(main.value, path) !== undefined) return path;
  const known =
    kind === "providers"
      ? opened.config.providers.keys()
      : opened.config.agents.map((agent) => agent.name);
  const word = kind === "providers" ? "provider" : "agent";
  if ([...known].includes(name)) {
    const remedy = "name that file by --proxy-config-file, or edit it by hand";
    throw new UserError(
      "usage",
      problem(`the ${word} ${name} stands in an included file`, { remedy }),
    );
  }
  throw unknown(word, name, known, false);
}

/** Throws UserError("usage"): the name is taken. */
export function freePath(
  opened: OpenedDirect,
  kind: "providers" | "agents",
  name: string,
): YamlPath {
  const path: YamlPath = ["sidelite", kind, name];
  const { config, documents } = opened;
  const isTaken =
    getAt(documents.main.value, path) !== undefined ||
    (kind === "providers"
      ? config.providers.has(name)
      : config.agents.some((agent) => agent.name === name));
  const word = kind === "providers" ? "provider" : "agent";
  if (isTaken) {
    const remedy =
      kind === "providers"
        ? `change it: sidelite provider edit ${name} ...`
        : `remove it first: sidelite agent rm ${name}`;
    throw new UserError("usage", problem(`there is a ${word} ${name} already`, { remedy }));
  }
  if (
    kind === "providers" &&
    Array.isArray(getAt(documents.main.value, ["sidelite", "providers"]))
  ) {
    const remedy = "add it to the list by hand, or write the providers as a mapping by name";
    throw new UserError("usage", problem("the providers are written as a list", { remedy }));
  }
  return path;
}

function unknown(word: string, name: string, known: Iterable<string>, isOff: boolean): UserError {
  const names = [...known];
  const near = nearest(name, names);
  const add = word === "provider" ? "--base-url URL" : "--model-name MODEL";
  const list =
    names.length === 0
      ? `there is none yet; add it: sidelite ${word} add ${name} ${add}`
      : `there is ${names.slice(0, 10).join(", ")}`;
  const remedy = near.length > 0 ? `did you mean ${near.join(" or ")}?` : list;
  const message = isOff ? `the ${word} ${name} is switched off` : `there is no ${word} ${name}`;
  return new UserError("usage", problem(message, { remedy }));
}
