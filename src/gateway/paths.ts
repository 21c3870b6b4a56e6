// Which of LiteLLM's paths a worker's key reaches: inference and model lists, and what the user adds.

export interface PathMatch {
  readonly kind: "inference" | "models" | "extra";
  /** From the path (Azure, Gemini), else null. */
  readonly model: string | null;
  /** Takes a form with files. */
  readonly form: boolean;
}

export interface PathRules {
  /** null: not allowed. `path` as sent, without the query. */
  match(path: string): PathMatch | null;
}

const JSON_TAILS = [
  "chat/completions",
  "completions",
  "embeddings",
  "images/generations",
  "audio/speech",
];
const FORM_TAILS = [
  "audio/transcriptions",
  "audio/translations",
  "images/edits",
  "images/variations",
];
const OTHER_TAILS = [
  "responses",
  "responses/input_tokens",
  "messages",
  "messages/count_tokens",
  "moderations",
  "rerank",
  "realtime",
];

const INFERENCE: PathMatch = { kind: "inference", model: null, form: false };
const FORM: PathMatch = { kind: "inference", model: null, form: true };
const MODELS: PathMatch = { kind: "models", model: null, form: false };
const EXTRA: PathMatch = { kind: "extra", model: null, form: true };

const FIXED: ReadonlyMap<string, PathMatch> = new Map([
  ...[...JSON_TAILS, ...OTHER_TAILS].flatMap((tail) => both(tail, INFERENCE)),
  ...FORM_TAILS.flatMap((tail) => both(tail, FORM)),
  ...both("models", MODELS),
  ["/v2/rerank", INFERENCE],
  ["/v1beta/models", INFERENCE],
]);

/** `/openai/...` beyond these would be LiteLLM's pass-through to OpenAI with the user's own key. */
const DEPLOYMENT = new RegExp(
  `^/openai/deployments/(.+?)/(?:${[...JSON_TAILS, ...FORM_TAILS].join("|")})$`,
);
const GEMINI = /^\/(?:v1beta\/)?models\/(.+):[A-Za-z]+$/;
const MODEL = /^(?:\/v1|\/v1beta)?\/models\/(.+)$/;
const STORED_RESPONSE = /^(?:\/v1)?\/responses\/[^/]+(?:\/(?:input_items|cancel))?$/;

export function buildPathRules(allowPaths: readonly string[]): PathRules {
  const exact = new Set(allowPaths.filter((path) => !path.endsWith("/*")));
  const prefixes = allowPaths
    .filter((path) => path.endsWith("/*"))
    .map((path) => path.slice(0, -1));
  return {
    match(path) {
      const fixed = FIXED.get(path);
      if (fixed !== undefined) return fixed;
      const decoded = decodePath(path);
      if (decoded === null) return null;
      const model = (DEPLOYMENT.exec(decoded) ?? GEMINI.exec(decoded) ?? MODEL.exec(decoded))?.[1];
      if (model !== undefined) {
        const form = FORM_TAILS.some((tail) => decoded.endsWith(`/${tail}`));
        return { kind: "inference", model, form };
      }
      if (STORED_RESPONSE.test(decoded)) return INFERENCE;
      if (exact.has(decoded) || prefixes.some((prefix) => decoded.startsWith(prefix))) return EXTRA;
      return null;
    },
  };
}

function both(tail: string, match: PathMatch): [string, PathMatch][] {
  return [
    [`/v1/${tail}`, match],
    [`/${tail}`, match],
  ];
}

/** Control characters, what another parser could split at, and a second layer of encoding. */
// oxlint-disable-next-line no-control-regex
const AMBIGUOUS = /[\0-\x1f\x7f-\x9f\\;%#?]/;

/** The path as uvicorn will see it; null when a reader could see another one in it. */
function decodePath(path: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null; // not UTF-8, overlong forms included
  }
  if (AMBIGUOUS.test(decoded)) return null;
  const segments = decoded.split("/");
  if (segments.some((part, index) => index > 0 && (part === "" || part === "." || part === ".."))) {
    return null;
  }
  return decoded;
}
