// `include:` as LiteLLM merges it, with every problem at home in its own file.
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/core/errors.ts";
import { renderPlace } from "../../src/core/place.ts";
import type { LitellmDocument } from "../../src/litellm/document.ts";
import { listIncludes, mergeIncludes, readIncludes } from "../../src/litellm/includes.ts";
import { documentOf, prepare } from "./prepared.ts";

const files: Readonly<Record<string, string>> = {
  "/project/a.yaml":
    "model_list: [{model_name: a}]\nlitellm_settings: {num_retries: 1}\ninclude: [sub/c.yaml]\n",
  "/project/b.yaml": "model_list:\n  - model_name: b\nnew_key: 1\n",
  "/project/sub/c.yaml": "model_list: [{model_name: c}]\ninclude: [../a.yaml, c.yaml]\n",
};

function read(path: string): Promise<LitellmDocument> {
  const document = documentOf(files[path] ?? "", path);
  return Promise.resolve({ ...document, baseDir: path.slice(0, path.lastIndexOf("/")) });
}

/** A file that includes another one, without end. */
function chain(path: string): Promise<LitellmDocument> {
  return Promise.resolve({ ...documentOf(`include: [${path}x]`, path), baseDir: "/" });
}

const list = (name: string) =>
  `model_list: [{model_name: ${name}, litellm_params: {model: openai/x}}]\n`;
const nowhere = (text: string) => ({ ...documentOf(text), baseDir: null });

const main = documentOf(`include: [a.yaml, b.yaml]
model_list: [{model_name: m}]
litellm_settings: {num_retries: 0, drop_params: true}
`);

describe("include", () => {
  it("joins lists, lets the included file win, and reads each file once, nested ones too", async () => {
    const included = await readIncludes(main, read);
    expect([...included.keys()]).toEqual([
      "/project/a.yaml",
      "/project/b.yaml",
      "/project/sub/c.yaml",
    ]);
    const merged = mergeIncludes(main, included);
    expect(structuredClone(merged.value)).toEqual({
      model_list: ["m", "a", "b", "c"].map((name) => ({ model_name: name })),
      litellm_settings: { num_retries: 1 },
      new_key: 1,
    });
  });

  it("knows the file and line of each part", async () => {
    const { place } = mergeIncludes(main, await readIncludes(main, read));
    const at = (...path: (string | number)[]) => renderPlace(place(path));
    expect(at("model_list", 0, "model_name")).toBe("/project/litellm.yaml:2:15");
    expect(at("model_list", 1, "model_name")).toBe("/project/a.yaml:1:15");
    expect(at("model_list", 2, "model_name")).toBe("/project/b.yaml:2:5");
    expect(at("litellm_settings", "num_retries")).toBe("/project/a.yaml:2:20");
    expect(at("new_key")).toBe("/project/b.yaml:3:1");
  });

  it("is gone from what LiteLLM reads", () => {
    const included = new Map([["/project/x.yaml", documentOf(list("n"), "/project/x.yaml")]]);
    const prepared = prepare(`include: [x.yaml]\n${list("m")}`, { included });
    expect(prepared.models.exact).toEqual(["m", "n"]);
    expect(prepared.rendered).not.toContain("include");
  });

  it.each([
    ["text", "include: a.yaml"],
    ["a list with a number", "include: [1]"],
  ])("must not be %s", (_, text) => {
    expect(() => listIncludes(documentOf(text))).toThrow("must be a list of file paths");
  });

  it("needs a folder for relative paths", () => {
    expect(() => listIncludes(nowhere("include: [a.yaml]"))).toThrow(UserError);
    expect(listIncludes(nowhere("include: [/a.yaml]"))).toEqual(["/a.yaml"]);
  });

  it("ends after fifty files", async () => {
    const reading = readIncludes(documentOf("include: [/x]"), chain);
    await expect(reading).rejects.toThrow("more than 50 files");
  });
});
