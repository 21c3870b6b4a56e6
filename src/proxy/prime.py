"""Run in a generation: works out what LiteLLM would at a model's first request, before there is one.

That is the group's costs and limits, a third of what a first request has over a later one. LiteLLM forgets them in a
job of its own, at its start and every five minutes (`refresh_model_info`, 1.106.2): it is done before that and again
after it. A LiteLLM that does not have these places is left alone. What a provider would have to be asked for is left
to the request.
"""

import asyncio
import time

MOST = 50  # models; each takes 2 to 3 ms
PAUSE_S = 0.001  # between two, for requests
ASKED_WITHOUT_CONFIG = "huggingface"


def follow():
    """To be called before LiteLLM boots."""
    try:
        from litellm.proxy.proxy_server import ProxyStartupEvent

        refresh = ProxyStartupEvent.refresh_model_info
    except (ImportError, AttributeError):
        return

    async def refresh_and_prime():
        await in_threads()
        try:
            await refresh()
        finally:
            await in_threads()

    ProxyStartupEvent.refresh_model_info = staticmethod(refresh_and_prime)


async def in_threads():
    """In the loop's own: requests need one there, and one in LiteLLM's; the first use of each starts it."""
    try:
        from litellm.litellm_core_utils.thread_pool_executor import executor

        executor.submit(time.sleep, 0)
        await asyncio.get_running_loop().run_in_executor(None, prime)
    except (ImportError, RuntimeError):  # RuntimeError: it is being stopped
        return


def prime():
    try:
        from litellm.proxy.auth.auth_checks import is_model_cost_zero
        from litellm.proxy.proxy_server import llm_router

        groups = {}
        for deployment in llm_router.model_list:
            groups.setdefault(deployment["model_name"], []).append(deployment["litellm_params"])
    except Exception:  # no router, no such place
        return
    for name, deployments in list(groups.items())[:MOST]:
        try:
            if all(is_known_here(params) for params in deployments):
                is_model_cost_zero(name, llm_router)
                llm_router.cached_model_group_info(name)
        except Exception:  # noqa: S110  the request will tell
            pass
        time.sleep(PAUSE_S)


def is_known_here(params):
    """LiteLLM asks some providers, Ollama for one, for a model's limits."""
    import litellm
    from litellm.utils import ProviderConfigManager

    model, provider, _, _ = litellm.get_llm_provider(
        model=params["model"], custom_llm_provider=params.get("custom_llm_provider")
    )
    config = ProviderConfigManager.get_provider_model_info(model=model, provider=litellm.LlmProviders(provider))
    return provider != ASKED_WITHOUT_CONFIG and not hasattr(config, "get_model_info")
