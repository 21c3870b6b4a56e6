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
  balancedNames,
  modelsExist,
  ollamaHasAddress,
  providersAreKnown,
} from "./check-models.ts";
import { providersHaveKeys } from "./check-credentials.ts";
import { messagesAreServed, teamsNeedDatabase } from "./check-effects.ts";
import { knownCallbacks, noRemoteCode } from "./check-callbacks.ts";
import type { Rule } from "./rule.ts";

export const rules: readonly Rule[] = [
  modelsExist,
  ollamaHasAddress,
  addressesAreHttp,
  providersAreKnown,
  balancedNames,
  providersHaveKeys,
  messagesAreServed,
  fallbackShapes,
  fallbackTargets,
  fallbackCircles,
  aliasTargets,
  knownCallbacks,
  noRemoteCode,
  noDatabase,
  teamsNeedDatabase,
  redisHasAddress,
  secretManagerIsBounded,
  misplacedMasterKey,
  unknownSettings,
  misspelledModelKeys,
];
