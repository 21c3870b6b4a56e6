# Prints how many routes are complete after LiteLLM's import, and all that they say; read by quicken.test.ts.
import gc, json, runpy, sys
gc.disable()
names = ["quicken", "defer"]
ends = [runpy.run_path(path)[name]() for path, name in zip(sys.argv[1:], names)]
from litellm.proxy.proxy_server import app
for end in ends:
    end()
from fastapi import routing
direct = [route for route in app.routes if isinstance(route, routing.APIRoute)]
complete = sum("dependant" in vars(route) for route in direct)
PLAIN = """path name methods endpoint status_code unique_id description tags include_in_schema response_model
  response_class is_sse_stream is_json_stream _embed_body_fields deprecated operation_id responses""".split()
def describe(dependant):
    params = [dependant.path_params, dependant.query_params, dependant.header_params, dependant.body_params]
    call = getattr(dependant.call, "__qualname__", type(dependant.call).__name__)
    return [call, [[p.name, p.alias, p.field_info.is_required()] for group in params for p in group],
            [describe(each) for each in dependant.dependencies]]
def tell(route):
    told = {name: repr(getattr(route, name, None)).split(" at 0x")[0] for name in PLAIN}
    told["methods"] = sorted(getattr(route, "methods", None) or ())
    if getattr(route, "dependant", None) is not None:
        told.update(dependant=describe(route.dependant), body=getattr(getattr(route, "body_field", None), "name", None))
        told.update(app=route.app.__qualname__)
    return told
routes = [tell(context._effective_route) for context in routing.iter_route_contexts(app.routes)]
print(json.dumps({"complete": complete, "routes": routes}))
