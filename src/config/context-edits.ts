// What kubectl's verbs change in a context file, as changes of its document. Pure.
import type { Change } from "../core/change.ts";
import { isMapping } from "../core/converted.ts";
import { problem, UserError } from "../core/errors.ts";
import { nearest } from "../core/suggest.ts";
import type { ContextFile, Section } from "./context-file.ts";
import { CONTEXT_KEYS, PROXY_KEYS, TOP_KEYS, LIST_OF } from "./context-keys.ts";
import { currentContextOf } from "./locate.ts";

/** Keys to write into a context; a key that is undefined is removed. */
export interface ContextValues {
  readonly context: Readonly<Record<string, unknown>>;
  readonly proxy: Readonly<Record<string, unknown>>;
}

export function useContext(file: ContextFile, name: string): Change[] {
  requireNamed("context", name, file);
  return [setCurrent(name)];
}

/** Makes it if there is none of that name; a current one is not changed. */
export function setContext(
  file: ContextFile,
  name: string,
  { context, proxy }: ContextValues,
): Change[] {
  const found = file.contexts.get(name);
  if (!found) {
    const inner = hasKeys(proxy) ? { "litellm-proxy": written(proxy, PROXY_KEYS) } : {};
    const own = { ...written(context, CONTEXT_KEYS), ...inner };
    return [append("contexts", { name, context: own })];
  }
  const inner = [...found.path, "litellm-proxy"];
  const old = isMapping(found.value["litellm-proxy"]) ? found.value["litellm-proxy"] : {};
  return [
    ...keyChanges(found, context, CONTEXT_KEYS),
    ...keyChanges({ value: old, path: inner }, proxy, PROXY_KEYS, found),
  ];
}

export function deleteContext(file: ContextFile, name: string): Change[] {
  const { path } = requireNamed("context", name, file);
  const isCurrent = currentContextOf(file) === name;
  // A current context that is not there would be an error at every start.
  return [
    { kind: "remove", path: path.slice(0, -1) },
    ...(isCurrent ? [{ kind: "remove", path: ["current-context"] } as const] : []),
  ];
}

export function renameContext(file: ContextFile, from: string, to: string): Change[] {
  const { path } = requireNamed("context", from, file);
  if (file.contexts.has(to)) {
    const remedy = "choose another name, or delete that context first";
    throw new UserError("usage", problem(`there is a context ${to} already`, { remedy }));
  }
  const renamed: Change = { kind: "set", path: [...path.slice(0, -1), "name"], value: to };
  return currentContextOf(file) === from ? [renamed, setCurrent(to)] : [renamed];
}

export function setCredentials(file: ContextFile, name: string, token: string): Change[] {
  const found = file.users.get(name);
  if (!found) return [append("users", { name, user: { token } })];
  return [{ kind: "set", path: [...found.path, "token"], value: token }];
}

export function deleteCredentials(file: ContextFile, name: string): Change[] {
  const { path } = requireNamed("user", name, file);
  return [{ kind: "remove", path: path.slice(0, -1) }];
}

/** Contexts that name the user. */
export function contextsOf(file: ContextFile, user: string): string[] {
  return [...file.contexts].flatMap(([name, { value }]) => (value["user"] === user ? [name] : []));
}

const MAKING = { context: "set-context", user: "set-credentials" } as const;

function requireNamed(kind: "context" | "user", name: string, file: ContextFile): Section {
  const known = kind === "context" ? file.contexts : file.users;
  const found = known.get(name);
  if (found) return found;
  const near = nearest(name, known.keys());
  const remedy =
    near.length > 0
      ? `did you mean ${near.join(" or ")}?`
      : known.size > 0
        ? `there is ${[...known.keys()].slice(0, 10).join(", ")}`
        : `it has no ${LIST_OF[kind]} yet; make one: sidelite config ${MAKING[kind]} ${name}`;
  const place = { source: file.path };
  throw new UserError("usage", problem(`there is no ${kind} ${name}`, { place, remedy }));
}

function keyChanges(
  { value, path }: Section,
  values: Readonly<Record<string, unknown>>,
  order: readonly string[],
  parent?: Section,
): Change[] {
  // In a context without any, the proxy's section is one new key with its own place.
  if (parent && hasKeys(values) && Object.keys(value).length === 0) {
    return [{ kind: "set", path, value: written(values, order), order: CONTEXT_KEYS }];
  }
  return Object.entries(values).flatMap(([key, wanted]): Change[] => {
    if (wanted !== undefined) return [{ kind: "set", path: [...path, key], value: wanted, order }];
    return Object.hasOwn(value, key) ? [{ kind: "remove", path: [...path, key] }] : [];
  });
}

function setCurrent(name: string): Change {
  return { kind: "set", path: ["current-context"], value: name, order: TOP_KEYS };
}

function append(list: "contexts" | "users", value: unknown): Change {
  return { kind: "append", path: [list], value, order: TOP_KEYS };
}

/** What is to be there, in its order. */
function written(
  values: Readonly<Record<string, unknown>>,
  order: readonly string[],
): Record<string, unknown> {
  const keys = order.filter((key) => values[key] !== undefined);
  return Object.fromEntries(keys.map((key) => [key, values[key]]));
}

function hasKeys(values: Readonly<Record<string, unknown>>): boolean {
  return Object.values(values).some((value) => value !== undefined);
}
