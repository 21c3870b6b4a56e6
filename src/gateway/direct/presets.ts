// Defaults for known kinds of gateways (`type:`); a written field always wins.

export interface Preset {
  /** null: base_url must be written. */
  readonly baseUrl: string | null;
  /** Runs without a key unless one is written. */
  readonly needsKey: boolean;
}

export const PRESETS = {
  generic: { baseUrl: null, needsKey: true },
  litellm: { baseUrl: "http://127.0.0.1:4000", needsKey: true },
  vllm: { baseUrl: "http://127.0.0.1:8000/v1", needsKey: false },
  ollama: { baseUrl: "http://127.0.0.1:11434/v1", needsKey: false },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES: readonly PresetName[] = ["generic", "litellm", "vllm", "ollama"];
