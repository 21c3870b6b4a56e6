// Every shape in which a secret may turn up in a log: as it is, quoted, in a URL, in base64 at any alignment.

/** Shorter values would hide ordinary words. */
const SHORTEST_SECRET = 8;
/** A line of a key file; shorter ones are too ordinary. */
const SHORTEST_LINE = 16;

/** Byte strings (latin1) to look for; empty for a value that is too short to be hidden. */
export function secretForms(value: string): string[] {
  if (Buffer.byteLength(value) < SHORTEST_SECRET) return [];
  const lines = value.split(/[\r\n]+/).map((line) => line.trim());
  const pieces = lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE) : [];
  const texts = [value, ...pieces].flatMap((text) => [text, quoted(text), ...urlEncoded(text)]);
  const forms = [...texts.map(toBytes), ...base64(value)];
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST_SECRET);
}

/** Text as a byte string: one character for each byte of its UTF-8. */
export function toBytes(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** JavaScript leaves `!'()*` alone and Python's quote leaves `/`: all three spellings, and `+` for a space. */
function urlEncoded(text: string): string[] {
  // A lone surrogate has no URL form.
  if (/\p{Surrogate}/u.test(text)) return [];
  const javascript = encodeURIComponent(text);
  const strict = javascript.replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return [
    javascript,
    strict,
    strict.replaceAll("%2F", "/"),
    strict.replaceAll("%20", "+"),
    strict.replace(/%../g, (hex) => hex.toLowerCase()),
  ];
}

/** Also inside a longer base64 text (`user:secret` of Basic): the characters at the ends belong to the neighbours. */
function base64(value: string): string[] {
  const bytes = Buffer.from(value);
  const inner = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const last = (bytes.length + shift) % 3 === 0 ? text.length : text.length - 1;
    return text.slice(shift === 0 ? 0 : shift + 1, last);
  });
  return inner.flatMap((text) => [text, text.replaceAll("+", "-").replaceAll("/", "_")]);
}
