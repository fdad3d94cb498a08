"""``dataclass`` as the standard library has it, but quick to define: what it needs is made when it is first used.

The standard one writes and compiles six functions for each class while its module is imported: 0.6 ms of every start
for each of nearly a hundred classes. Here comparing, hashing and showing are closures over the fields, and the standard
library makes ``__init__`` for the first instance. ``fields``, ``replace``, ``asdict``, ``match``, ``copy`` and
``pickle`` work as ever, and ``changed`` is a quick ``replace``. Classes that inherit fields, or want ``order``, take
the standard one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # For those who check types it is the same.
    from dataclasses import dataclass as dataclass
    from dataclasses import replace

    changed = replace
else:
    import dataclasses
    from functools import cache
    from operator import attrgetter
    from reprlib import recursive_repr

    def dataclass(*, frozen=False, slots=False, eq=True):
        """A decorator that makes a class one of values."""

        def define(cls):
            made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
            made.__init__ = _first_init(made, frozen)
            if "__repr__" not in made.__dict__:
                made.__repr__ = _shown
            if eq:
                _compare(made, frozen)
            if frozen:
                made.__setattr__, made.__delattr__ = _refuse_set, _refuse_delete
                made.__getstate__, made.__setstate__ = _state, _restore
            return made

        return define

    def changed(value, /, **changes):
        """``replace`` for values of these classes that are made for each row of much data; ``__init__`` is passed by.

        It takes half of the time for a class of many fields. Raises ``AttributeError`` for a field there is none.
        """
        cls = value.__class__
        setters, read = _parts(cls)
        made = object.__new__(cls)
        for put, part in zip(setters.values(), read(value), strict=True):
            put(made, part)
        for name, part in changes.items():
            if name not in setters:
                raise AttributeError(f"{cls.__qualname__} has no field {name}")
            setters[name](made, part)
        return made

    @cache
    def _parts(cls):
        """For each field of a class with slots what sets it, and what reads all of them."""
        names = [each.name for each in dataclasses.fields(cls)]
        return {name: getattr(cls, name).__set__ for name in names}, attrgetter(*names)

    def _first_init(cls, frozen):
        """Stands in for ``__init__`` until the first instance is made."""

        def __init__(self, /, *args, **kwargs):
            same = ("default", "default_factory", "init", "kw_only")
            fields = [
                (each.name, each.type, dataclasses.field(**{name: getattr(each, name) for name in same}))
                for each in dataclasses.fields(cls)
            ]
            after = {"__post_init__": cls.__post_init__} if hasattr(cls, "__post_init__") else {}
            # With slots no default stands in the class, so that __init__ sets those of the fields it does not take.
            kind = {"frozen": frozen, "slots": True, "repr": False, "eq": False}
            made = dataclasses.make_dataclass(cls.__name__, fields, namespace=after, **kind).__init__
            made.__qualname__ = f"{cls.__qualname__}.__init__"
            cls.__init__ = made
            made(self, *args, **kwargs)

        return __init__

    def _compare(cls, frozen):
        """Equal are values of one class with equal fields; what is frozen has a hash."""
        names = [each.name for each in dataclasses.fields(cls) if each.compare]
        key = attrgetter(*names) if names else lambda self: ()

        if "__eq__" not in cls.__dict__:

            def __eq__(self, other):
                return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

            cls.__eq__ = __eq__
        # A class that says __eq__ alone has None here, which is no hash of its own.
        if cls.__dict__.get("__hash__") is None:
            cls.__hash__ = (lambda self: hash(key(self))) if frozen else None

    @recursive_repr()
    def _shown(self):
        fields = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
        return f"{self.__class__.__qualname__}({fields})"

    def _refuse_set(self, name, value):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_delete(self, name):
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def _state(self):
        return [getattr(self, each.name) for each in dataclasses.fields(self)]

    def _restore(self, state):
        # Past the refusal, as the standard library does.
        for each, value in zip(dataclasses.fields(self), state, strict=True):
            object.__setattr__(self, each.name, value)
