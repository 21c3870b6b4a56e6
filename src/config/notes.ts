// What a user should hear about settings that are valid but may not do what was meant.
import type { Problem } from "../core/errors.ts";
import { renderPlace } from "../core/place.ts";
import type { Rule } from "./checks.ts";
import { isProxyWanted, nameOf } from "./checks.ts";
import type { Merged } from "./layer.ts";
import type { Sources } from "./sources.ts";

/** Only for settings without a fault: they speak of what now happens. */
export const NOTES: readonly Rule[] = [
  noteOverruled,
  noteConfigNotEnabled,
  noteConfigSwitchedOff,
  noteUnproxied,
  noteUnreadQueue,
];

/** A lower layer's `false` under a command that implies the proxy. */
function noteOverruled(merged: Merged, { options }: Sources): readonly Problem[] {
  const enabled = merged.get("enabled").winner;
  if (options.command === "worker" || !enabled || enabled.value) return [];
  if (enabled.layer === "default") return [];
  const message = `it has no effect on \`sidelite ${nameOf(options.command)}\`, which always has the proxy`;
  return [{ severity: "notice", message, place: enabled.place }];
}

function noteConfigNotEnabled(merged: Merged, sources: Sources): readonly Problem[] {
  const { winner } = merged.get("litellm");
  if (!winner || isProxyWanted(merged, sources)) return [];
  if (merged.get("enabled").winner?.layer !== "default") return [];
  return [
    {
      severity: "notice",
      message: "this LiteLLM config is not used, because nothing enables the local proxy",
      place: winner.place,
      remedy:
        winner.layer === "context"
          ? "write `enabled: true` beside it, or use --enable-local-proxy"
          : "switch the proxy on in the queue settings, or use --enable-local-proxy",
    },
  ];
}

function noteConfigSwitchedOff(merged: Merged, { options }: Sources): readonly Problem[] {
  const enabled = merged.get("enabled").winner;
  const { winner } = merged.get("litellm");
  if (options.command !== "worker" || !winner || !enabled || enabled.value) return [];
  if (enabled.layer === "default" || !["flags", "env"].includes(winner.layer)) return [];
  const message = `this LiteLLM config is not used: ${renderPlace(enabled.place)} switches the proxy off`;
  return [{ severity: "notice", message, place: winner.place }];
}

function noteUnproxied(merged: Merged, sources: Sources): readonly Problem[] {
  const { options, queue } = sources;
  const enabled = merged.get("enabled").winner;
  if (isProxyWanted(merged, sources) || !enabled) return [];
  // Who switched it off here knows; the control plane's word comes unseen.
  if (enabled.layer === "queue") {
    const message = options.kubiyaWorker
      ? "the queue's settings switch the local proxy off: the worker uses the control plane's gateway"
      : "the queue's settings switch the local proxy off: the command starts without a proxy";
    return [{ severity: "notice", message, place: enabled.place }];
  }
  if (enabled.layer !== "default") return [];
  if (options.kubiyaWorker) {
    const message = "no local proxy is configured: the worker uses the control plane's gateway";
    return [{ severity: "notice", message }];
  }
  const why = queue === "no key" ? " and there is no key to ask for the queue's settings" : "";
  return [
    { severity: "notice", message: `the command starts without a proxy: none is configured${why}` },
  ];
}

function noteUnreadQueue(_: Merged, { options, queue }: Sources): readonly Problem[] {
  if (!options.verbose || queue !== "no source") return [];
  const message = "queue settings are not read yet: only flags, environment and context file count";
  return [{ severity: "notice", message }];
}
