// A small lock, its wheels and an index that serves them: a real installation in about a second.
import { join } from "node:path";

import type { RuntimeLock } from "../../src/runtime/lock-file.ts";
import { readLock } from "../../src/runtime/lock-file.ts";
import type { RuntimeContext } from "../../src/runtime/runtime.ts";
import type { TestHome } from "../fixtures/home.ts";
import type { FakeIndex } from "./fake-index.ts";
import { startIndex } from "./fake-index.ts";
import type { FakeWheel, WheelContent } from "./fake-wheel.ts";
import { makeWheel } from "./fake-wheel.ts";
import { realTools } from "./real-tools.ts";
import type { KeptReport } from "./silent-report.ts";
import { keepReport } from "./silent-report.ts";

/** Enough files that a kill can fall into each step. */
const MODULES = 150;

const LITELLM: WheelContent = {
  files: {
    "litellm/__init__.py": 'def main():\n    print("fake litellm 0.0.1")\n',
    'litellm/with "quotes", and comma.txt': "x",
    ...Object.fromEntries(
      Array.from({ length: MODULES }, (_, n) => [`litellm/m${n}.py`, `N = ${n}\n`.repeat(40)]),
    ),
  },
  scripts: { litellm: "litellm:main" },
};

export const EXTRA: WheelContent = { files: { "side_extra.py": "VALUE = 1\n" } };

export interface FakeRuntime {
  readonly lock: RuntimeLock;
  readonly index: FakeIndex;
  readonly report: KeptReport;
  readonly context: RuntimeContext & { readonly env: Readonly<Record<string, string>> };
}

export interface FakeRuntimeOptions {
  /** What the lock names; `served` is what the index has instead. */
  readonly wheels?: readonly FakeWheel[];
  readonly served?: readonly FakeWheel[];
  readonly env?: Readonly<Record<string, string>>;
}

export function fakeWheels(extra: WheelContent = EXTRA): FakeWheel[] {
  return [makeWheel("litellm", "0.0.1", LITELLM), makeWheel("side-extra", "1.0", extra)];
}

export async function useFakeRuntime(
  home: TestHome,
  options: FakeRuntimeOptions = {},
): Promise<FakeRuntime> {
  const { path } = await realTools();
  const wheels = options.wheels ?? fakeWheels();
  const index = await startIndex(options.served ?? wheels);
  home.onStop(() => index.close());
  const pins = wheels.map(({ name, version, sha256 }) => {
    return `${name}==${version} \\\n    --hash=sha256:${sha256}\n`;
  });
  const lock = await readLock("litellm", await home.write("litellm.txt", pins.join("")));
  const report = keepReport();
  const env = { ...home.env, PATH: path, PIP_INDEX_URL: index.url, ...options.env };
  const context = {
    runtimesDir: join(home.dir, "runtimes"),
    env,
    home: home.home,
    report,
    signal: new AbortController().signal,
  };
  return { lock, index, report, context };
}
