// The templates of `init`: each is sound, prepares without a word, and says truly what it needs.
import { lstat, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/core/errors.ts";
import { parseYaml } from "../../src/core/yaml.ts";
import { parseDirect } from "../../src/gateway/direct/parse-direct.ts";
import { findCredentials } from "../../src/instance/init-credentials.ts";
import { renderTemplate, schemaReference, writeConfigFile } from "../../src/instance/init-file.ts";
import type { Template } from "../../src/instance/init-templates.ts";
import { findTemplate, readTemplates } from "../../src/instance/init-templates.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { userErrorOf } from "../fixtures/user-error.ts";
import { prepare } from "../litellm/prepared.ts";

const NAMES = [
  "anthropic",
  "azure",
  "azure-multi",
  "bedrock",
  "bedrock-assumed-role",
  "bedrock-role",
  "groq",
  "langfuse",
  "multi-provider",
  "ollama",
  "openai",
  "passthrough",
  "redis-cache",
  "vertex",
  "vllm",
];

const templates = await readTemplates();

/** Every variable that the template refers to, made up. */
function envOf({ variables }: Template): Record<string, string> {
  return Object.fromEntries(
    variables.map((name) => {
      const isAddress = /_(BASE|BASE_URL|HOST)$/.test(name);
      return [name, isAddress ? "https://gateway.example" : `made-up-${name.toLowerCase()}`];
    }),
  );
}

it("has a template for each provider and purpose", () => {
  expect(templates.map(({ name }) => name)).toEqual(NAMES);
});

describe.each(templates)("$name", (template) => {
  const source = `/home/user/litellm_${template.name}.yaml`;
  const env = envOf(template);

  it("begins with its schema and its purpose", async () => {
    const [first = "", second = ""] = template.text.split("\n");
    expect(first).toMatch(/^# yaml-language-server: \$schema=\S+$/);
    const schema = new URL(
      first.split("=")[1] ?? "",
      new URL("../../templates/init/", import.meta.url),
    );
    await expect(lstat(schema)).resolves.toBeTruthy();
    expect(second).toBe(`# ${template.title}`);
    expect(template.title).toMatch(/^.{10,60}$/);
    expect(template.text).toMatch(/[^\n]\n$/);
  });

  it("prepares without a problem", () => {
    const prepared = prepare(template.text, { source, env });
    expect(prepared.problems).toEqual([]);
    const names = [...prepared.models.exact, ...prepared.models.wildcard];
    expect(names.length > 0 || template.name === "passthrough").toBe(true);
    for (const value of Object.values(env)) {
      if (value.startsWith("made-up-")) expect(prepared.rendered).not.toContain(value);
    }
  });

  it("asks for exactly the variables that it names", () => {
    const { unset, exit } = unsetVariables(template, source);
    expect(unset.toSorted()).toEqual(template.variables.toSorted());
    expect(exit).toBe(unset.length === 0 ? null : "usage");
  });
});

it("routes the passthrough template's model directly", async () => {
  const template = await findTemplate("passthrough");
  const parsed = parseYaml(template.text, "test.yaml");
  const { providers, agents } = sectionOf(parsed.value);
  const env = envOf(template);
  const place = () => ({ source: "test" });
  const { config, problems } = parseDirect({
    providers,
    agents,
    place,
    env,
    home: null,
    baseDir: null,
  });
  expect(problems).toEqual([]);
  expect(config.agents).toMatchObject([
    { modelName: "customer-alias", passthrough: true, provider: { name: "customer" } },
  ]);
});

describe("findTemplate", () => {
  it.each([
    ["openia", "did you mean openai?"],
    ["bedrock_role", "did you mean bedrock-role?"],
    ["azur", "did you mean azure or azure-multi?"],
    ["sagemaker", `use one of: ${NAMES.join(", ")}`],
    ["../schema/x", `use one of: ${NAMES.join(", ")}`],
  ])("names what may be meant by %s", async (name, remedy) => {
    const error = await userErrorOf(findTemplate(name));
    expect(error).toMatchObject({ exit: "usage", problems: [{ remedy }] });
  });
});

describe("schemaReference", () => {
  it.each([
    ["/home/u/app", "/home/u/app/node_modules/sidelite/s.json", "./node_modules/sidelite/s.json"],
    [
      "/home/u/app/a",
      "/home/u/app/node_modules/sidelite/s.json",
      "../node_modules/sidelite/s.json",
    ],
    [
      "/home/u/other",
      "/home/u/app/node_modules/sidelite/s.json",
      "file:///home/u/app/node_modules/sidelite/s.json",
    ],
    [
      "/home/u/app2",
      "/home/u/app/node_modules/sidelite/s.json",
      "file:///home/u/app/node_modules/sidelite/s.json",
    ],
    [
      "/home/u",
      "/usr/lib/node_modules/sidelite/s.json",
      "file:///usr/lib/node_modules/sidelite/s.json",
    ],
    ["/home/u", "/home/u/my clones/sidelite/s.json", "file:///home/u/my%20clones/sidelite/s.json"],
  ])("from %s to %s", (folder, schema, expected) => {
    expect(schemaReference(folder, schema)).toBe(expected);
  });

  it("leads from the written file to the schema of this installation", async () => {
    const template = await findTemplate("openai");
    const text = renderTemplate(template, "/somewhere/else");
    const url = /\$schema=(file:\S+)\n/.exec(text)?.[1];
    const schema: unknown = JSON.parse(await readFile(new URL(url ?? ""), "utf8"));
    expect(schema).toMatchObject({ title: expect.stringContaining("LiteLLM") });
    expect(text.split("\n").slice(1)).toEqual(template.text.split("\n").slice(1));
  });
});

describe("writeConfigFile", () => {
  it("makes a private file, and replaces one only when told to", async () => {
    const path = join(await temporaryFolder(), "a.yaml");
    await writeConfigFile(path, "one", false);
    expect((await lstat(path)).mode & 0o777).toBe(0o600);
    const error = await userErrorOf(writeConfigFile(path, "two", false));
    expect(error).toMatchObject({
      exit: "usage",
      problems: [{ place: { source: path }, remedy: expect.stringContaining("--force") }],
    });
    expect(await readFile(path, "utf8")).toBe("one");
    await writeConfigFile(path, "two", true);
    expect(await readFile(path, "utf8")).toBe("two");
    expect((await lstat(path)).mode & 0o777).toBe(0o600);
  });

  it("follows no link", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "a.yaml");
    await symlink(join(folder, "elsewhere"), path);
    await userErrorOf(writeConfigFile(path, "one", false));
    await expect(lstat(join(folder, "elsewhere"))).rejects.toMatchObject({ code: "ENOENT" });
    await writeFile(join(folder, "elsewhere"), "theirs");
    await writeConfigFile(path, "one", true);
    expect(await readFile(join(folder, "elsewhere"), "utf8")).toBe("theirs");
  });

  it.each([false, true])("says where it cannot write (force %s)", async (force) => {
    const path = join(await temporaryFolder(), "gone/a.yaml");
    const error = await userErrorOf(writeConfigFile(path, "one", force));
    expect(error).toMatchObject({
      exit: "machine",
      problems: [{ place: { source: path }, remedy: expect.stringContaining("--print") }],
    });
  });
});

describe("findCredentials", () => {
  const find = async (name: string, env: Record<string, string>, home: string | null = null) =>
    findCredentials(await findTemplate(name), { env, home });

  it.each([
    ["openai", {}, { found: false, unset: ["OPENAI_API_KEY"], text: "needs OPENAI_API_KEY" }],
    ["openai", { OPENAI_API_KEY: "" }, { found: false, unset: ["OPENAI_API_KEY"] }],
    ["openai", { OPENAI_API_KEY: "x" }, { found: true, unset: [], text: "found OPENAI_API_KEY" }],
    ["ollama", {}, { found: false, unset: [], text: "needs no key" }],
    ["bedrock-role", {}, { found: false, unset: [], text: "needs AWS credentials" }],
    ["bedrock-role", { AWS_PROFILE: "x" }, { found: true, text: "found AWS_PROFILE" }],
    [
      "bedrock-assumed-role",
      { AWS_PROFILE: "x" },
      { found: false, text: "needs BEDROCK_ROLE_ARN" },
    ],
    ["vertex", { VERTEXAI_PROJECT: "x" }, { found: false, text: "needs Google credentials" }],
  ])("of %s in %o", async (name, env, expected) => {
    expect(await find(name, env)).toMatchObject(expected);
  });

  it("in the files of cloud tools", async () => {
    const home = await temporaryFolder();
    await mkdir(join(home, ".aws"));
    await writeFile(join(home, ".aws/config"), "[default]");
    expect(await find("bedrock-role", {}, home)).toMatchObject({
      found: true,
      text: "found ~/.aws/config",
    });
  });
});

function unsetVariables(
  template: Template,
  source: string,
): { unset: string[]; exit: string | null } {
  // The direct routes read their own section.
  const { providers, agents } = sectionOf(parseYaml(template.text, source).value);
  const place = () => ({ source });
  const direct = parseDirect({ providers, agents, place, env: {}, home: null, baseDir: null });
  const errors = direct.problems.filter(({ severity }) => severity === "error");
  let exit = errors.length === 0 ? null : "usage";
  try {
    prepare(template.text, { source });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    errors.push(...error.problems);
    exit = error.exit;
  }
  const remedies = errors.map(({ remedy = "" }) => remedy);
  const unset = remedies.flatMap((remedy) => /export (\w+)=/.exec(remedy)?.[1] ?? []);
  return { unset: [...new Set(unset)], exit };
}

function sectionOf(value: unknown): { providers: unknown; agents: unknown } {
  const whole: { sidelite?: { providers?: unknown; agents?: unknown } } = Object(value);
  return { providers: whole.sidelite?.providers ?? null, agents: whole.sidelite?.agents ?? null };
}
