// The LiteLLM config that `validate` was given: a file, or what comes on stdin.
import type { Readable } from "node:stream";
import type { LitellmSource } from "../config/litellm-source.ts";
import { DEFAULT_LIMITS } from "../core/document.ts";
import { parseYaml } from "../core/yaml.ts";
import { readStdin, STDIN } from "../platform/read-stdin.ts";

export function fileSource(path: string): LitellmSource {
  return { kind: "file", path, origin: { layer: "flags", place: { source: path } } };
}

/** YAML, of which JSON is a part. Throws UserError. */
export async function stdinSource(
  stdin: Readable,
  cwd: string,
  signal: AbortSignal,
): Promise<LitellmSource> {
  const source = STDIN;
  const { maxBytes } = DEFAULT_LIMITS;
  const parsed = parseYaml(
    await readStdin(stdin, { maxBytes, what: "LiteLLM config", signal }),
    source,
  );
  return {
    kind: "value",
    value: parsed.value,
    source,
    baseDir: cwd,
    place: (path) => parsed.place(path),
    origin: { layer: "flags", place: { source } },
  };
}
