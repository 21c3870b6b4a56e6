"""Run in a throwaway fork of the keeper: answers sample requests as LiteLLM would and lists what that loaded.

Nothing leaves the machine: the answers are LiteLLM's own mock responses, or come from a stand-in for the provider
in this very process.
"""

import asyncio
import json
import os
import re
import secrets
import sys

import pydantic
import uvicorn

CALLS = ["litellm.llms:load_guardrail_translation_mappings"]  # looks through folders, and remembers
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
    server = uvicorn.Config(app)
    server.load()  # what a generation needs before any request
    server.get_loop_factory()
    asyncio.run(answer_all(app))
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
        *(("pattern", f"{int(key[2])}:{key[1]}") for key in re._cache if key not in patterns and key[0] is str),
    ]


def trace(pages):
    """Ranges of memory that first requests write to, and the boot does not. `pages`: pages.py."""
    from litellm.proxy.proxy_server import app

    bounds, notes = pages.shared(), []
    asyncio.run(answer_all(app, lambda: notes.append(pages.own(bounds))))
    booted, answered = notes
    return pages.ranges(answered - booted)


def models():
    found, rest = {}, [pydantic.BaseModel]
    while rest:
        subclasses = rest.pop().__subclasses__()
        rest += [model for model in subclasses if model not in found]
        found.update(dict.fromkeys(subclasses))
    return list(found)


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


async def answer_all(app, note=lambda: None):
    """`note`: called before the samples and after them."""
    provider = await asyncio.start_server(provide, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{provider.sockets[0].getsockname()[1]}"
    key = f"sk-{secrets.token_hex(16)}"
    config = os.memfd_create("config")
    os.write(config, json.dumps(configuration(base)).encode())
    os.environ.update(SIDELITE_SAMPLE_KEY=key, WORKER_CONFIG=json.dumps({"config": f"/proc/self/fd/{config}"}))
    waiting, begun = asyncio.Queue(), asyncio.Event()
    waiting.put_nowait({"type": "lifespan.startup"})

    async def told(message):
        if message["type"] != "lifespan.startup.complete":
            raise RuntimeError(message.get("message"))
        begun.set()

    life = asyncio.ensure_future(app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, waiting.get, told))
    await asyncio.wait([life, asyncio.ensure_future(begun.wait())], return_when="FIRST_COMPLETED")
    note()
    for method, path, body in samples() if begun.is_set() else ():
        await asyncio.wait_for(ask(app, method, path, body, key), ANSWER_S)
    await asyncio.sleep(SETTLE_S)
    note()


def configuration(base):
    mock = {"model": "openai/gpt-4o", "api_key": "none", "mock_response": "pong"}
    real = {"model": "openai/gpt-4o", "api_key": "none", "api_base": f"{base}/v1"}
    other = {"model": "anthropic/claude-sonnet-4-5", "api_key": "none", "api_base": base}
    models = {"mock": mock, "openai": real, "anthropic": other}
    return {
        "model_list": [{"model_name": name, "litellm_params": model} for name, model in models.items()],
        "general_settings": {"master_key": "os.environ/SIDELITE_SAMPLE_KEY"},
        "router_settings": {"num_retries": 0},
    }


async def ask(app, method, path, body, key):
    data = b"" if body is None else json.dumps(body).encode()
    headers = {"host": "sample", "authorization": f"Bearer {key}", "content-type": "application/json"}
    headers["content-length"] = str(len(data))
    pending = [{"type": "http.request", "body": data}]

    async def receive():
        return pending.pop() if pending else await asyncio.Event().wait()

    async def send(_):
        pass

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": method,
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"", "state": {},
        "client": ("127.0.0.1", 1), "server": ("sample", 80),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    try:
        await app(scope, receive, send)
    except Exception:  # noqa: S110  a sample that fails loads less: no harm
        pass


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
