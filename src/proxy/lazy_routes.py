"""Run by keeper.py before it imports LiteLLM: its 700 routes are built at first use.

FastAPI works out every route's parameters at once, and again for the router that includes it: an eighth of the import
and most of the first answer, for the handful of routes that a process uses. A FastAPI that does not have these places,
as they are known from 0.163, is left alone.
"""

# What finding a route needs, and LiteLLM's own look at its routes.
OUTLINE = "path endpoint methods name path_regex path_format param_convertors".split()
LATER = "_sidelite_later"


def build_routes_late():
    """Returns what ends it: from then on a route of a user's module is built at once, as usual."""
    try:
        return replace_building()
    except (ImportError, AttributeError, TypeError, ValueError):
        return lambda: None


def replace_building():
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
