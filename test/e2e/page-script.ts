// The Kubiya page's commands in one script, as a reader pastes them: one block after the other, each in a terminal of its
// own.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { PROGRAM } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { redirectHosts } from "../fixtures/seed/commands.ts";

export interface Pasted {
  readonly block: string;
  readonly text: string;
  /** SIDELITE_RUNTIME_DIR. */
  readonly runtimes: string;
}

/** What a reader has: the page's files, and a context file with its example. `url`: of every provider. */
export async function furnish(home: TestHome, url: string): Promise<void> {
  const seed = (name: string): string =>
    redirectHosts(readFileSync(new URL(`../fixtures/seed/${name}`, import.meta.url), "utf8"), url);
  await home.write("litellm_config.yaml", oneModel("gpt-4", url));
  await home.write("litellm_bedrock.yaml", seed("bedrock.yaml"));
  await home.write("litellm_ollama.json", seed("ollama.json"));
  await home.write("litellm_azure.yaml", seed("azure.yaml"));
  const context = seed("context.yaml").replace("/Users/myuser", home.home);
  await home.write(join(home.state, "config"), context);
  await home.write(join(home.state, "litellm_production.yaml"), oneModel("team", url));
}

/** For bash. It tells the end of each block and ends with the first that fails. */
export function writeScript(
  home: TestHome,
  url: string,
  pasted: readonly Pasted[],
): Promise<string> {
  // The programs that a reader has installed.
  const programs = `set -e\nsidelite() { "${process.execPath}" "${PROGRAM}" "$@"; }\nollama() { :; }\ncurl() { :; }\n`;
  const aliases = "shopt -s expand_aliases\nalias kubiya=sidelite\n";
  const parts = pasted.map(({ block, text, runtimes }) => {
    const here = redirectHosts(text, url).replaceAll("/path/to/", `${home.cwd}/`);
    return `(\nexport SIDELITE_RUNTIME_DIR='${runtimes}'\n${here})\necho "ended ${block}"\n`;
  });
  return home.write("script.sh", [programs, aliases, ...parts].join("\n"));
}

function oneModel(name: string, url: string): string {
  const parameters = `{model: openai/${name}, api_key: made-up, api_base: ${url}/v1}`;
  return `model_list: [{model_name: ${name}, litellm_params: ${parameters}}]\n`;
}
