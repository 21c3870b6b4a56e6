// The URL rule (passthrough 3): what a provider's base URL means, and where a request's path lands on it.

export interface BaseUrl {
  /** `https://host[:port]`, never touched by a request. */
  readonly origin: string;
  /** "" or `/prefix`, without version and final slash. */
  readonly root: string;
  /** `v1` as written; null when the base names none. */
  readonly version: string | null;
  /** Default query parameters; a request's own parameter of the same name wins. */
  readonly parameters: readonly Parameter[];
}

interface Parameter {
  readonly name: string;
  /** `name=value`, encoded as written. */
  readonly text: string;
}

export type ParsedBaseUrl =
  | { readonly base: BaseUrl; readonly notice: string | null }
  | { readonly problem: string; readonly remedy: string };

const VERSION = /^v\d+([a-z]+\d*)?$/i;
const ENDPOINT_TAIL =
  /\/(chat\/completions|completions|embeddings|models|responses|messages(\/count_tokens)?|audio\/(speech|transcriptions|translations)|images\/(generations|edits|variations)|moderations|rerank)$/i;

/** Problems and notices do not repeat the URL: it may come from a variable and hold a secret. */
export function parseBaseUrl(text: string): ParsedBaseUrl {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text.trim())) {
    const remedy = "write it as https://host/v1, or http://host:port/v1 for a server without TLS";
    return { problem: "is not a URL: it lacks http:// or https://", remedy };
  }
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return { problem: "is not a valid URL", remedy: "write it as https://host[:port][/path]" };
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return { problem: `uses ${url.protocol}//, not http or https`, remedy: "write https://" };
  }
  if (url.username !== "" || url.password !== "") {
    const remedy = "take `user:password@` out and use api_key or network.headers";
    return { problem: "contains a user name or password", remedy };
  }
  // `#` alone leaves no hash.
  if (url.href.includes("#")) {
    return { problem: "contains a fragment (#...)", remedy: "remove the # and what follows" };
  }
  let path = url.pathname.replaceAll(/\/{2,}/g, "/").replace(/\/$/, "");
  const tail = ENDPOINT_TAIL.exec(path)?.[0];
  if (tail !== undefined) path = path.slice(0, -tail.length);
  const last = path.slice(path.lastIndexOf("/") + 1);
  const version = VERSION.test(last) ? last : null;
  const base: BaseUrl = {
    origin: url.origin,
    root: version === null ? path : path.slice(0, -version.length - 1),
    version,
    parameters: parseParameters(url.search.slice(1)),
  };
  return {
    base,
    notice: tail === undefined ? null : `the endpoint ${tail} is left out of the base URL`,
  };
}

/** Path and query for the upstream. `raw` is the client's request target, which begins with a slash. */
export function joinPath(base: BaseUrl, raw: string): string {
  const mark = raw.indexOf("?");
  const path = collapse(mark === -1 ? raw : raw.slice(0, mark));
  return joinVersion(base, path) + joinQuery(base, mark === -1 ? "" : raw.slice(mark + 1));
}

/** Full URL of the model list. */
export function modelsUrl(base: BaseUrl): string {
  return base.origin + joinPath(base, "/models");
}

function joinVersion(base: BaseUrl, path: string): string {
  const slash = path.indexOf("/", 1);
  const first = slash === -1 ? path.slice(1) : path.slice(1, slash);
  if (!VERSION.test(first))
    return `${base.root}/${base.version ?? "v1"}${path === "/" ? "" : path}`;
  const isOther = base.version !== null && base.version.toLowerCase() !== first.toLowerCase();
  if (!isOther || first.toLowerCase() !== "v1") return base.root + path;
  return `${base.root}/${base.version}${slash === -1 ? "" : path.slice(slash)}`;
}

/** Clients whose base URL ends in a slash send `//v1/...`. */
function collapse(path: string): string {
  let start = 0;
  while (path[start + 1] === "/") start += 1;
  return start === 0 ? path : path.slice(start);
}

function joinQuery(base: BaseUrl, query: string): string {
  if (base.parameters.length === 0) return query === "" ? "" : `?${query}`;
  const own = parseParameters(query);
  const names = new Set(own.map(({ name }) => name));
  const defaults = base.parameters.filter(({ name }) => !names.has(name));
  return `?${[...own, ...defaults].map(({ text }) => text).join("&")}`;
}

function parseParameters(query: string): Parameter[] {
  if (query === "") return [];
  return query.split("&").map((text) => ({ name: text.split("=", 1)[0] ?? "", text }));
}
