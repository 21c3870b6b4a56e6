"""The steps of warming: what each of them does, and where a list of them is kept."""

import contextlib
import importlib
import importlib.metadata
import json
import os
import re
import sys
import tempfile

FORMAT = 2
FILE = os.path.join(sys.prefix, "sidelite-warm.json")
LARGEST = 1 << 20


def read():
    """None: there is no list for this LiteLLM and this Python."""
    try:
        with open(FILE, "rb") as file:
            kept = json.loads(file.read(LARGEST))
        steps = [[kind, name] for kind, name in kept["steps"] if kind in KINDS and isinstance(name, str)]
        return steps if kept["for"] == versions() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(steps):
    """A folder that cannot be written only means that the next keeper learns again."""
    with contextlib.suppress(OSError):
        number, path = tempfile.mkstemp(prefix=".sidelite-warm-", dir=sys.prefix)
        try:
            with open(number, "w") as file:
                json.dump({"for": versions(), "steps": steps}, file)
            os.replace(path, FILE)
        except OSError:
            os.unlink(path)


def versions():
    return [FORMAT, importlib.metadata.version("litellm"), sys.version]


def is_installed():
    """What was imported is what the runtime's installer put there: a list of anything else must not be kept."""
    installed = importlib.metadata.distribution("litellm").locate_file("litellm/__init__.py")
    loaded = sys.modules["litellm"].__file__
    return os.path.realpath(str(installed)) == os.path.realpath(loaded or "")


def take(step):
    """Whether it could be taken."""
    kind, name = step
    try:
        KINDS[kind](name)
    except BaseException:  # SystemExit too: an import may do anything
        return False
    return True


def load_feature(name):
    """LiteLLM's own way, without its thread."""
    from litellm.proxy import _lazy_features as lazy
    from litellm.proxy.proxy_server import app

    feature = next(feature for feature in lazy.LAZY_FEATURES if feature.module_path == name)
    module = importlib.import_module(name)
    if name not in lazy._lazy_loaded(app):
        lazy._install(app, feature, lambda: module, lazy.LAZY_FEATURES)


def find_route(name):
    """What FastAPI and LiteLLM work out for a route when it is first asked for, the validators above all."""
    from litellm.proxy.proxy_server import app
    from starlette.routing import Match

    method, path = name.split(" ", 1)
    with contextlib.suppress(ImportError):
        from litellm.proxy.auth.auth_utils import normalize_request_route

        normalize_request_route(path)  # for its metrics: remembers it, and thirty patterns' substitutions
    scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": [], "app": app}
    for route in app.router.routes:
        match, _ = route.matches(scope)
        if match == Match.FULL:
            return build_fields(route, scope)
    if hasattr(app.router, "_match_low_priority"):
        app.router._match_low_priority(scope)
    return None


def build_fields(route, scope):
    from fastapi.dependencies import models

    while hasattr(route, "_match"):
        _, _, inner, context = route._match(scope)
        route = context if context is not None else inner
    dependants = [route.dependant]
    fields = [route.body_field, route.response_field]
    for dependant in dependants:
        dependants += dependant.dependencies
        fields += dependant.path_params + dependant.query_params + dependant.header_params
        fields += dependant.cookie_params + dependant.body_params
    for field in fields:
        getattr(field, "_type_adapter", None)
    for kind in ("gen", "async_gen", "coroutine"):
        is_kind = getattr(models, f"_is_{kind}_callable", None)
        for dependant in dependants if is_kind else ():
            is_kind(dependant.call)  # inspects it, and remembers


def build_model(name):
    found = look_up(name)
    if not found.__pydantic_complete__:
        found.__pydantic_validator__.title  # noqa: B018  the first use builds it


def build_adapter(name):
    look_up(name).validator.title  # noqa: B018


def compile_pattern(name):
    """The library remembers the last 512 of them."""
    flags, pattern = name.split(":", 1)
    re.compile(pattern, int(flags))


def load_encoding(name):
    import tiktoken

    tiktoken.get_encoding(name)


def look_up(name):
    module, path = name.split(":")
    found = sys.modules[module]
    for part in path.split("."):
        found = getattr(found, part)
    return found


KINDS = {
    "module": importlib.import_module,
    "feature": load_feature,
    "route": find_route,
    "model": build_model,
    "adapter": build_adapter,
    "encoding": load_encoding,
    "attribute": look_up,
    "call": lambda name: look_up(name)(),
    "pattern": compile_pattern,
}
