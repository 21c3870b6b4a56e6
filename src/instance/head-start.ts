// LiteLLM's import, begun before the configuration is understood: the longest part of a start, and it needs none of it.
import type { Config } from "../config/config.ts";
import type { LitellmSource } from "../config/litellm-source.ts";
import { isSameData } from "../core/change.ts";
import type { Environment, Host } from "../core/host.ts";
import type { KeeperSpec } from "../core/proxy-spec.ts";
import { importEnvironment } from "../litellm/import-environment.ts";
import type { Cookie } from "../platform/cookie.ts";
import { createCookie } from "../platform/cookie.ts";
import { readLimited } from "../platform/files.ts";
import type { EarlyKeeper } from "../proxy/launch-keeper.ts";
import { launchEarly } from "../proxy/launch-keeper.ts";
import { holdInstalled } from "../runtime/ensure.ts";
import type { HeldRuntime } from "../runtime/runtime.ts";
import { instancePaths } from "../state/paths.ts";
import { readRecord } from "../state/record.ts";

const MODELS = "model_list";
/** Bytes. */
const LARGEST_LOOK = 1 << 20;

export interface HeadStart {
  /** The instance's: the keeper carries it already. */
  readonly cookie: Cookie;
  /** The keeper, if it is what `wanted` says; the caller supervises it from now on. */
  take(wanted: KeeperSpec): EarlyKeeper | null;
  /** Ends what was not taken. */
  end(): Promise<void>;
}

/**
 * null: LiteLLM is perhaps not needed, not installed, cannot be run, or the instance runs already; the usual way finds
 * out and tells.
 */
export async function beginHeadStart(
  { home }: Config,
  source: LitellmSource,
  name: string,
  host: Host,
): Promise<HeadStart | null> {
  if (!(await mentionsModels(source))) return null;
  const { record } = instancePaths(home.dir, name, host.env);
  if ((await readRecord(record, host.now()))?.state === "running") return null;
  const runtime = await holdInstalled("litellm", home.runtimesDir);
  if (runtime === null) return null;
  const cookie = createCookie(name);
  const launch = keeperLaunch(runtime, importEnvironment(host.env, []), cookie, host.env);
  try {
    return new Begun(await launchEarly(launch), runtime, cookie);
  } catch {
    await runtime.release();
    return null;
  }
}

/** How the keeper of an instance is run. */
export function keeperLaunch(
  runtime: HeldRuntime,
  environment: Readonly<Record<string, string>>,
  cookie: Cookie,
  { SIDELITE_FORK = "" }: Environment,
): Omit<KeeperSpec, "socketDir"> {
  return {
    python: runtime.python,
    importEnvironment: { ...environment, SIDELITE_FORK, [cookie.name]: cookie.value },
    // LiteLLM puts the folder two above into sys.path: these are ours, and hold no module.
    cwd: runtime.dir,
    tag: "litellm",
  };
}

/** A look, not an understanding: a wrong answer costs time only. */
async function mentionsModels(source: LitellmSource): Promise<boolean> {
  if (source.kind === "text") return source.text.includes(MODELS);
  if (source.kind === "value") return JSON.stringify(source.value)?.includes(MODELS) ?? false;
  const read = readLimited(source.path, { maxBytes: LARGEST_LOOK, what: "LiteLLM config" });
  return read.then(
    ({ text }) => text.includes(MODELS) || text.includes("include"),
    () => false,
  );
}

class Begun implements HeadStart {
  readonly cookie: Cookie;
  readonly #runtime: HeldRuntime;
  #keeper: EarlyKeeper | null;

  constructor(keeper: EarlyKeeper, runtime: HeldRuntime, cookie: Cookie) {
    this.cookie = cookie;
    this.#runtime = runtime;
    this.#keeper = keeper;
  }

  take({ python, importEnvironment: environment, cwd, tag }: KeeperSpec): EarlyKeeper | null {
    const keeper = this.#keeper;
    const wanted = { python, importEnvironment: environment, cwd, tag };
    if (keeper === null || !isSameData(keeper.launch, wanted)) return null;
    this.#keeper = null;
    return keeper;
  }

  async end(): Promise<void> {
    const keeper = this.#keeper;
    this.#keeper = null;
    await keeper?.end();
    await this.#runtime.release();
  }
}
