import { appendFile, mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { commandBlock } from "../fixtures/seed/commands.ts";
import { useHome } from "../fixtures/use-home.ts";

/** What a recipe does to the context file; what it starts is run by e2e/seed-commands.test.ts. */
function recipe(name: string): string {
  return commandBlock(name).replaceAll(/^(?:kubiya worker start|ollama) .*$/gm, "");
}

// The seed's three recipes, word for word, as one shell script with `alias kubiya=sidelite`.
const [DEV, STAGING, PRODUCTION] = [recipe("development"), recipe("staging"), recipe("production")];

const EXISTING = `apiVersion: v1
kind: Config
current-context: default

contexts:
  - name: default
    context:
      api-url: https://control-plane.kubiya.ai
      # Add LiteLLM proxy configuration here
      litellm-proxy:
        enabled: true
        config-file: /Users/myuser/.kubiya/litellm_production.yaml

# ... rest of your config (users, organizations)
users:
  - name: me
    user: {token: os.environ/MY_KEY}
`;

async function paste(home: TestHome, ...recipes: readonly string[]) {
  const program = join(import.meta.dirname, "../../bin/sidelite.js");
  const head = `shopt -s expand_aliases\nset -e\nalias kubiya='"${process.execPath}" "${program}"'\n`;
  return runCli(home, ["-s"], { program: ["/bin/bash"], input: head + recipes.join("\n") });
}

async function names(home: TestHome): Promise<string[]> {
  const { stdout } = await runCli(home, ["config", "get-contexts", "-o", "name"]);
  return stdout.trim().split("\n");
}

describe("the seed's recipes", () => {
  it("work one after the other in a home with an empty folder", async () => {
    const home = await useHome();
    await mkdir(home.state);
    const pasted = await paste(home, DEV, STAGING, PRODUCTION);
    expect([pasted.code, pasted.stdout]).toEqual([0, ""]);
    expect(await names(home)).toEqual(["dev", "staging", "production"]);
    const text = await readFile(join(home.state, "config"), "utf8");
    expect(text.match(/^contexts:/gm)).toHaveLength(1);
    expect(text.startsWith("current-context: production\n")).toBe(true);
    expect((await stat(join(home.state, "config"))).mode & 0o777).toBe(0o600);
  });

  it("work with an existing config, whose every line stays", async () => {
    const home = await useHome();
    const path = join(home.state, "config");
    await home.write(path, EXISTING);
    expect((await paste(home, DEV, STAGING, PRODUCTION)).code).toBe(0);
    expect(await names(home)).toEqual(["default", "dev", "staging", "production"]);
    const text = await readFile(path, "utf8");
    for (const line of EXISTING.split("\n").filter((found) => !found.startsWith("current"))) {
      expect(text).toContain(line);
    }
  });

  it("work together in any order, and before the first command", async () => {
    const home = await useHome();
    await mkdir(home.state);
    const append = [PRODUCTION, DEV, STAGING].map((text) => text.replace(/^kubiya .*$/gm, ""));
    expect((await paste(home, ...append)).code).toBe(0);
    const before = await runCli(home, ["config", "current-context"]);
    expect(before.code).toBe(1);
    const used = await runCli(home, ["config", "use-context", "dev"]);
    expect([used.code, used.stderr]).toEqual([0, 'sidelite: switched to context "dev"\n']);
    const { stdout } = await runCli(home, ["config", "explain", "--json"]);
    const { litellm, contextFile } = JSON.parse(stdout);
    expect(contextFile.name).toBe("dev");
    expect(litellm).toContain("model_name: llama3");
  });

  it("pasted twice say which context stands twice, and break nothing", async () => {
    const home = await useHome();
    await mkdir(home.state);
    const pasted = await paste(home, STAGING, STAGING);
    expect(pasted.code).toBe(2);
    expect(pasted.stderr).toMatch(
      /config:10:5: contexts\[1\]: the context staging already stands in line 4/,
    );
  });

  it("after a line without its end name the glued line", async () => {
    const home = await useHome();
    const path = join(home.state, "config");
    await home.write(path, "apiVersion: v1\nkind: Config");
    await appendFile(path, "contexts:\n  - name: dev\n");
    const used = await runCli(home, ["config", "use-context", "dev"]);
    expect(used.code).toBe(2);
    expect(used.stderr).toMatch(/config:2:\d+: `contexts:` is glued/);
  });
});
