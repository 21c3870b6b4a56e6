// Paths become absolute, custom modules keep their folder.
import { describe, expect, it } from "vitest";
import { MODEL, prepare } from "./prepared.ts";

const withSetting = (line: string) => prepare(`${MODEL}${line}\n`, { env: { CA: "ca.pem" } });

describe("path-valued settings", () => {
  it.each([
    ["relative", "litellm_settings: {global_prompt_directory: ./prompts}", ": /project/prompts"],
    ["home", "litellm_settings: {global_prompt_directory: ~/prompts}", ": /home/user/prompts"],
    ["absolute", "litellm_settings: {ssl_certificate: /x/c.pem}", "ssl_certificate: /x/c.pem"],
    ["empty", "litellm_settings: {global_prompt_directory: ''}", 'global_prompt_directory: ""'],
    [
      "credentials",
      "default_vertex_config: {vertex_credentials: key.json}",
      "vertex_credentials: /project/key.json",
    ],
    ["a switch", "litellm_settings: {ssl_verify: false}", "ssl_verify: false"],
    ["a reference", "litellm_settings: {ssl_verify: os.environ/CA}", "ssl_verify: os.environ/CA"],
  ])("%s", (_, line, expected) => {
    expect(withSetting(line).rendered).toContain(expected);
  });

  it("also in environment_variables, when clearly relative", () => {
    const line = "environment_variables: {GOOGLE_APPLICATION_CREDENTIALS: ./g.json, X_PATH: plain}";
    expect(withSetting(line).environment).toMatchObject({
      GOOGLE_APPLICATION_CREDENTIALS: "/project/g.json",
      X_PATH: "plain",
    });
  });
});

describe("custom modules", () => {
  it.each([
    "litellm_settings: {callbacks: my_module.handler}",
    "litellm_settings: {success_callback: [langfuse, my_module.sub.handler]}",
    "litellm_settings: {custom_provider_map: [{provider: p, custom_handler: m.h}]}",
    "general_settings: {custom_auth: my_auth.check}",
    "guardrails: [{guardrail_name: g, litellm_params: {guardrail: my_guard.Guard, mode: pre_call}}]",
  ])("%s is served from the file's folder", (line) => {
    expect(withSetting(line)).toMatchObject({
      cwd: "/project",
      customModules: [expect.anything()],
    });
  });

  it.each([
    "litellm_settings: {callbacks: [langfuse]}",
    "general_settings: {pass_through_endpoints: [{path: /x, target: 'https://a.b'}]}",
  ])("%s is none", (line) => {
    expect(withSetting(line)).toMatchObject({ customModules: [], cwd: null });
  });
});

it("names the files that LiteLLM reads by itself", () => {
  const { localFiles } = withSetting(
    [
      "default_vertex_config: {vertex_credentials: key.json}",
      "litellm_settings: {callbacks: [mine.sub.handler, langfuse], ssl_verify: true}",
      "environment_variables: {GOOGLE_APPLICATION_CREDENTIALS: ./g.json, X_PATH: plain}",
    ].join("\n"),
  );
  expect(localFiles.toSorted()).toEqual([
    "/project/g.json",
    "/project/key.json",
    "/project/mine/sub.py",
  ]);
});
