// The merged settings in the shape of a context file: one context with all that is in force.
import type { LitellmSource } from "./litellm-source.ts";
import type { Merged } from "./layer.ts";
import { Secret } from "../core/secret.ts";
import type { SettingName, SettingValues } from "./setting.ts";
import { SETTING_NAMES, SETTINGS } from "./settings.ts";

const NAME = "merged";

/** Secrets are in it: to be masked before it is shown. */
export function buildMergedView(merged: Merged): Record<string, unknown> {
  const name = merged.get("context").winner?.value ?? NAME;
  const sections: Record<"context" | "user" | "top" | "litellm-proxy", Record<string, unknown>> = {
    top: {},
    context: {},
    user: {},
    "litellm-proxy": {},
  };
  for (const setting of SETTING_NAMES) {
    const { winner } = merged.get(setting);
    if (!winner) continue;
    for (const spelling of SETTINGS[setting].context) {
      const written = write(winner.value, spelling.name);
      if (written !== undefined)
        sections[spelling.section ?? "litellm-proxy"][spelling.name] = written;
    }
  }
  const hasUser = Object.keys(sections.user).length > 0;
  const context = {
    ...sections.context,
    ...(hasUser && { user: name }),
    "litellm-proxy": sections["litellm-proxy"],
  };
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [{ name, context }],
    ...(hasUser && { users: [{ name, user: sections.user }] }),
  };
}

/** undefined: this spelling does not fit the value. */
function write(value: SettingValues[SettingName], spelling: string): unknown {
  if (value instanceof Secret) return value.reveal();
  if (typeof value !== "object" || !("kind" in value)) return value;
  return spelling === "config-file" ? pathOf(value) : inlineOf(value);
}

function pathOf(source: LitellmSource): string | undefined {
  return source.kind === "file" ? source.path : undefined;
}

function inlineOf(source: LitellmSource): unknown {
  if (source.kind === "file") return undefined;
  return source.kind === "text" ? source.text : source.value;
}
