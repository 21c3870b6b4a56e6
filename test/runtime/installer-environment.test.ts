import {
  assert,
  constantFrom,
  dictionary,
  oneof,
  property,
  string,
  stringMatching,
} from "fast-check";
import { describe, expect, it } from "vitest";

import { buildInstallerEnvironment } from "../../src/runtime/installer-environment.ts";
import type { InstallerFiles } from "../../src/runtime/installer-files.ts";

const NO_FILES: InstallerFiles = { pip: {}, uv: {}, read: [], ignored: [], problems: [] };

function build(env: Record<string, string>, files: Partial<InstallerFiles> = {}) {
  return buildInstallerEnvironment(env, { ...NO_FILES, ...files });
}

const A = "https://a.example/simple";
const B = "https://b.example/simple";

describe("the package index", () => {
  it.each<[string, Record<string, string>, Partial<InstallerFiles>, string]>([
    ["uv's variable", { UV_DEFAULT_INDEX: A, PIP_INDEX_URL: B }, { uv: { index: B } }, A],
    ["uv's older variable", { UV_INDEX_URL: A, PIP_INDEX_URL: B }, {}, A],
    [
      "pip's variable before any file",
      { PIP_INDEX_URL: A },
      { uv: { index: B }, pip: { index: B } },
      A,
    ],
    ["uv's file before pip's", {}, { uv: { index: A }, pip: { index: B } }, A],
    ["pip's file", {}, { pip: { index: A } }, A],
    ["an empty variable as none", { PIP_INDEX_URL: "" }, { pip: { index: A } }, A],
  ])("is one for both tools: %s", (_, env, files, expected) => {
    const built = build(env, files).env;
    expect([built["UV_DEFAULT_INDEX"], built["PIP_INDEX_URL"]]).toEqual([expected, expected]);
  });

  it("is the tools' own when nobody names one", () => {
    const built = build({}).env;
    expect(built).not.toHaveProperty("UV_DEFAULT_INDEX");
    expect(built).not.toHaveProperty("PIP_INDEX_URL");
  });

  it("with uv's name keeps it for uv, whose credentials go by it", () => {
    const env = {
      UV_DEFAULT_INDEX: `corp=${A}?x=y`,
      UV_INDEX_CORP_PASSWORD: "p",
      UV_INDEX: `two=${B} ${A}`,
    };
    const built = build(env).env;
    expect(built).toMatchObject({
      UV_DEFAULT_INDEX: `corp=${A}?x=y`,
      UV_INDEX_CORP_PASSWORD: "p",
      PIP_INDEX_URL: `${A}?x=y`,
      UV_INDEX: `two=${B} ${A}`,
      PIP_EXTRA_INDEX_URL: `${B} ${A}`,
    });
  });
});

it("certificates, hosts, proxies and time limits reach both tools under their names", () => {
  expect(build({ PIP_CERT: "/ca", PIP_TRUSTED_HOST: "h", PIP_TIMEOUT: "9" }).env).toMatchObject({
    SSL_CERT_FILE: "/ca",
    PIP_CERT: "/ca",
    UV_INSECURE_HOST: "h",
    PIP_TRUSTED_HOST: "h",
    UV_HTTP_TIMEOUT: "9",
    PIP_DEFAULT_TIMEOUT: "9",
  });
  expect(build({ SSL_CERT_FILE: "/ca" }).env).toMatchObject({ PIP_CERT: "/ca" });
  expect(build({ REQUESTS_CA_BUNDLE: "/ca" }).env).toMatchObject({
    SSL_CERT_FILE: "/ca",
    PIP_CERT: "/ca",
  });
  const files = {
    pip: { cert: "/ca", proxy: "http://p:1", keyring: "subprocess" },
    uv: { nativeTls: true },
  };
  expect(build({}, files).env).toMatchObject({
    SSL_CERT_FILE: "/ca",
    PIP_CERT: "/ca",
    HTTPS_PROXY: "http://p:1",
    PIP_PROXY: "http://p:1",
    UV_KEYRING_PROVIDER: "subprocess",
    PIP_KEYRING_PROVIDER: "subprocess",
    UV_NATIVE_TLS: "true",
  });
  expect(build({ https_proxy: "http://own:1" }, files).env["HTTPS_PROXY"]).toBe("http://own:1");
});

it("what changes the target or the content is left out and told", () => {
  const names = [
    "PIP_TARGET PIP_USER PIP_PREFIX PIP_CONSTRAINT PIP_FIND_LINKS PIP_NO_INDEX PIP_NO_BINARY PIP_PRE",
    "PIP_NO_DEPS PIP_REQUIRE_VIRTUALENV PIP_BREAK_SYSTEM_PACKAGES UV_CONSTRAINT UV_OVERRIDE",
    "UV_FIND_LINKS UV_LINK_MODE UV_SYSTEM_PYTHON UV_OFFLINE",
  ].flatMap((line) => line.split(" "));
  const env = Object.fromEntries(names.map((name) => [name, "x"]));
  const built = build(
    { ...env, PYTHONPATH: "/evil", LD_PRELOAD: "/evil" },
    { ignored: ["pip.conf target"] },
  );
  for (const name of [...names, "PYTHONPATH", "LD_PRELOAD"])
    expect(built.env).not.toHaveProperty(name);
  expect(built.ignored).toEqual([...names, "pip.conf target"]);
});

it("no other variable passes, whatever its name", () => {
  const known = new Set(Object.keys(build({}).env));
  const passes =
    /^(PATH|HOME|USER|LOGNAME|LANG|LC_(ALL|CTYPE)|TMPDIR|TZ|NETRC|((HTTPS?|ALL|NO)_PROXY)|SSL_(CERT_(FILE|DIR)|CLIENT_CERT)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|XDG_(CACHE|DATA)_HOME|(UV|PIP)_\w+|(PYENV|ASDF|MISE)_\w+)$/i;
  const name = oneof(
    stringMatching(/^[A-Z_]{1,20}$/),
    constantFrom(
      "OPENAI_API_KEY",
      "AWS_SESSION_TOKEN",
      "KUBIYA_API_KEY",
      "GITHUB_TOKEN",
      "LITELLM_MASTER_KEY",
    ),
  );
  assert(
    property(dictionary(name, string({ minLength: 1 })), (env) => {
      const others = Object.keys(build(env).env).filter((found) => !known.has(found));
      expect(others.filter((found) => !passes.test(found))).toEqual([]);
    }),
  );
  expect(known.size).toBeGreaterThan(0);
});
