// Finds the parts of the context file that count for one context, and names what is odd in them.
import { isMapping } from "../core/converted.ts";
import { renderPath } from "../core/document.ts";
import type { Problem } from "../core/errors.ts";
import { problem } from "../core/errors.ts";
import { nearest } from "../core/suggest.ts";
import type { ContextFile, Section } from "./context-file.ts";
import { CONTEXT_KEYS, PROXY_KEYS, TOP_KEYS } from "./context-keys.ts";
import type { ContextSection } from "./spelling.ts";

export type Sections = Readonly<Partial<Record<ContextSection, Section>>>;

interface Known {
  readonly keys: readonly string[];
  /** The rest may belong to other programs: only likely slips are named. */
  readonly open: boolean;
}

const TOP: Known = { keys: TOP_KEYS, open: true };
const CONTEXT: Known = { keys: CONTEXT_KEYS, open: true };
const PROXY: Known = { keys: PROXY_KEYS, open: false };

export function selectSections(
  file: ContextFile,
  name: string | null,
): { readonly sections: Sections; readonly problems: readonly Problem[] } {
  const problems = unknownKeys(file.top, TOP, file);
  const context = name === null ? undefined : file.contexts.get(name);
  if (!context) return { sections: { top: file.top }, problems };
  problems.push(...unknownKeys(context, CONTEXT, file));
  const proxy = readProxy(context, file, problems);
  const user = readUser(context, file, problems);
  const own = { ...(proxy && { "litellm-proxy": proxy }), ...(user && { user }) };
  return { sections: { top: file.top, context, ...own }, problems };
}

function readProxy(context: Section, file: ContextFile, problems: Problem[]): Section | null {
  const value = context.value["litellm-proxy"] ?? null;
  if (value === null) return null;
  const section = { value, path: [...context.path, "litellm-proxy"] };
  if (isMapping(value)) {
    problems.push(...unknownKeys({ ...section, value }, PROXY, file));
    return { ...section, value };
  }
  const remedy = "indent enabled:, config-file: and so on below it";
  const place = file.document.place(section.path);
  problems.push(problem("is not a mapping", { place, path: "litellm-proxy", remedy }));
  return null;
}

/** A context without a user is fine: KUBIYA_API_KEY stays in force. */
function readUser(context: Section, file: ContextFile, problems: Problem[]): Section | null {
  const name = context.value["user"] ?? "";
  if (name === "") return null;
  const user = typeof name === "string" ? file.users.get(name) : undefined;
  if (user) return user;
  const near = typeof name === "string" ? nearest(name, file.users.keys()) : [];
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : "add it under `users:`;";
  problems.push({
    severity: "warning",
    message: typeof name === "string" ? `there is no user ${name}` : "the name is not text",
    place: file.document.place([...context.path, "user"]),
    path: "context.user",
    remedy: `${hint} until then the key can only come from KUBIYA_API_KEY`,
  });
  return null;
}

function unknownKeys({ value, path }: Section, known: Known, file: ContextFile): Problem[] {
  return Object.keys(value).flatMap((key): Problem[] => {
    if (known.keys.includes(key)) return [];
    const near = nearest(key, known.keys);
    if (known.open && near.length === 0) return [];
    return [
      {
        severity: "warning",
        message: "the key is not known and has no effect",
        place: file.document.place([...path, key]),
        path: renderPath([...path, key]),
        remedy:
          near.length > 0
            ? `did you mean ${near.join(" or ")}?`
            : `known keys: ${known.keys.join(", ")}`,
      },
    ];
  });
}
