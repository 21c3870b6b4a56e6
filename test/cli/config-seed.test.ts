import { appendFile, mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { useHome } from "../fixtures/use-home.ts";

// The seed's three recipes, word for word, as one shell script with `alias kubiya=sidelite`.
const DEV = `cat >> ~/.kubiya/config <<EOF
contexts:
  - name: dev
    context:
      api-url: https://control-plane.kubiya.ai
      litellm-proxy:
        enabled: true
        config-json: |
          {
            "model_list": [
              {"model_name": "llama3", "litellm_params": {"model": "ollama/llama3", "api_base": "http://localhost:11434"}}
            ]
          }
EOF

# 3. Switch to dev context and start worker
kubiya config use-context dev
`;
const STAGING = `# 1. Create staging LiteLLM config
cat > ~/.kubiya/litellm_staging.yaml <<EOF
model_list:
  - model_name: gpt-4
    litellm_params:
      model: azure/gpt-4-staging
      api_base: https://staging-instance.openai.azure.com
      api_key: os.environ/AZURE_STAGING_API_KEY
      api_version: "2024-02-15-preview"
EOF

# 2. Add to ~/.kubiya/config
cat >> ~/.kubiya/config <<EOF
contexts:
  - name: staging
    context:
      api-url: https://control-plane.kubiya.ai
      litellm-proxy:
        enabled: true
        config-file: ~/.kubiya/litellm_staging.yaml
EOF

# 3. Use it
kubiya config use-context staging
`;
const PRODUCTION = `# 1. Create production LiteLLM config
cat > ~/.kubiya/litellm_production.yaml <<EOF
model_list:
  - model_name: claude-3-5-sonnet
    litellm_params:
      model: bedrock/anthropic.claude-3-5-sonnet-20240620-v1:0
      aws_access_key_id: os.environ/AWS_ACCESS_KEY_ID
      aws_secret_access_key: os.environ/AWS_SECRET_ACCESS_KEY
      aws_region_name: us-east-1
EOF

# 2. Add to ~/.kubiya/config
cat >> ~/.kubiya/config <<EOF
contexts:
  - name: production
    context:
      api-url: https://control-plane.kubiya.ai
      litellm-proxy:
        enabled: true
        config-file: ~/.kubiya/litellm_production.yaml
EOF

# 3. Set AWS credentials and start
export AWS_ACCESS_KEY_ID="your-key"
export AWS_SECRET_ACCESS_KEY="your-secret"
kubiya config use-context production
`;

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
    const append = [PRODUCTION, DEV, STAGING].map((recipe) => recipe.replace(/^kubiya .*$/gm, ""));
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
