// The layer of the context file: the selected context, its user, and the file's own keys.
import { dirname } from "node:path";
import type { Problem } from "../core/errors.ts";
import { problem } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import { expandReferences } from "../core/references.ts";
import type { Found } from "./build-layer.ts";
import { buildLayer } from "./build-layer.ts";
import type { ContextFile } from "./context-file.ts";
import { selectSections } from "./context-sections.ts";
import type { Layer } from "./layer.ts";
import type { Spelling, Written } from "./spelling.ts";

/** `name` must be one of the file's contexts; null: none is selected, only the file's own keys count. */
export function buildContextLayer(
  file: ContextFile,
  name: string | null,
  { env, home }: Pick<Host, "env" | "home">,
): Layer {
  const { sections, problems } = selectSections(file, name);
  const layer = buildLayer({
    name: "context",
    baseDir: dirname(file.path),
    home,
    empty: "unset",
    find: (spelling) => {
      const section = sections[spelling.section ?? "litellm-proxy"];
      if (!section || !Object.hasOwn(section.value, spelling.name)) return null;
      const at = [...section.path, spelling.name];
      const written = {
        raw: section.value[spelling.name],
        place: file.document.place(at),
        path: pathOf(spelling),
        within: (path: readonly (string | number)[]) => file.document.place([...at, ...path]),
      };
      return expand(written, spelling, env);
    },
  });
  return { ...layer, problems: [...file.document.notices, ...problems, ...layer.problems] };
}

function expand(
  written: Written & { readonly path: string },
  spelling: Spelling<unknown>,
  env: Host["env"],
): Found | null {
  const { raw, place, path } = written;
  // The LiteLLM config's references are read where the config is understood.
  if (typeof raw !== "string" || spelling.name === "config-json") return written;
  const { value, missing, lookAlikes } = expandReferences(raw, env, {
    credential: spelling.credential === true,
  });
  const deferred: Problem[] = [
    ...missing.map((name) =>
      problem(`the variable ${name} is not set, or empty`, {
        place,
        path,
        remedy: `export ${name}`,
      }),
    ),
    ...lookAlikes.map(({ suggestion }) =>
      problem("a variable written like this is not expanded", {
        place,
        path,
        remedy: `write ${suggestion}`,
      }),
    ),
  ];
  if (deferred.length > 0) return { ...written, deferred };
  // `${env.NAME:=}` and `${env.NAME:+value}` may stand for nothing at all.
  return value === null ? null : { ...written, raw: value };
}

function pathOf({ name, section }: Spelling<unknown>): string {
  return section === "top" ? name : `${section ?? "litellm-proxy"}.${name}`;
}
