"""Run in a throwaway fork of the keeper: answers sample requests as LiteLLM would and lists what that loaded.

Nothing leaves the machine: the answers are LiteLLM's own mock responses, or come from a stand-in for the provider
in this very process.
"""

import asyncio
import json
import os
import re
import secrets
import socket
import sys
import types

import pydantic
import uvicorn

CALLS = ["litellm.llms:load_guardrail_translation_mappings"]  # looks through folders, and remembers
CODE = (type, types.FunctionType, types.ModuleType)
ANSWER_S = 20
SETTLE_S = 0.5  # logging goes on after the answer
CHAT = {
    "id": "1", "object": "chat.completion", "created": 1, "model": "gpt-4o",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "pong"}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}  # fmt: skip
CHUNK = {**CHAT, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "pong"}}]}
MESSAGE = {
    "id": "1", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "end_turn",
    "content": [{"type": "text", "text": "pong"}], "usage": {"input_tokens": 1, "output_tokens": 1},
}  # fmt: skip
PING = {"messages": [{"role": "user", "content": "ping"}], "max_tokens": 9}


def samples():
    yield "GET", "/health/readiness", None
    yield "GET", "/v1/models", None
    for model in ("mock", "openai", "anthropic"):
        for path in ("/v1/chat/completions", "/v1/messages"):
            for more in ({}, {"stream": True}):
                yield "POST", path, {"model": model, **PING, **more}
    yield "POST", "/v1/responses", {"model": "mock", "input": "ping"}
    yield "POST", "/v1/embeddings", {"model": "mock", "input": "ping"}
    yield "POST", "/chat/completions", {"model": "mock", **PING}
    yield "POST", "/v1/no-such-path", {}


def learn():
    """The steps for warm.py, in the order in which they are to be taken."""
    from litellm.proxy.proxy_server import app

    modules = set(sys.modules)
    patterns = set(re._cache)
    late = {model for model in models() if not model.__pydantic_complete__}
    unasked = set(lazy_attributes())
    Sampler(app, samples()).run()
    loaded = [name for name in sys.modules if name not in modules and not name.startswith("sidelite_")]
    features = sorted(getattr(app.state, "lazy_loaded", ()))
    built = [model for model in models() if model.__pydantic_complete__]
    built = [model for model in built if model in late or model.__module__ not in modules]
    return [
        *(("module", name) for name in loaded),
        *(("feature", name) for name in features),
        *dict.fromkeys(("route", f"{method} {path}") for method, path, _ in samples()),
        *(("model", f"{model.__module__}:{model.__qualname__}") for model in built if is_named(model)),
        *(("adapter", name) for name in adapters()),
        *(("encoding", name) for name in sorted(getattr(sys.modules.get("tiktoken.registry"), "ENCODINGS", ()))),
        *(("call", name) for name in CALLS),
        *(("attribute", name) for name in lazy_attributes() if name not in unasked and name.split(":")[0] in modules),
        *(("pattern", f"{int(key[2])}:{key[1]}") for key in re._cache if key not in patterns and key[0] is str),
    ]


def trace(pages):
    """Ranges of memory that first requests write to, and the boot does not. `pages`: pages.py.

    Of what a provider answers nothing is asked: every page costs each fork 4 us and its memory, needed or not.
    """
    from litellm.proxy.proxy_server import app

    calls = [call for call in samples() if call[2] is None or call[2].get("model") == "mock"]
    bounds, notes = pages.private(), []
    Sampler(app, calls, lambda: notes.append(pages.note(bounds))).run()
    return pages.gained(bounds, *notes)


def models():
    """pydantic's classes: models and dataclasses."""
    found, rest = {}, [object]
    while rest:
        subclasses = type.__subclasses__(rest.pop())
        rest += [one for one in subclasses if one not in found]
        found.update(dict.fromkeys(subclasses))
    return [one for one in found if "__pydantic_validator__" in vars(one)]


def lazy_attributes():
    """What modules hold that look for an attribute when it is first asked for: their code, and no state."""
    for name, module in list(sys.modules.items()):
        held = getattr(module, "__dict__", {})
        if "__getattr__" in held:
            yield from (f"{name}:{one}" for one, value in held.items() if isinstance(value, CODE))


def is_named(model):
    found = sys.modules.get(model.__module__)
    for part in model.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is model


def adapters():
    for name, module in list(sys.modules.items()):
        for attribute, value in list(getattr(module, "__dict__", {}).items()):
            if type(value) is pydantic.TypeAdapter and "_sidelite_names" in vars(value) and value.pydantic_complete:
                yield f"{name}:{attribute}"


class Sampler(uvicorn.Server):
    """Serves as a generation does, asks itself the samples and ends."""

    def __init__(self, app, calls, note=lambda: None):
        """`note`: called before the calls and after them."""
        super().__init__(uvicorn.Config(app, log_level="critical", access_log=False, server_header=False))
        self.calls, self.note = calls, note

    async def serve(self, sockets=None):
        provider = await asyncio.start_server(provide, "127.0.0.1", 0)
        key = f"sk-{secrets.token_hex(16)}"
        config = os.memfd_create("config")
        os.write(config, json.dumps(configuration(provider.sockets[0].getsockname()[1])).encode())
        os.environ.update(SIDELITE_SAMPLE_KEY=key, WORKER_CONFIG=json.dumps({"config": f"/proc/self/fd/{config}"}))
        listening = socket.create_server(("127.0.0.1", 0))
        serving = asyncio.ensure_future(super().serve([listening]))
        while not self.started and not serving.done():
            await asyncio.sleep(0.01)
        self.note()
        for method, path, body in self.calls if self.started else ():
            await asyncio.wait_for(ask(listening.getsockname(), method, path, body, key), ANSWER_S)
        await asyncio.sleep(SETTLE_S)
        self.note()


def configuration(port):
    base = f"http://127.0.0.1:{port}"
    mock = {"model": "openai/gpt-4o", "api_key": "none", "mock_response": "pong"}
    real = {"model": "openai/gpt-4o", "api_key": "none", "api_base": f"{base}/v1"}
    other = {"model": "anthropic/claude-sonnet-4-5", "api_key": "none", "api_base": base}
    models = {"mock": mock, "openai": real, "anthropic": other}
    return {
        "model_list": [{"model_name": name, "litellm_params": model} for name, model in models.items()],
        "general_settings": {"master_key": "os.environ/SIDELITE_SAMPLE_KEY"},
        "router_settings": {"num_retries": 0},
    }


async def ask(address, method, path, body, key):
    data = b"" if body is None else json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nhost: sample\r\nauthorization: Bearer {key}\r\nconnection: close\r\n"
    head += f"content-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
    reader, writer = await asyncio.open_connection(*address)
    writer.write(head.encode() + data)
    await reader.read()  # a sample that fails loads less: no harm
    writer.close()


async def provide(reader, writer):
    """One request of LiteLLM to its provider."""
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().splitlines() if line.startswith(b"content-length:")]
    body = json.loads(await reader.readexactly(int(lengths[0])) or b"{}") if lengths else {}
    answer = MESSAGE if b"/messages" in head.splitlines()[0] else CHAT
    kind, text = b"application/json", json.dumps(answer)
    if body.get("stream"):
        kind, text = b"text/event-stream", f"data: {json.dumps(CHUNK)}\n\ndata: [DONE]\n\n"
    writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: %s\r\n\r\n" % kind + text.encode())
    await writer.drain()
    writer.close()
