"""Run by keeper.py before it imports LiteLLM: spares work that is done again and again, or for nothing.

LiteLLM has 700 routes and 3,200 pydantic models. FastAPI reads the same few signatures some ten thousand times and
builds about 2,000 validators of which a process uses a handful; pydantic builds some 1,200 more. Here signatures are
remembered and validators are built at first use, with the same results. A FastAPI or pydantic that does not have these
places, as they are known from 0.163 and 2.14, is left alone.
"""

import dataclasses
import functools
import inspect
import types


def quicken():
    """Returns what ends it: from then on what is defined, by a user's module say, is built at once again."""
    build_fields_late()
    remember_signatures()
    locate_endpoints()
    ends = [build_models_late(), build_adapters_late()]
    return lambda: [end() for end in ends if end is not None]


def build_fields_late():
    try:
        from fastapi._compat.v2 import FieldInfo, ModelField

        build = ModelField.__post_init__
        made = vars(ModelField(field_info=FieldInfo(annotation=int), name="probe"))
    except (ImportError, AttributeError, TypeError):
        return
    if made.keys() - {field.name for field in dataclasses.fields(ModelField)} != {"_type_adapter"}:
        return

    def build_at_first_use(field, name):
        if name == "_type_adapter" and name not in vars(field):
            build(field)
        return object.__getattribute__(field, name)

    ModelField.__post_init__ = lambda field: None
    ModelField.__getattr__ = build_at_first_use


def remember_signatures():
    try:
        from fastapi.dependencies import utils

        read = utils.get_typed_signature
    except (ImportError, AttributeError):
        return
    remembered = functools.cache(read)

    def get_typed_signature(call):
        try:
            return remembered(call)
        except TypeError:  # not hashable
            return read(call)

    utils.get_typed_signature = get_typed_signature


def locate_endpoints():
    """Where an endpoint is written, for error messages: from its code, not by parsing its source at its first call."""
    try:
        from fastapi import routing

        locate = routing._extract_endpoint_context
    except (ImportError, AttributeError):
        return

    def extract_endpoint_context(endpoint):
        if type(endpoint) is not types.FunctionType or hasattr(endpoint, "__wrapped__"):
            return locate(endpoint)
        code = endpoint.__code__
        return {"file": code.co_filename, "line": code.co_firstlineno, "function": endpoint.__name__}

    routing._extract_endpoint_context = extract_endpoint_context


def build_models_late():
    try:
        from pydantic._internal._config import config_defaults
    except ImportError:
        return None
    if config_defaults.get("defer_build") is not False:
        return None
    config_defaults["defer_build"] = True
    return lambda: config_defaults.update(defer_build=False)


def build_adapters_late():
    try:
        from pydantic import TypeAdapter
        from pydantic._internal._mock_val_ser import set_type_adapter_mocks

        build, rebuild = TypeAdapter._init_core_attrs, TypeAdapter.rebuild
        names = [*inspect.signature(build).parameters]
    except (ImportError, AttributeError):
        return None
    if names != ["self", "ns_resolver", "force", "raise_errors"]:
        return None

    def build_later(adapter, ns_resolver, force, raise_errors=False):
        if force:
            return build(adapter, ns_resolver, force, raise_errors)
        adapter._sidelite_names = ns_resolver
        set_type_adapter_mocks(adapter)
        adapter.pydantic_complete = False
        return False

    def build_at_first_use(adapter, **options):
        names = vars(adapter).get("_sidelite_names")
        if names is not None and not adapter.pydantic_complete and build(adapter, names, True):
            return True
        depth = options.pop("_parent_namespace_depth", 2)
        return rebuild(adapter, _parent_namespace_depth=depth + 1, **options)

    TypeAdapter._init_core_attrs, TypeAdapter.rebuild = build_later, build_at_first_use

    def end():
        TypeAdapter._init_core_attrs = build

    return end
