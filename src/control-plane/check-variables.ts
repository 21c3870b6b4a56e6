// `environment_variables` of queue settings: only those of the callbacks they name, and no key of ours to a foreign host.
import type { YamlPath } from "../core/document.ts";
import { matchesHost } from "../core/host-pattern.ts";
import { isMapping } from "./plain-data.ts";
import type { RemoteCallback } from "./remote-callbacks.ts";
import { REMOTE_CALLBACKS } from "./remote-callbacks.ts";
import type { Findings, Shape } from "./shape.ts";
import { boolean, isReference, number, text } from "./shape.ts";

const REFERENCE = /^(?:os\.environ\/|env:)([A-Z_][A-Z0-9_]*)$/;

/** `callbacks`: the names that the settings switch on. */
export function checkVariables(
  callbacks: readonly string[],
  trustedHosts: readonly string[],
): Shape {
  const used = callbacks.flatMap((name): RemoteCallback[] => {
    const callback = Object.hasOwn(REMOTE_CALLBACKS, name) ? REMOTE_CALLBACKS[name] : undefined;
    return callback ? [callback] : [];
  });
  return (variables, path, findings) => {
    if (!isMapping(variables)) return findings.malformed(path, "is not an object");
    for (const [name, value] of Object.entries(variables)) {
      const at = [...path, name];
      if (!used.some((callback) => namesOf(callback).includes(name))) {
        const remedy = "only variables of a callback that the settings name may be set";
        findings.refuse(
          at,
          "is refused in queue settings: it would change LiteLLM's environment",
          remedy,
        );
      } else checkValue(value, at, findings, used);
    }
    for (const callback of used)
      checkAddresses(callback, variables, { path, findings, trustedHosts });
  };
}

function checkValue(
  value: unknown,
  path: YamlPath,
  findings: Findings,
  used: readonly RemoteCallback[],
): void {
  if (typeof value === "number") return number(Number.MAX_SAFE_INTEGER)(value, path, findings);
  if (typeof value === "boolean") return boolean(value, path, findings);
  const referred = typeof value === "string" ? REFERENCE.exec(value)?.[1] : undefined;
  const name = String(path.at(-1));
  const isOwnKey = used.some(
    ({ keys }) => keys.includes(name) && referred !== undefined && keys.includes(referred),
  );
  if (!isOwnKey) text()(value, path, findings);
}

interface Where {
  readonly path: YamlPath;
  readonly findings: Findings;
  readonly trustedHosts: readonly string[];
}

/** To a foreign host go only keys that the settings bring along. */
function checkAddresses(
  { addresses, keys, homes }: RemoteCallback,
  variables: Readonly<Record<string, unknown>>,
  { path, findings, trustedHosts }: Where,
): void {
  const ours = keys.filter((key) => {
    const value = variables[key];
    return typeof value !== "string" || value === "" || isReference(value);
  });
  for (const name of addresses) {
    const value = variables[name];
    if (typeof value !== "string" || value === "") continue;
    const at = [...path, name];
    const url = parseAddress(value);
    if (!url) findings.malformed(at, "is not an http or https address");
    else if (
      ours.length > 0 &&
      !matchesHost(url, [...(url.protocol === "https:" ? homes : []), ...trustedHosts])
    ) {
      const message = `would send this machine's ${ours.join(" and ")} to ${url.host}`;
      findings.refuse(
        at,
        message,
        `if you trust that host: \`trust-hosts: [${url.host}]\` under litellm-proxy: in your context`,
      );
    }
  }
}

/** A host alone stands for https. */
function parseAddress(value: string): URL | null {
  const address = value.includes("://") ? value : `https://${value}`;
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return null;
  const url = new URL(address);
  return url.username === "" && url.password === "" ? url : null;
}

function namesOf({ keys, addresses, others }: RemoteCallback): readonly string[] {
  return [...keys, ...addresses, ...others];
}
