"""Run by keeper.py before it imports LiteLLM: spares FastAPI work that it does again and again, or for nothing.

LiteLLM has 700 routes. FastAPI reads the same few signatures some ten thousand times, builds about 2,000 validators,
and works out every route's parameters twice, of which a process uses a handful: together a fifth of LiteLLM's import
and most of its first answer. Here signatures are remembered, and validators and routes are built at first use, with
the same results. A FastAPI that does not have these places, as they are known from 0.163, is left alone.
"""

import dataclasses
import functools
import types

# What finding a route needs, and LiteLLM's own look at its routes.
OUTLINE = "path endpoint methods name path_regex path_format param_convertors".split()
LATER = "_sidelite_later"


def quicken():
    """Returns what is to be called after the import: routes of the user's modules are built at once, as usual."""
    try:
        remember_signatures()
        locate_endpoints()
        return build_routes_later()
    except (ImportError, AttributeError, TypeError, ValueError):
        return lambda: None


def remember_signatures():
    from fastapi._compat.v2 import FieldInfo, ModelField
    from fastapi.dependencies import utils

    build, read = ModelField.__post_init__, utils.get_typed_signature
    made = vars(ModelField(field_info=FieldInfo(annotation=int), name="probe"))
    if made.keys() - {field.name for field in dataclasses.fields(ModelField)} != {"_type_adapter"}:
        return
    remembered = functools.cache(read)

    def get_typed_signature(call):
        try:
            return remembered(call)
        except TypeError:  # not hashable
            return read(call)

    def build_at_first_use(field, name):
        if name == "_type_adapter" and name not in vars(field):
            build(field)
        return object.__getattribute__(field, name)

    utils.get_typed_signature = get_typed_signature
    ModelField.__post_init__ = lambda field: None
    ModelField.__getattr__ = build_at_first_use


def locate_endpoints():
    """Where an endpoint is written, for error messages: from its code, not by parsing its source at its first call."""
    from fastapi import routing

    locate = routing._extract_endpoint_context

    def extract_endpoint_context(endpoint):
        if type(endpoint) is not types.FunctionType or hasattr(endpoint, "__wrapped__"):
            return locate(endpoint)
        code = endpoint.__code__
        return {"file": code.co_filename, "line": code.co_firstlineno, "function": endpoint.__name__}

    routing._extract_endpoint_context = extract_endpoint_context


def build_routes_later():
    from fastapi import routing

    route_class, context_class = routing.APIRoute, routing._EffectiveRouteContext
    build, build_context = route_class.__init__, context_class.from_api_route.__func__
    current = routing._effective_route_context_var

    def outline(route, path, endpoint, methods, name):
        values = (path, endpoint, methods, name, *routing.compile_path(path))
        vars(route).update(zip(OUTLINE, values, strict=True))

    def begin(route, path, endpoint, **options):
        methods = {method.upper() for method in options.get("methods") or ["GET"]}
        name = options.get("name")
        outline(route, path, endpoint, methods, routing.get_name(endpoint) if name is None else name)
        vars(route)[LATER] = lambda: build(route, path, endpoint, **options)

    def complete(route):
        later = vars(route).pop(LATER, None)
        if later is not None:
            token = current.set(None)  # whoever asks may be building another route's handler
            try:
                later()
            finally:
                current.reset(token)

    def read(route, name):  # called for what is not there
        if name.startswith("__") or LATER not in vars(route):
            raise AttributeError(f"{type(route).__name__!r} object has no attribute {name!r}")
        complete(route)
        return getattr(route, name)

    def write(route, name, value):
        complete(route)
        object.__setattr__(route, name, value)

    class Context(context_class):  # a route as a router that includes it sees it
        def __getattribute__(self, name):
            if name not in needed and not name.startswith("__"):
                values = vars(self)
                later = values.pop(LATER)
                self.__class__ = context_class
                values.update(vars(later()))
            return object.__getattribute__(self, name)

    needed = {*OUTLINE, "original_route", "starlette_route", "matches"}

    def begin_context(cls, *, original_route, include_context):
        context = cls(original_route=original_route)
        path, route = include_context.path_for(original_route), original_route
        outline(context, path, route.endpoint, set(route.methods), route.name)
        arguments = {"original_route": route, "include_context": include_context}
        vars(context)[LATER] = lambda: build_context(cls, **arguments)
        context.__class__ = Context
        return context

    def probe():
        route = route_class("/probe/{name}", probe, methods=["get"])
        include = routing._RouterIncludeContext(included_router=routing.APIRouter(), prefix="/in")
        context = context_class.from_api_route(original_route=route, include_context=include)
        return [{name: getattr(made, name) for name in OUTLINE} for made in (route, context)]

    def replace(first, second):
        route_class.__init__, context_class.from_api_route = first, classmethod(second)

    usual = probe()
    replace(begin, begin_context)
    try:
        if probe() != usual:
            raise ValueError("another outline")
    except Exception:
        replace(build, build_context)
        raise
    route_class.__getattr__, route_class.__setattr__ = read, write
    return lambda: replace(build, begin_context)
