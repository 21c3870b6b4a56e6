// How a request's body is looked at, by path and media type.
import { hasBody } from "./body.ts";
import type { Head } from "./head.ts";
import type { PathMatch } from "./paths.ts";
import { Refusal } from "./refusal.ts";

/** Forms that a web page can send without asking first; LiteLLM would read one of them as parameters. */
const SIMPLE_FORMS = new Set(["application/x-www-form-urlencoded", "text/plain"]);
const NOT_SIMPLE = new Refusal("media-type", "Send the body as application/json");

/**
 * LiteLLM reads a body as JSON whatever its type says, forms excepted, so every other body is scanned;
 * `raw` only where a form with files is meant, or on a path that the user added.
 */
export function bodyRule(head: Head, match: PathMatch): "json" | "raw" | Refusal {
  const type = head.mediaType;
  if (type === null || !hasBody(head)) return "json";
  if (SIMPLE_FORMS.has(type)) return NOT_SIMPLE;
  if (type === "multipart/form-data") return match.form ? "raw" : NOT_SIMPLE;
  return match.kind === "extra" && type !== "application/json" ? "raw" : "json";
}
