// Where one model of queue settings would send prompts, and with which key; who judges that is given by the caller.

export interface Destination {
  /** `litellm_params.model`: provider and name. */
  readonly model: string;
  /** null: the provider's own. */
  readonly apiBase: string | null;
  /** The variable that `api_key` names; null: whatever the provider reads by itself. */
  readonly variable: string | null;
}

/** Completes the name of the key: message and remedy. */
export interface Refusal {
  /** Which of the model's keys is at fault. */
  readonly key: "model" | "api_base" | "api_key";
  readonly message: string;
  readonly remedy: string;
}

/** null: every key that goes there is at home there (faults.md, "key goes home"). */
export type JudgeDestination = (
  destination: Destination,
  trustedHosts: readonly string[],
) => Refusal | null;
