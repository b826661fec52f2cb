"""Names, attributes and calls: what is looked up where, and what happens when it is called."""

import ast
from collections.abc import Callable

from explorer.exchange.python.contents import spread_in
from explorer.exchange.python.expressions import Expressions
from explorer.exchange.python.parameters import bound_arguments, is_refused
from explorer.exchange.python.standard import changes, pythons, records
from explorer.exchange.python.standard.methods import method
from explorer.exchange.python.values import (
    BATCH,
    Bound,
    Builtin,
    Class,
    External,
    Function,
    Instance,
    Module,
    Names,
    Part,
    Partial,
    Scope,
    Super,
    Tensor,
    Unknown,
    Value,
)

SPECIAL: dict[str, Callable[[Instance], Value]] = {  # of every object
    "__class__": lambda instance: instance.cls,
    "__dict__": lambda instance: instance.attributes,
    "__getattr__": lambda instance: Bound(pythons.BUILTINS["getattr"], instance),
    "__getattribute__": lambda instance: Bound(pythons.BUILTINS["getattr"], instance),
    "__setattr__": lambda instance: Bound(pythons.BUILTINS["setattr"], instance),
    "__delattr__": lambda instance: Bound(pythons.BUILTINS["delattr"], instance),
}


class Outside(ast.Call):
    """A call that stands in no text: it may leave arguments out."""

    def __init__(self) -> None:
        super().__init__(func=ast.Name(id="forward", ctx=ast.Load()), args=[], keywords=[])
        self.lineno = 0


class Calls(Expressions):
    """Looks names up and calls what they stand for."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.stars: list[str] = []  # modules all of whose names are imported
        self.classes: list[Class] = []  # of the file, in their order

    def run_function(self, function: Function, scope: Scope) -> Value:
        """Run a function's body, and give what it returns."""
        raise NotImplementedError

    def look_up(self, name: str, scope: Scope, node: ast.AST) -> Value:
        """Find a name in the scopes from the inside out, then among Python's own and what programs usually import."""
        self_scope: Scope | None = scope
        while self_scope:
            if name in self_scope.names and (self_scope is scope or not self_scope.is_class):
                return self_scope.names[name]
            self_scope = self_scope.parent
        if name in pythons.BUILTINS:
            return pythons.BUILTINS[name]
        known = self.known_name(name)
        return self.unknown(node, name) if known is None else known

    def attribute(self, owner: Value, name: str, node: ast.expr) -> Value:
        """Look a name up on a value."""
        match owner:
            case External(path=path):
                return self.imported(f"{path}.{name}")
            case Instance():
                return self._of_instance(owner, owner.cls.order(), name, node)
            case Super(cls=cls, owner=Instance() as instance):
                order = instance.cls.order()
                return self._of_instance(instance, order[order.index(cls) + 1 :], name, node, is_super=True)
            case Class():
                return self._of_class(owner, name, node)
            case Unknown():
                return self._of_unknown(owner, name, node)
        found = self.part_name(owner, name, node) if isinstance(owner, Module | Tensor) else None
        return found if found is not None else method(self, owner, name, node)

    def _of_unknown(self, owner: Unknown, name: str, node: ast.expr) -> Value:
        """Give a longer name where all that is unknown is a name; of some of a tensor's values what changes them."""
        if isinstance(owner, Part) and name.endswith("_"):
            return Builtin(name, lambda machine, node, *args, **keywords: machine.in_place(owner.tensor, owner))
        is_name = isinstance(node, ast.Attribute) and owner.what == self.text(node.value)
        return self.unknown(node) if is_name and owner.line == node.lineno else owner

    def _of_instance(
        self, instance: Instance, order: list[Value], name: str, node: ast.expr, *, is_super: bool = False
    ) -> Value:
        if name in instance.attributes and not is_super:
            return instance.attributes[name]
        if name in SPECIAL:
            return SPECIAL[name](instance)
        for cls in order:
            if isinstance(cls, Class) and name in cls.names:
                return self._bound(cls.names[name], instance, node)
        builtin = self.part_name(instance, name, node)
        if builtin is not None:
            return builtin
        return self.fails(node, "AttributeError") if _is_known(order) else self.unknown(node)

    def _bound(self, value: Value, instance: Instance, node: ast.expr) -> Value:
        if isinstance(value, Builtin):
            return Bound(value, instance)
        if not isinstance(value, Function) or "staticmethod" in value.decorators:
            return value
        if "classmethod" in value.decorators:
            return Bound(value, instance.cls)
        method = Bound(value, instance)
        is_property = any(name.endswith("property") for name in value.decorators)
        return self.call(method, [], {}, node) if is_property else method

    def _of_class(self, cls: Class, name: str, node: ast.expr) -> Value:
        value = found(cls, name)
        if value is not None:
            is_bound = isinstance(value, Function) and "classmethod" in value.decorators
            return Bound(value, cls) if is_bound else value
        if name in ("__name__", "__qualname__"):
            return cls.name
        return self.fails(node, "AttributeError") if _is_known(cls.order()) else self.unknown(node)

    def superior(self, node: ast.Call, scope: Scope) -> Value:
        """Give what `super()` or `super(Net, self)` stands for in a method."""
        inner: Scope | None = scope
        while inner and not inner.method:
            inner = inner.parent
        if not inner or not inner.method:
            return self.unknown(node)
        cls, owner = inner.method
        if node.args and isinstance(named := self.evaluate(node.args[0], scope), Class):
            cls = named
        return Super(cls, owner) if isinstance(owner, Instance) and cls in owner.cls.order() else self.unknown(node)

    def call(self, function: Value, args: list[Value], keywords: Names, node: ast.expr) -> Value:
        """Call what can be called."""
        self.step()
        match function:
            case Bound(function=inner, owner=owner):
                return self.call(inner, [owner, *args], keywords, node)
            case Builtin():
                return self._builtin(function, args, keywords, node)
            case Partial():
                return self.call(function.function, [*function.args, *args], {**function.keywords, **keywords}, node)
            case Module() | External():
                return self.call_module(function, args, keywords, node)
        if isinstance(function, Function | Class | Instance):
            return self._own(function, args, keywords, node)
        return function if isinstance(function, Unknown) else self.unknown(node)

    def _own(self, function: Function | Class | Instance, args: list[Value], keywords: Names, node: ast.expr) -> Value:
        """Call what the file itself defines."""
        if isinstance(function, Function):
            return self._function(function, args, keywords, node)
        if isinstance(function, Class):
            return self._new(function, args, keywords, node)
        return self._called(function, args, keywords, node)

    def _builtin(self, function: Builtin, args: list[Value], keywords: Names, node: ast.expr) -> Value:
        try:
            return function.run(self, node, *args, **keywords)
        except TypeError:  # other arguments than it takes
            return self.unknown(node)

    def _function(self, function: Function, args: list[Value], keywords: Names, node: ast.expr) -> Value:
        self.step(len(args) + len(keywords))
        if not isinstance(node, Outside) and is_refused(function, args, keywords):
            return self.fails(node, "TypeError")
        names = bound_arguments(function, args, keywords)
        method = (function.owner, args[0]) if function.owner and args else function.scope.method
        with self.deeper(node):
            return self.run_function(function, Scope(names, parent=function.scope, method=method))

    def _new(self, cls: Class, args: list[Value], keywords: Names, node: ast.expr) -> Value:
        instance = Instance(cls, getattr(node, "lineno", 0) or cls.line)
        self.made(instance)
        start = found(cls, "__init__")
        try:
            if start:
                self.call(start, [instance, *args], keywords, node)
            elif records.is_record(cls):
                self._new_record(instance, args, keywords, node)
        finally:
            self.seen.instances.append(instance)  # after those that it is made of
        return instance

    def _new_record(self, instance: Instance, args: list[Value], keywords: Names, node: ast.expr) -> None:
        records.fill(self, instance, args, keywords, node)
        if after := found(instance.cls, "__post_init__"):
            self.call(after, [instance], {}, node)

    def _called(self, instance: Instance, args: list[Value], keywords: Names, node: ast.expr) -> Value:
        """Call an object: a module passes on what its `forward` makes of it."""
        made = args[0] if args and isinstance(args[0], Tensor) and args[0].batch is not BATCH else None
        if made and made.is_input and made.known:
            self.seen.inputs.setdefault(id(instance), made.known)
        self.seen.used.append(instance)
        return self.hooked(instance, args, node, lambda args: self._passed_on(instance, args, keywords, node))

    def _passed_on(self, instance: Instance, args: list[Value], keywords: Names, node: ast.expr) -> Value:
        """Call a class's `__call__`, the object's own `forward` or its class's."""
        if calls := found(instance.cls, "__call__"):
            return self.call(calls, [instance, *args], keywords, node)
        if own := instance.attributes.get("forward"):
            return self.call(own, args, keywords, node)
        if not found(instance.cls, "forward"):
            return self.call_module(instance, args, keywords, node)
        return self.call(self.attribute(instance, "forward", node), args, keywords, node)

    def set_item(self, owner: Value, key: Value, value: Value, node: ast.expr) -> None:
        """Put something at a place of something."""
        if isinstance(owner, Instance | Tensor):
            self.put_part(owner, key, value)
        elif isinstance(owner, list | dict):
            changes.put(self, owner, key, value)

    def remove(self, owner: Value, key: Value, node: ast.expr) -> None:
        """Take a part out of something."""
        if isinstance(owner, Instance):
            self.take_part(owner, key)
        elif isinstance(owner, list | dict):
            changes.take(self, owner, key)

    def iterate(self, value: Value) -> list[Value] | None:
        """Give the items of what can be walked through: of a Sequential or a ModuleList its parts."""
        if isinstance(value, Instance):
            fields = records.items(value)
            value = self._walked(value) if fields is None else fields
        return super().iterate(value)

    def _walked(self, value: Instance) -> Value:
        """Give what an object's own `__iter__` gives, or its parts."""
        own = found(value.cls, "__iter__")
        return self.call(own, [value], {}, Outside()) if own else self.parts_of(value)

    def is_filled(self, value: Instance) -> bool | None:
        """Tell whether an object counts as true: one that has a length only if it has items."""
        if found(value.cls, "__bool__") or found(value.cls, "__len__"):
            return None
        items = self.parts_of(value) if records.items(value) is None else records.items(value)
        return True if items is None else None if spread_in(items) else bool(items)

    def item(self, owner: Value, key: Value, node: ast.AST) -> Value:
        """Give what stands at a place of something: a part of a Sequential, or some of its parts."""
        if isinstance(owner, Instance) and (fields := records.items(owner)) is not None:
            return super().item(fields, key, node)
        own = found(owner.cls, "__getitem__") if isinstance(owner, Instance) else None
        if own:
            return self.call(own, [owner, key], {}, Outside())
        if isinstance(owner, Instance | Tensor):
            return self.part_at(owner, key, node)
        return super().item(owner, key, node)


def found(cls: Class, name: str) -> Value:
    """Find what a class or one that it inherits from has by a name; None where none has it."""
    return next((each.names[name] for each in cls.order() if isinstance(each, Class) and name in each.names), None)


def _is_known(order: list[Value]) -> bool:
    """Tell whether classes are all of the text: of others it is not known what they have."""
    return all(isinstance(cls, Class) and cls.line for cls in order)
