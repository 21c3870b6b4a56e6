// The keys of the context file that sidelite knows, each section in the order in which it is written.
import { SETTING_NAMES, SETTINGS } from "./settings.ts";

export const TOP_KEYS = [
  "apiVersion",
  "kind",
  "current-context",
  "contexts",
  "users",
  "organizations",
];

export const CONTEXT_KEYS = ["api-url", "organization", "user", "use-v1-api", "litellm-proxy"];

/** Those of `litellm-proxy`, by the table of settings. */
export const PROXY_KEYS: readonly string[] = SETTING_NAMES.flatMap((setting) =>
  SETTINGS[setting].context.flatMap(({ section, name }) => (section ? [] : [name])),
);

/** The list that holds named items of a kind. */
export const LIST_OF = { context: "contexts", user: "users" } as const;
