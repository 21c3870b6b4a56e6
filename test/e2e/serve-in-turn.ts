// One instance that serves one configuration after the other, because a boot of LiteLLM costs seconds and a reload few.
import { join } from "node:path";
import { afterAll, expect } from "vitest";

import { runCli, startCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import type { Served } from "./serve.ts";
import { awaitServed } from "./serve.ts";

/** Serves the config file, a path or a name in the cwd; the first call starts the instance. */
export type ServeNext = (file: string) => Promise<Served>;

/** Stopped when the describe's tests are done. Which file is in force stands in the context file. */
export function serveInTurn(
  home: () => TestHome,
  env: () => Readonly<Record<string, string>>,
): ServeNext {
  let served: Served | undefined;
  afterAll(() => served?.cli.stop());
  return async (file) => {
    const path = join(home().cwd, file);
    await home().write(
      join(home().state, "config"),
      `current-context: served
contexts:
  - name: served
    context:
      litellm-proxy: {enabled: true, config-file: ${path}}
`,
    );
    if (served === undefined) {
      served = await awaitServed(startCli(home(), ["proxy", "start"], { env: env() }));
    } else {
      const reloaded = await runCli(home(), ["proxy", "reload"]);
      expect(reloaded.code, reloaded.stderr).toBe(0);
    }
    return served;
  };
}
