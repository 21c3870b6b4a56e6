// Hides tokens and inline keys of a context file before it is shown.
import { isMapping } from "../core/converted.ts";
import { createRedactor } from "../core/redact.ts";
import { parseReferences } from "../core/references.ts";

const MASK = "***";
/** Rather too much than too little: only text is hidden, and a reference is none. */
const SECRET_NAME = /key|secret|token|passw|passphrase|credential|authorization|bearer|webhook/i;
/** LiteLLM configs as JSON text. */
const JSON_TEXT = /^config-json$/;

/** A copy of plain data. */
export function maskSecrets(data: unknown): unknown {
  const redactor = createRedactor();
  return mask(data, "", (text) => redactor.text(text));
}

function mask(data: unknown, name: string, redact: (text: string) => string): unknown {
  if (Array.isArray(data)) return data.map((item) => mask(item, name, redact));
  if (isMapping(data)) {
    const copy: Record<string, unknown> = Object.create(null);
    for (const [key, item] of Object.entries(data)) copy[key] = mask(item, key, redact);
    return copy;
  }
  if (typeof data !== "string" || data === "" || isReference(data)) return data;
  if (JSON_TEXT.test(name)) return maskJson(data, redact);
  return SECRET_NAME.test(name) ? MASK : redact(data);
}

/** A mapping means the same there, and can be read. */
function maskJson(text: string, redact: (text: string) => string): unknown {
  try {
    return mask(JSON.parse(text), "", redact);
  } catch {
    return MASK;
  }
}

function isReference(text: string): boolean {
  const [only, ...rest] = parseReferences(text, { credential: true }).parts;
  return rest.length === 0 && typeof only === "object" && only.operator === null;
}
