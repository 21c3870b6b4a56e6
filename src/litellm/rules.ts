// The checks of a configuration, beyond the types of its settings.
import {
  aliasTargets,
  fallbackCircles,
  fallbackShapes,
  fallbackTargets,
} from "./check-fallbacks.ts";
import {
  misplacedMasterKey,
  misspelledModelKeys,
  noDatabase,
  redisHasAddress,
  secretManagerIsBounded,
  unknownSettings,
} from "./check-keys.ts";
import {
  addressesAreHttp,
  modelsExist,
  ollamaHasAddress,
  providersAreKnown,
} from "./check-models.ts";
import { knownCallbacks, noRemoteCode } from "./check-callbacks.ts";
import type { Rule } from "./rule.ts";

export const rules: readonly Rule[] = [
  modelsExist,
  ollamaHasAddress,
  addressesAreHttp,
  providersAreKnown,
  fallbackShapes,
  fallbackTargets,
  fallbackCircles,
  aliasTargets,
  knownCallbacks,
  noRemoteCode,
  noDatabase,
  redisHasAddress,
  secretManagerIsBounded,
  misplacedMasterKey,
  unknownSettings,
  misspelledModelKeys,
];
