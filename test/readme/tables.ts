// The README's tables as the code defines them.
import { SETTING_NAMES, SETTINGS } from "../../src/config/settings.ts";
import { EXIT_CODES } from "../../src/core/exit-codes.ts";
import { Secret } from "../../src/core/secret.ts";
import { CLIENT_NAMES, clientVariables } from "../../src/litellm/clients.ts";
import { buildWorkerEnvironment, REMOVED } from "../../src/worker/environment.ts";

export const TABLES: Readonly<Record<string, () => string>> = {
  settings: () =>
    render(
      ["setting", "flag", "environment", "context file", "default"],
      SETTING_NAMES.map((name) => {
        const { label, flags, env, context, negatable, fallbackLabel } = SETTINGS[name];
        const flagNames = flags.map((flag) =>
          negatable === true ? flag.name.replace(/^--/, "--[no-]") : flag.name,
        );
        return [
          label,
          codes(flagNames),
          codes(env.map((each) => each.name)),
          codes(context.map((each) => each.name)),
          fallbackLabel,
        ];
      }),
    ),
  worker: () => {
    const { env } = buildWorkerEnvironment({
      inherited: {},
      adapter: "command",
      queueId: "Q",
      apiKey: new Secret("KEY"),
      controlPlaneUrl: "URL",
      access: {
        url: "URL",
        key: new Secret("KEY"),
        model: null,
        clientSet: {},
        clientUnset: [],
        hidden: [],
        hideEnv: [],
        keepEnv: [],
      },
    });
    return render(
      ["when", "set", "removed"],
      [
        ["with a proxy", codes(Object.keys(env)), codes(REMOVED)],
        ...CLIENT_NAMES.map((client) => {
          const { set, unset } = clientVariables(client, "URL", "KEY", null);
          return [`\`--client ${client}\``, codes(Object.keys(set)), codes(unset)];
        }),
      ],
    );
  },
  "exit-codes": () =>
    render(
      ["code", "meaning"],
      Object.values(EXIT_CODES)
        .map(({ code, meaning }) => [String(code), meaning])
        .toSorted(([a], [b]) => Number(a) - Number(b)),
    ),
};

function codes(names: readonly string[]): string {
  return names.length === 0 ? "-" : names.map((name) => `\`${name}\``).join(", ");
}

function render(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
