"""Prints which models prime.py has made LiteLLM work out, and whom it would have asked for it.

Usage: prime-models.py STEPS_PY PRIME_PY ASKED_BASE
"""

import json
import sys
import types

import litellm
from fastapi.dependencies import models
from litellm.proxy import proxy_server
from litellm.proxy.auth.auth_utils import normalize_request_route


def load(path):
    module = types.ModuleType("loaded")
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), vars(module))
    return module


steps, prime = map(load, sys.argv[1:3])
priced = {"model": "openai/gpt-4o", "api_key": "none"}
asked = {"model": "ollama_chat/qwen3", "api_base": sys.argv[3]}
unknown = {"model": "no-provider-has-this"}
groups = {"priced": priced, "asked": asked, "other": {**priced, "model": "together_ai/unpriced"}, "mixed": asked}
deployments = [{"model_name": name, "litellm_params": params} for name, params in groups.items()]
deployments.append({"model_name": "mixed", "litellm_params": priced})
proxy_server.llm_router = litellm.Router(model_list=deployments)
proxy_server.llm_router.model_list.append({"model_name": "unknown", "litellm_params": unknown, "model_info": {}})
before = proxy_server.ProxyStartupEvent.refresh_model_info
prime.follow()
prime.prime()
steps.find_route("POST /v1/chat/completions")
print(
    json.dumps(
        {
            "follows": proxy_server.ProxyStartupEvent.refresh_model_info is not before,
            "known": sorted(proxy_server.llm_router._zero_cost_cache),
            "groups": proxy_server.llm_router._cached_get_model_group_info.cache_info().currsize,
            "routes": normalize_request_route.cache_info().currsize,
            "calls": models._is_coroutine_callable_cached.cache_info().currsize > 10,
        }
    )
)
