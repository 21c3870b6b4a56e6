"""Run by keeper.py before it imports LiteLLM: has pydantic build validators at their first use.

LiteLLM and its libraries define 3,200 models and 450 adapters at import, most of LiteLLM's own models late already.
The others cost a twelfth of the import, and a process uses a handful of them. A pydantic that is not as known from
2.14 is left alone.
"""

import inspect


def defer():
    """Returns what ends it: from then on what is defined, by a user's module say, is built at once again."""
    ends = [build_models_late(), build_adapters_late()]
    return lambda: [end() for end in ends if end is not None]


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
