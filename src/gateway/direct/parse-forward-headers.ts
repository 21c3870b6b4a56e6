// Parses `forward_headers` and `extra_blocked_headers`: default deny, every refusal reported.
import type { Fields } from "./fields.ts";
import { CORE_BLOCKED_HEADERS, isHeaderName } from "./header-names.ts";
import type { ForwardedHeader } from "./provider.ts";

/** null: neither field is there. */
export function parseForwardHeaders(fields: Fields): ForwardedHeader[] | null {
  const extra = parseExtraBlocked(fields);
  const mapping = fields.mapping("forward_headers");
  if (mapping === null) return null;
  return mapping.names.flatMap((key) => {
    const name = mapping.text(key)?.trim() ?? "";
    const lower = name.toLowerCase();
    const refusals: string[] = [];
    if (key.startsWith("__")) refusals.push("keys that start with __ are reserved");
    if (!isHeaderName(name)) refusals.push(`${JSON.stringify(name)} is not a header name`);
    else if (CORE_BLOCKED_HEADERS.has(lower)) {
      refusals.push(`the header ${name} can never be set from a request`);
    } else if (extra.has(lower)) {
      refusals.push(`the header ${name} is in extra_blocked_headers`);
    }
    for (const message of refusals)
      mapping.fail(key, message, "choose another name or remove the line");
    return refusals.length === 0 ? [{ key, name }] : [];
  });
}

function parseExtraBlocked(fields: Fields): Set<string> {
  const blocked = new Set<string>();
  for (const text of fields.texts("extra_blocked_headers") ?? []) {
    const name = text.trim().toLowerCase();
    if (name === "")
      fields.fail("extra_blocked_headers", "contains a blank name", "remove the entry");
    else blocked.add(name);
  }
  return blocked;
}
