import { describe, expect, it } from "vitest";
import type { Setting } from "../../src/config/setting.ts";
import { SETTING_NAMES, SETTINGS } from "../../src/config/settings.ts";
import type { ContextSection, Spelling } from "../../src/config/spelling.ts";

// Copied from design 3.2, word for word.
const DESIGN = `
| setting | flag | env | context (\`litellm-proxy\`) | queue \`settings\` | default |
|---|---|---|---|---|---|
| enabled | \`--[no-]enable-local-proxy\` | \`KUBIYA_ENABLE_LOCAL_PROXY\` | \`enabled\` | \`enable_local_litellm_proxy\` | false |
| LiteLLM config | \`--proxy-config-file\`, \`--proxy-config-json\` | \`KUBIYA_PROXY_CONFIG_FILE\`, \`KUBIYA_PROXY_CONFIG_JSON\` | \`config-file\`, \`config-json\` (text or mapping) | \`litellm_config\` | - |
| model override | \`--model\` | \`KUBIYA_MODEL\` | \`model\` | - | - |
| readiness budget, s | \`--proxy-timeout\` | \`SIDELITE_PROXY_TIMEOUT\` | \`timeout-seconds\` | \`local_proxy_timeout_seconds\` (raised to 60, said so) | 120 |
| restarts per 10 min | \`--proxy-max-retries\` | \`SIDELITE_PROXY_MAX_RETRIES\` | \`max-retries\` | \`local_proxy_max_retries\` | 5 |
| gateway port | \`--proxy-port\` | \`SIDELITE_PROXY_PORT\` | \`port\` | - | auto |
| control-plane URL | \`--control-plane-url\` | \`KUBIYA_CONTROL_PLANE_BASE_URL\` > \`CONTROL_PLANE_GATEWAY_URL\` > \`CONTROL_PLANE_URL\` | \`api-url\` | - | \`https://control-plane.kubiya.ai\` |
| API key | - (never in argv) | \`KUBIYA_API_KEY\` | user's \`token\` | - | - |
| context | \`--context\` | \`KUBIYA_CONTEXT\` | \`current-context\` | - | - |
| context file | \`--config\` | \`KUBIYA_CONFIG\` | - | - | \`~/.kubiya/config\` |
`;

// Issue 6 and faults.md, remote settings.
const ADDED = `
| trust in the queue | - | - | \`trust-queue\` | - | - |
| trusted hosts | - | - | \`trust-hosts\` | - | - |
`;

const rows = (DESIGN.trim() + ADDED.trimEnd())
  .split("\n")
  .slice(2)
  .map((line) => line.split("|").slice(1, -1))
  .map(([label = "", flags = "", env = "", context = "", queue = "", fallback = ""]) => ({
    label: label.trim(),
    flags: codes(flags),
    env: codes(env),
    context: codes(context),
    queue: codes(queue),
    fallback: fallback.trim().replaceAll("`", ""),
  }));

describe("SETTINGS", () => {
  it("is the table of design 3.2, and what came to it", () => {
    const table = SETTING_NAMES.map((name) => rowOf(SETTINGS[name]));
    expect(table).toEqual(rows);
  });

  it("has every setting in the list of names", () => {
    expect(Object.keys(SETTINGS)).toEqual(SETTING_NAMES);
  });

  it("keeps its defaults and their labels together", () => {
    const defaults = Object.fromEntries(
      SETTING_NAMES.map((name) => [SETTINGS[name].fallbackLabel, SETTINGS[name].fallback]),
    );
    expect(defaults).toEqual({
      false: false,
      "-": null,
      "120": 120,
      "5": 5,
      auto: null,
      "https://control-plane.kubiya.ai": "https://control-plane.kubiya.ai",
      "~/.kubiya/config": null,
    });
  });

  it("takes context keys outside litellm-proxy where the design says so", () => {
    const sections = SETTING_NAMES.flatMap((name) =>
      SETTINGS[name].context.flatMap((spelling): [string, ContextSection][] =>
        spelling.section ? [[spelling.name, spelling.section]] : [],
      ),
    );
    expect(Object.fromEntries(sections)).toEqual({
      "api-url": "context",
      token: "user",
      "current-context": "top",
    });
  });
});

function rowOf(setting: Setting<never> | Setting<unknown>): (typeof rows)[number] {
  const no = setting.negatable ? "--[no-]" : "--";
  return {
    label: setting.label,
    flags: namesOf(setting.flags).map((name) => name.replace("--", no)),
    env: namesOf(setting.env),
    context: namesOf(setting.context),
    queue: namesOf(setting.queue),
    fallback: setting.fallbackLabel,
  };
}

function codes(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

function namesOf(spellings: readonly Spelling<unknown>[]): string[] {
  return spellings.map(({ name }) => name);
}
