// One malformed input of a user. What the program says about it is in messages/, by group.

/** Where a row is prepared: its own empty folder, which is the program's cwd. */
export interface Prepared {
  readonly cwd: string;
  /** `~/.kubiya/config`. */
  readonly contextFile: string;
}

export interface BadInput {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | null>>;
  readonly input?: string | Buffer;
  /** Below the cwd; `~config` is the context file. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** For what is no file: pipes, links, modes. */
  readonly prepare?: (prepared: Prepared) => Promise<void>;
  readonly code: number;
  /** Never in the output. */
  readonly hides?: string;
}

/** A start that would run `true` beside its proxy, if the input were good. */
export function worker(...flags: readonly string[]): string[] {
  return ["worker", "start", "--queue-id", "q", ...flags, "--", "true"];
}

/** A configuration that would do. */
export const GOOD = `model_list:
  - model_name: m
    litellm_params: {model: openai/m, api_key: none, mock_response: pong}
`;

export const GOOD_JSON = JSON.stringify({
  model_list: [
    {
      model_name: "m",
      litellm_params: { model: "openai/m", api_key: "none", mock_response: "pong" },
    },
  ],
});
