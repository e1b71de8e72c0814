"""`Translator`: the Python of generated kernels as LLVM assembly on vectors of lanes.

It knows just what the generator, the steppers and `entries` write: straight lines of
arithmetic, a loop over states, a choice between two values. A function is translated when a
call of it is met; one that returns a value is written out in its caller.
"""

import ast
import math
from collections.abc import Mapping, Sequence

from .emitter import Condition, Emitter, Value
from .layout import Layout
from .meaning import Array, Index, Loaded, Meaning, Scope, Work
from .numbers_in import numbers_in
from .value_functions import VALUE_FUNCTIONS
from .vector_math import power

__all__ = ["Translator"]

OPERATIONS: dict[type[ast.operator], str] = {
    ast.Add: "fadd",
    ast.Sub: "fsub",
    ast.Mult: "fmul",
    ast.Div: "fdiv",
}

# Python's comparisons are false for NaN, and `!=` is true.
RELATIONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "olt",
    ast.LtE: "ole",
    ast.Gt: "ogt",
    ast.GtE: "oge",
    ast.Eq: "oeq",
    ast.NotEq: "une",
}


class Translator:
    """Translates functions of a source, and keeps what it translated.

    Parameters
    ----------
    source
        Text of the generated kernels and of the entries.
    layout
        Where the fields of the memory are.
    constants
        Numbers by name, besides those the source assigns.
    lanes
        Doubles in a vector.
    """

    def __init__(
        self, source: str, layout: Layout, constants: Mapping[str, float], lanes: int
    ) -> None:
        tree = ast.parse(source)
        self.functions = {
            node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)
        }
        self.constants = numbers_in(tree) | dict(constants)
        self.layout = layout
        self.lanes = lanes
        self.declared: set[str] = set()
        self._made: dict[str, str] = {}
        self._entries: frozenset[str] = frozenset()

    def module(self, entries: Sequence[str]) -> str:
        """The assembly of the entries and of all they call."""
        self._entries = frozenset(entries)
        for name in entries:
            self._function(name, [Work()])
        parts = [*sorted(self.declared), *self._made.values()]
        width = 64 * self.lanes
        parts.append(
            # Without an aligned stack every vector put aside would cross a line of the cache.
            "attributes #0 = { noinline nounwind alignstack=64 "
            f'"min-legal-vector-width"="{width}" "prefer-vector-width"="{width}" }}\n'
        )
        return "\n".join(parts)

    def _function(self, name: str, arguments: Sequence[Meaning]) -> None:
        """Translate a function that returns nothing, for arguments of these kinds, once."""
        if name in self._made:
            return
        self._made[name] = ""
        node = self.functions[name]
        scope = Scope(Emitter(self.lanes))
        kinds: list[str] = []
        for parameter, argument in zip(node.args.args, arguments, strict=True):
            text = f"%{parameter.arg}"
            if isinstance(argument, Value):
                kinds.append(f"{scope.emitter.doubles} {text}")
                scope.names[parameter.arg] = Value(scope.emitter, text)
                continue
            kinds.append(f"ptr {text}")
            scope.names[parameter.arg] = argument if isinstance(argument, Work) else Array(text)
        for statement in node.body:
            self._statement(statement, scope)
        self.declared |= scope.emitter.declared
        linkage = "" if name in self._entries else "internal "
        body = "\n".join(scope.emitter.lines)
        self._made[name] = (
            f"define {linkage}void @{name}({', '.join(kinds)}) #0 {{\nstart:\n{body}\n"
            "  ret void\n}\n"
        )

    # Statements

    def _statement(self, node: ast.stmt, scope: Scope) -> None:
        match node:
            case ast.Expr(value=ast.Constant()):
                return
            case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=arguments)):
                self._call(name, arguments, scope)
            case ast.Assign() | ast.AugAssign():
                self._assignment(node, scope)
            case ast.For(target=ast.Name(id=name), iter=ast.Call(args=[count])):
                self._loop(name, int(self._constant(count)), node.body, scope)
            case ast.If(test=ast.Compare() as test, body=body):
                if self._holds(test):
                    for statement in body:
                        self._statement(statement, scope)
            case _:
                raise ValueError(f"kernel has '{ast.unparse(node)}'; expected arithmetic")

    def _assignment(self, node: ast.Assign | ast.AugAssign, scope: Scope) -> None:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=items)):
                for target, item in zip(names, items, strict=True):
                    self._assign(target, item, scope)
            case ast.Assign(targets=[target], value=item):
                self._assign(target, item, scope)
            case ast.AugAssign(target=target, op=operator, value=item):
                read = ast.parse(ast.unparse(target), mode="eval").body
                self._assign(target, ast.BinOp(read, operator, item), scope)
            case _:
                raise ValueError(f"kernel has '{ast.unparse(node)}'; expected one target")

    def _assign(self, target: ast.expr, item: ast.expr, scope: Scope) -> None:
        if isinstance(target, ast.Name):
            scope.names[target.id] = self._meaning(item, scope)
            return
        if not isinstance(target, ast.Subscript):
            raise ValueError(f"kernel sets '{ast.unparse(target)}'; expected a name or place")
        value = self._value(item, scope)
        self._settle(scope)
        array, row = self._place(target, scope)
        emitter = scope.emitter
        pointer = self._pointer(array, row, scope)
        align = 8 * self.lanes
        emitter.line(f"store {emitter.doubles} {value.text}, ptr {pointer}, align {align}")

    def _settle(self, scope: Scope) -> None:
        """Load what has only been named: from here on it may change in memory."""
        for name, meaning in scope.names.items():
            if isinstance(meaning, Loaded):
                scope.names[name] = self._load(meaning.array, meaning.row, scope)

    def _call(self, name: str, arguments: Sequence[ast.expr], scope: Scope) -> None:
        """Call a function that returns nothing."""
        self._settle(scope)
        meanings = [self._argument(item, scope) for item in arguments]
        self._function(name, meanings)
        texts = []
        for meaning in meanings:
            if isinstance(meaning, Value):
                texts.append(f"{scope.emitter.doubles} {meaning.text}")
            elif isinstance(meaning, Array):
                texts.append(f"ptr {self._pointer(meaning, 0, scope)}")
            else:
                texts.append("ptr %work")
        scope.emitter.line(f"call void @{name}({', '.join(texts)})")

    def _argument(self, node: ast.expr, scope: Scope) -> Meaning:
        meaning = self._meaning(node, scope)
        return (
            self._load(meaning.array, meaning.row, scope)
            if isinstance(meaning, Loaded)
            else meaning
        )

    def _loop(self, name: str, count: int, body: Sequence[ast.stmt], scope: Scope) -> None:
        """A loop over rows; names it changes that were known before go round with it."""
        if count == 0:
            return
        self._settle(scope)
        emitter, before = scope.emitter, scope.emitter.block
        label, after = emitter.name("loop"), emitter.name("after")
        counter, following = f"%{emitter.name('i')}", f"%{emitter.name('i')}"
        emitter.line(f"br label %{label}")
        emitter.start_block(label)
        counter_line = len(emitter.lines)
        emitter.line("")
        known = dict(scope.names)
        carried: dict[str, tuple[str, int]] = {}
        for changed in _names_set(body):
            if isinstance(known.get(changed), Value):
                text = f"%{emitter.name('turn')}"
                carried[changed] = (text, len(emitter.lines))
                emitter.line("")
                scope.names[changed] = Value(emitter, text)
        scope.names[name] = Index(counter)
        for statement in body:
            self._statement(statement, scope)
        last_block = emitter.block
        emitter.lines[counter_line] = (
            f"  {counter} = phi i64 [ 0, %{before} ], [ {following}, %{last_block} ]"
        )
        for changed, (text, line) in carried.items():
            start, end = known[changed], scope.names[changed]
            first = start.text if isinstance(start, Value) else ""
            last = end.text if isinstance(end, Value) else ""
            pairs = f"[ {first}, %{before} ], [ {last}, %{last_block} ]"
            emitter.lines[line] = f"  {text} = phi {emitter.doubles} {pairs}"
        emitter.line(f"{following} = add nuw nsw i64 {counter}, 1")
        more = emitter.result(f"icmp ult i64 {following}, {count}")
        emitter.line(f"br i1 {more}, label %{label}, label %{after}")
        emitter.start_block(after)

    # Places

    def _place(self, node: ast.Subscript, scope: Scope) -> tuple[Array, int | Index]:
        """Array and row of an element."""
        array = self._meaning(node.value, scope)
        if not isinstance(array, Array):
            raise ValueError(
                f"kernel has '{ast.unparse(node)}'; expected an element of an array"
            )
        if isinstance(node.slice, ast.Tuple):
            stage, inner = node.slice.elts
            row = array.row + int(self._constant(stage)) * array.columns
            array, node = Array(array.pointer, row), ast.Subscript(node.value, inner)
        if isinstance(node.slice, ast.Name) and node.slice.id in scope.names:
            index = scope.names[node.slice.id]
            if isinstance(index, Index):
                return array, index
        return array, int(self._constant(node.slice))

    def _pointer(self, array: Array, row: int | Index, scope: Scope) -> str:
        emitter = scope.emitter
        offset = array.row if isinstance(row, Index) else array.row + row
        pointer = array.pointer
        if offset:
            pointer = emitter.result(
                f"getelementptr inbounds {emitter.doubles}, ptr {pointer}, i64 {offset}"
            )
        if isinstance(row, Index):
            pointer = emitter.result(
                f"getelementptr inbounds {emitter.doubles}, ptr {pointer}, i64 {row.text}"
            )
        return pointer

    def _load(self, array: Array, row: int | Index, scope: Scope) -> Value:
        emitter = scope.emitter
        pointer = self._pointer(array, row, scope)
        text = f"load {emitter.doubles}, ptr {pointer}, align {8 * self.lanes}"
        return Value(emitter, emitter.result(text))

    # Expressions

    def _constant(self, node: ast.expr) -> float:
        """A number the translation needs to know."""
        match node:
            case ast.Constant(value=int() | float() as value):
                return value
            case ast.Name(id=name):
                return self.constants[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._constant(operand)
            case _:
                raise ValueError(f"kernel has '{ast.unparse(node)}'; expected a known number")

    def _holds(self, test: ast.Compare) -> bool:
        """Whether a comparison of known numbers, written ``>=``, is true."""
        return self._constant(test.left) >= self._constant(test.comparators[0])

    def _value(self, node: ast.expr, scope: Scope) -> Value:
        meaning = self._meaning(node, scope)
        if isinstance(meaning, Loaded):
            loaded = self._load(meaning.array, meaning.row, scope)
            if isinstance(node, ast.Name):
                scope.names[node.id] = loaded
            return loaded
        if isinstance(meaning, Condition):
            return scope.emitter.select(meaning, 1.0, 0.0)
        if not isinstance(meaning, Value):
            raise ValueError(f"kernel has '{ast.unparse(node)}'; expected a value")
        return meaning

    def _meaning(self, node: ast.expr, scope: Scope) -> Meaning:
        emitter = scope.emitter
        match node:
            case ast.Constant() | ast.Name() | ast.Attribute():
                return self._named(node, scope)
            case ast.Subscript():
                return self._element(node, scope)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._value(operand, scope)
            case ast.BinOp(left=left, op=operator, right=right):
                return self._binary(operator, left, right, scope)
            case ast.Compare() | ast.BoolOp():
                return self._condition(node, scope)
            case ast.IfExp(test=test, body=yes, orelse=no):
                condition = self._condition(test, scope)
                return emitter.select(
                    condition, self._value(yes, scope), self._value(no, scope)
                )
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._result(
                    name, [self._value(item, scope) for item in arguments], scope
                )
            case _:
                raise ValueError(f"kernel has '{ast.unparse(node)}'; expected arithmetic")

    def _named(self, node: ast.expr, scope: Scope) -> Meaning:
        """What a number, a name or a field of the memory means."""
        emitter = scope.emitter
        match node:
            case ast.Constant(value=int() | float() as number):
                return emitter.number(number)
            case ast.Name(id=name):
                if name in scope.names:
                    return scope.names[name]
                return emitter.number(self.constants[name])
            case ast.Attribute(value=ast.Name(id="math"), attr=name):
                return emitter.number(getattr(math, name))
            case ast.Attribute(attr=name):
                columns = self.layout.columns.get(name, 0)
                return Array("%work", self.layout.first[name], columns)
            case _:
                raise ValueError(f"kernel has '{ast.unparse(node)}'; expected a number or name")

    def _element(self, node: ast.Subscript, scope: Scope) -> Meaning:
        """A row of a table of stages, or an element to be loaded."""
        array, row = self._place(node, scope)
        if array.columns and not isinstance(row, Index):
            return Array(array.pointer, array.row + row * array.columns)
        return self._load(array, row, scope) if isinstance(row, Index) else Loaded(array, row)

    def _binary(
        self, operator: ast.operator, left: ast.expr, right: ast.expr, scope: Scope
    ) -> Value:
        first, second = self._value(left, scope), self._value(right, scope)
        if isinstance(operator, ast.Pow):
            return power(first, second)
        return scope.emitter.binary(OPERATIONS[type(operator)], first, second)

    def _condition(self, node: ast.expr, scope: Scope) -> Condition:
        match node:
            case ast.Compare(left=left, ops=[relation], comparators=[right]):
                first, second = self._value(left, scope), self._value(right, scope)
                return scope.emitter.compare(RELATIONS[type(relation)], first, second)
            case ast.BoolOp(op=ast.And(), values=[one, other]):
                conditions = [self._condition(item, scope) for item in (one, other)]
                return scope.emitter.both(*conditions)
            case ast.Name(id=name) if isinstance(known := scope.names.get(name), Condition):
                return known
            case _:
                # A comparison of parameters alone is kept among the constants as 1 or 0.
                return scope.emitter.compare("une", self._value(node, scope), 0.0)

    def _result(self, name: str, arguments: Sequence[Value], scope: Scope) -> Value:
        """The value a function returns."""
        if name in VALUE_FUNCTIONS:
            return VALUE_FUNCTIONS[name](*arguments)
        node = self.functions[name]
        inner = Scope(
            scope.emitter,
            dict(zip((item.arg for item in node.args.args), arguments, strict=True)),
        )
        return self._returned(node.body, inner)

    def _returned(self, body: Sequence[ast.stmt], scope: Scope) -> Value:
        """The value of statements that end in a return, after any number of early ones."""
        match body[0]:
            case ast.Expr():
                return self._returned(body[1:], scope)
            case ast.Return(value=ast.expr() as item):
                return self._value(item, scope)
            case ast.If(test=test, body=[ast.Return(value=ast.expr() as early)]):
                condition = self._condition(test, scope)
                yes = self._value(early, scope)
                return scope.emitter.select(condition, yes, self._returned(body[1:], scope))
            case _:
                raise ValueError(f"kernel has '{ast.unparse(body[0])}'; expected a return")


def _names_set(body: Sequence[ast.stmt]) -> list[str]:
    """Names that statements assign, each once."""
    found = (
        target.id
        for statement in body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    )
    return list(dict.fromkeys(found))
