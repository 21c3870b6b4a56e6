import { describe, expect, it } from "vitest";
import { parseApiKey } from "../../src/config/parse-key.ts";
import { parseConfigFile, parseInlineConfig } from "../../src/config/parse-litellm.ts";
import { parsePath } from "../../src/config/parse-path.ts";
import {
  parseBoolean,
  parseName,
  parsePort,
  parseQueueSeconds,
  parseRestarts,
  parseSeconds,
} from "../../src/config/parse-scalar.ts";
import { parseControlPlaneUrl } from "../../src/config/parse-url.ts";
import type { Reading } from "../../src/config/spelling.ts";
import { Invalid } from "../../src/config/spelling.ts";

const reading: Reading = {
  raw: undefined,
  place: { source: "--proxy-config-json" },
  layer: "flags",
  spelling: "--proxy-config-json",
  baseDir: "/cwd",
  home: "/home/u",
  notice: () => {},
};

describe("parseBoolean", () => {
  it.each(["true", "TRUE", "1", "yes", "Yes", "on", " 1 ", true, 1])("%j is true", (raw) => {
    expect(parseBoolean(raw)).toBe(true);
  });
  it.each(["false", "0", "no", "OFF", " False ", false, 0])("%j is false", (raw) => {
    expect(parseBoolean(raw)).toBe(false);
  });
  it.each(["maybe", "", " ", "2", "y", "constructor", "__proto__", null, 2, [], {}])(
    "%j is neither",
    (raw) => {
      expect(parseBoolean(raw)).toMatchObject({
        message: expect.stringContaining("is not a boolean"),
        remedy: expect.stringContaining("true or false"),
      });
    },
  );
});

describe("numbers", () => {
  it.each([
    [parsePort, "1", 1],
    [parsePort, "65535", 65_535],
    [parsePort, 4000, 4000],
    [parsePort, " 4000 ", 4000],
    [parseRestarts, "0", 0],
    [parseSeconds, "0.5", 0.5],
    [parseSeconds, 86_400, 86_400],
  ])("%o reads %j", (parse, raw, value) => {
    expect(parse(raw)).toBe(value);
  });

  it.each([
    [parsePort, "0", '"0" is out of range', "1 to 65535"],
    [parsePort, "70000", '"70000" is out of range', "1 to 65535"],
    [parsePort, "-1", "out of range", "1 to 65535"],
    [parsePort, "abc", '"abc" is not a port', "1 to 65535"],
    [parsePort, "1e3", "is not a port", "whole number"],
    [parsePort, "0x50", "is not a port", "whole number"],
    [parsePort, true, "true is not a port", "whole number"],
    [parsePort, [], "a list is not a port", "whole number"],
    [parseRestarts, "-1", "out of range", "from 0"],
    [parseRestarts, "1.5", "not a count", "whole number"],
    [parseSeconds, "0", "out of range", "more than 0"],
    [parseSeconds, "-5", "out of range", "more than 0"],
    [parseSeconds, "1000000000", "out of range", "at most 86400"],
    [parseSeconds, "NaN", "not a number of seconds", "more than 0"],
    [parseSeconds, Number.NaN, "not a number of seconds", "more than 0"],
    [parseSeconds, Infinity, "not a number of seconds", "more than 0"],
    [parseSeconds, "10s", "not a number of seconds", "more than 0"],
  ])("%o refuses %j", (parse, raw, message, remedy) => {
    expect(parse(raw)).toMatchObject({
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    });
  });

  it("raises the queue's readiness budget to 60 s and says so", () => {
    const notices: string[] = [];
    const queue = { ...reading, notice: (message: string) => void notices.push(message) };
    expect([10, 60, 90].map((raw) => parseQueueSeconds(raw, queue))).toEqual([60, 60, 90]);
    expect(notices).toEqual(["10 s from the queue settings is raised to 60 s"]);
  });
});

describe("parseName", () => {
  it("keeps names of any language, trimmed", () => {
    expect(parseName(" openai/gpt-4 ü ")).toBe("openai/gpt-4 ü");
  });
  it.each(["a\nb", "a\u0000", "a\u0085b", 4, null, {}])("refuses %j", (raw) => {
    expect(parseName(raw)).toBeInstanceOf(Invalid);
  });
});

describe("parsePath", () => {
  it.each([
    ["/a/b", "/a/b"],
    ["a/b", "/cwd/a/b"],
    ["./a", "/cwd/a"],
    ["../a", "/a"],
    ["~", "/home/u"],
    ["~/a b", "/home/u/a b"],
    ["./~a", "/cwd/~a"],
    ["a~", "/cwd/a~"],
    ["./$HOME", "/cwd/$HOME"],
    ["a b ü", "/cwd/a b ü"],
  ])("%j is %j", (raw, path) => {
    expect(parsePath(raw, reading)).toBe(path);
  });

  it.each([
    ["$HOME/a", "not expanded", "~/"],
    ["${HOME}/a", "not expanded", "~/"],
    ["~other/a", "another user", "./~name"],
    ["https://x/y.yaml", "URL", "save it"],
    ["file:///a", "URL", "save it"],
    ["a\u0000b", "invisible", "again"],
    ["a\nb", "invisible", "again"],
    [4, "not a path", "path"],
  ])("%j is refused", (raw, message, remedy) => {
    expect(parsePath(raw, reading)).toMatchObject({
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    });
  });

  it("needs a home for ~ and a base for the rest", () => {
    expect(parsePath("~/a", { baseDir: "/", home: null })).toMatchObject({
      remedy: "set HOME, or write the whole path",
    });
    expect(parsePath("a", { baseDir: null, home: "/home/u" })).toBeInstanceOf(Invalid);
  });
});

describe("parseControlPlaneUrl", () => {
  it.each([
    ["https://cp.example", "https://cp.example"],
    ["https://cp.example/", "https://cp.example"],
    [" https://CP.example//  ", "https://cp.example"],
    ["http://127.0.0.1:8080/a/", "http://127.0.0.1:8080/a"],
  ])("%j is %j", (raw, url) => {
    expect(parseControlPlaneUrl(raw)).toBe(url);
  });

  it.each([
    ["cp.example", "begin it with https://"],
    ["cp.example:8080/a", "begin it with https://"],
    ["localhost:8080", "begin it with https://"],
    ["ftp://cp.example", "like https://"],
    ["https://", "like https://"],
    ["https://a\tb", "like https://"],
    ["https://user:pw@cp.example", "KUBIYA_API_KEY"],
    ["https://cp.example?a=b", "after the path"],
    ["https://cp.example/#", "after the path"],
    [5, "like https://"],
  ])("%j is refused", (raw, remedy) => {
    const result = parseControlPlaneUrl(raw);
    expect(result).toMatchObject({ remedy: expect.stringContaining(remedy) });
    expect(JSON.stringify(result)).not.toContain("pw");
  });
});

describe("parseApiKey", () => {
  it("trims what files and shells add", () => {
    const key = parseApiKey("kb-123\r\n");
    expect(key instanceof Invalid ? null : key.reveal()).toBe("kb-123");
  });
  it.each(["kb 1", "kb\n1", "kbü", 5, {}])("refuses %j without showing it", (raw) => {
    const result = parseApiKey(raw);
    expect(result).toBeInstanceOf(Invalid);
    expect(JSON.stringify(result)).not.toContain("kb");
  });
});

describe("parseInlineConfig", () => {
  it("takes a JSON mapping as text, unread", () => {
    const text = ' {"model_list": []} ';
    expect(parseInlineConfig(text, reading)).toEqual({
      kind: "text",
      text,
      format: "json",
      source: "--proxy-config-json",
      baseDir: "/cwd",
      origin: { layer: "flags", place: { source: "--proxy-config-json" } },
    });
  });

  it.each([
    ["[]", "a list is not a LiteLLM config", "mapping"],
    ['"x"', "a single value is not", "mapping"],
    ["4", "a single value is not", "mapping"],
    ["null", "a single value is not", "mapping"],
    ["true", "a single value is not", "mapping"],
    ["model_list", "a mapping begins with {", "single quotes"],
    ["'{\"a\":1}'", "single quote", "single quotes"],
    ["{'model_list': []}", "double quotes", "model_list"],
    ["{model_list:[]}", "double quotes are missing", "single quotes"],
    ["./litellm.yaml", "a mapping begins with {", "looks like a path"],
    [`{"a":"${"x".repeat(131_072)}"}`, "128 KiB", "--proxy-config-file"],
    [[], "a list is not", "mapping"],
    [5, "5 is not", "mapping"],
  ])("%.40j is refused", (raw, message, remedy) => {
    expect(parseInlineConfig(raw, reading)).toMatchObject({
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    });
  });

  it("names the variable for files when the inline one is too long", () => {
    const env = { ...reading, layer: "env", spelling: "KUBIYA_PROXY_CONFIG_JSON" } as const;
    expect(parseInlineConfig(`{"a":"${"x".repeat(131_072)}"}`, env)).toMatchObject({
      remedy: expect.stringContaining("KUBIYA_PROXY_CONFIG_FILE"),
    });
  });
});

describe("parseConfigFile", () => {
  it("is an absolute path", () => {
    expect(parseConfigFile("~/c.yaml", reading)).toMatchObject({ path: "/home/u/c.yaml" });
  });
  it("says where a config itself belongs", () => {
    const file = { ...reading, spelling: "--proxy-config-file" };
    expect(parseConfigFile('{"a": 1}', file)).toMatchObject({ remedy: "use --proxy-config-json" });
  });
});
