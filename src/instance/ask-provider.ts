// Asks a provider for its models over connections of a command's own, and keeps the list.
import type { Context } from "../core/context.ts";
import { UpstreamFailure } from "../core/upstream.ts";
import { problem, UserError } from "../core/errors.ts";
import { fetchModels } from "../gateway/direct/fetch-models.ts";
import type { ModelChange } from "../gateway/direct/model-list.ts";
import { changeModels } from "../gateway/direct/model-list.ts";
import { createModelStore } from "../gateway/direct/model-store.ts";
import type { ProbeResult } from "../gateway/direct/probe-provider.ts";
import { probeProvider } from "../gateway/direct/probe-provider.ts";
import { ProviderUpstreams } from "../gateway/direct/provider-upstreams.ts";
import type { Provider } from "../gateway/direct/provider.ts";
import type { OpenedDirect } from "./direct-source.ts";

export async function testProvider(provider: Provider, context: Context): Promise<ProbeResult> {
  return withUpstreams(context, (upstreams, signal) => probeProvider(provider, upstreams, signal));
}

/** null: the answer was empty and not taken. Throws UserError("failed"). */
export async function refreshModels(
  opened: OpenedDirect,
  provider: Provider,
  allowEmpty: boolean,
  context: Context,
): Promise<ModelChange | null> {
  const { models } = await withUpstreams(context, (upstreams, signal) =>
    fetchModels(provider, upstreams, signal),
  ).catch((error: unknown) => {
    if (!(error instanceof UpstreamFailure)) throw error;
    const remedy = `find out more: sidelite provider test ${provider.name}`;
    throw new UserError("failed", problem(error.message, { remedy }), { cause: error });
  });
  const store = createModelStore(opened.storePath);
  const lists = await store.read();
  const change = changeModels(lists.get(provider.name)?.models ?? [], models, allowEmpty);
  if (change === null) return null;
  lists.set(provider.name, { origin: provider.base?.origin ?? "", models: change.models });
  await store.write(lists);
  return change;
}

async function withUpstreams<T>(
  { host, signals }: Context,
  work: (upstreams: ProviderUpstreams, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const upstreams = new ProviderUpstreams(host.env["NODE_EXTRA_CA_CERTS"] || null);
  try {
    return await work(upstreams, signals.abort);
  } finally {
    await upstreams.close(AbortSignal.abort());
  }
}
