// Makes text from elsewhere harmless on a terminal.

/** Replaces control characters (tab and line feed excepted) by a visible `\xNN`. */
export function sanitize(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
