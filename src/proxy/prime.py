"""Run in a generation: works out what LiteLLM would at a model's first request, before there is one.

That is the group's costs and limits, a third of what a first request has over a later one. LiteLLM forgets them in a
job of its own, at its start and every five minutes (`refresh_model_info`, 1.106.2): it is done before that and again
after it. A LiteLLM that does not have these places is left alone. What a provider would have to be asked for is left
to the request.
"""

import asyncio
import contextlib
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
        await refresh()
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
        with contextlib.suppress(Exception):  # the request will tell
            known = [identity(params) for params in deployments]
            if all(is_known_here(*one) for one in known):
                is_model_cost_zero(name, llm_router)
                llm_router.cached_model_group_info(name)
                for one in known:
                    look_up_costs(*one)
        time.sleep(PAUSE_S)


def identity(params):
    """Model and provider, and the model as it is configured."""
    import litellm

    given = params["model"]
    model, provider, *_ = litellm.get_llm_provider(model=given, custom_llm_provider=params.get("custom_llm_provider"))
    return model, provider, given


def is_known_here(model, provider, _):
    """LiteLLM asks some providers, Ollama for one, for a model's limits."""
    from litellm.types.utils import LlmProviders
    from litellm.utils import ProviderConfigManager

    config = ProviderConfigManager.get_provider_model_info(model=model, provider=LlmProviders(provider))
    return provider != ASKED_WITHOUT_CONFIG and not hasattr(config, "get_model_info")


def look_up_costs(model, provider, given):
    """For the answer's headers and its log entry; a model without a price is no less looked up."""
    import litellm

    with contextlib.suppress(Exception):
        litellm.get_model_info(model=given, custom_llm_provider=provider)
        litellm.cost_per_token(model=model, custom_llm_provider=provider, prompt_tokens=1, completion_tokens=1)
