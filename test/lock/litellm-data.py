# Prints, as JSON, what the installed LiteLLM knows by itself; read by provider-table.test.ts.
import inspect
import json

import litellm
from litellm.llms.openai_like.json_loader import JSONProviderRegistry
from litellm.proxy import _types, proxy_server
from litellm.router_utils.routing_groups import VALID_ROUTING_STRATEGIES
from litellm.types.router import _WIF_POINTER_FIELDS, LiteLLM_Params

litellm.suppress_debug_info = True


def provider_of(model):
    try:
        return litellm.get_llm_provider(model)[1]
    except litellm.BadRequestError:
        return None


bare = set(litellm.model_cost) | set(litellm.open_ai_chat_completion_models)
bare |= set(litellm.openai_image_generation_models) | set(litellm.anthropic_models)
bare |= set(litellm.open_ai_embedding_models) | set(litellm.open_ai_text_completion_models)
print(
    json.dumps(
        {
            "providers": sorted(
                {getattr(p, "value", p) for p in litellm.provider_list}
                | set(JSONProviderRegistry.list_providers())
            ),
            "bare": {name: provider_of(name) for name in sorted(bare) if "/" not in name},
            "unknown": {name: provider_of(name) for name in ("nosuch/x", "my-model", "gpt-99")},
            "strategies": list(VALID_ROUTING_STRATEGIES),
            "pointers": sorted(_WIF_POINTER_FIELDS),
            "callbacks": sorted(litellm._known_custom_logger_compatible_callbacks),
            "router_settings": sorted(litellm.Router.get_valid_args()),
            "general_settings": sorted(_types.ConfigGeneralSettings.model_fields),
            "litellm_params": sorted(LiteLLM_Params.model_fields),
            "blocked": sorted(proxy_server.ProxyConfig._BLOCKED_ENV_KEYS),
            "worker_config": sorted(inspect.signature(proxy_server.initialize).parameters),
        }
    )
)
