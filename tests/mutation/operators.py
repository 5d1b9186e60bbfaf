"""Systematic mutants of a Python source: every operator at every place, and pairs of them.

A mutant is a list of (node number, variant number): nodes are numbered as ``ast.walk`` meets them, and ``variants``
lists what a node may turn into. Two in one list make a pair.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

Change = tuple[int, int]

COMPARISONS: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
ARITHMETIC: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitXor: (ast.BitOr,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
}
TWINS = (
    ("min", "max"), ("floor", "ceil"), ("any", "all"), ("zeros", "ones"), ("argmin", "argmax"), ("append", "extend"),
    ("weight", "bias"), ("running_mean", "running_var"), ("Linear", "Conv2d"), ("BatchNorm1d", "BatchNorm2d"),
    ("deepcopy", "copy"), ("repeat", "tile"), ("body", "shortcut"), ("ravel", "flatten"), ("abs", "negative"),
    ("nsmallest", "nlargest"), ("float64", "float32"), ("float64", "float16"), ("Decimal", "float"),
    ("Fraction", "float"), ("ROUND_FLOOR", "ROUND_CEILING"), ("flatnonzero", "argwhere"), ("left", "right"),
    ("cumsum", "array"), ("ValueError", "TypeError"), ("size", "ndim"), ("repr", "str"),
)  # fmt: skip
TWIN: dict[str, list[str]] = {}
for _one, _other in TWINS:
    TWIN.setdefault(_one, []).append(_other)
    TWIN.setdefault(_other, []).append(_one)


@dataclass(frozen=True)
class Mutant:
    """A source and what is to change in it."""

    source: str
    changes: tuple[Change, ...]

    def tree(self) -> ast.Module | None:
        """Return the changed program, ``None`` where it is the old one."""
        tree = _apply(self.source, dict(self.changes))
        return None if ast.dump(tree) == ast.dump(ast.parse(self.source)) else tree

    @property
    def label(self) -> str:
        """Where, and what became what."""
        nodes = list(ast.walk(_numbered(self.source)))
        parts = []
        for number, variant in self.changes:
            node = nodes[number]
            parts.append(f"line {node.lineno}: {_short(node)}  ->  {_short(list(variants(node))[variant])}")
        return "  and  ".join(parts)


def mutants(source: str) -> list[Mutant]:
    """Return all single mutants, in the order of the nodes."""
    tree = _numbered(source)
    skipped = _skipped(tree)
    return [
        Mutant(source, ((node.number, variant),))
        for node in ast.walk(tree)
        if node not in skipped and hasattr(node, "lineno")
        for variant, _ in enumerate(variants(node))
    ]


def pairs(singles: list[Mutant], number: int, seed: int) -> list[Mutant]:
    """Return ``number`` pairs of single mutants at different places, drawn with a fixed seed."""
    rng = Random(seed)
    found = []
    for _ in range(number):
        one, other = rng.sample(singles, 2)
        if one.changes[0][0] != other.changes[0][0]:
            found.append(Mutant(one.source, one.changes + other.changes))
    return found


def _numbered(source: str) -> ast.Module:
    tree = ast.parse(source)
    for number, node in enumerate(ast.walk(tree)):
        node.number = number
        for child in ast.iter_child_nodes(node):
            child.parent = node
    return tree


def _skipped(tree: ast.Module) -> set[ast.AST]:
    """Annotations, docstrings, imports, type aliases and the words of an error say nothing that a test could see."""
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        gone: list[ast.AST | None] = []
        if isinstance(node, ast.arg):
            gone = [node.annotation]
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            gone = [node.returns]
        elif isinstance(node, ast.AnnAssign):
            gone = [node.annotation]
        elif (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) or isinstance(
            node, (ast.Import, ast.ImportFrom, ast.JoinedStr, ast.TypeIgnore)
        ):
            gone = [node]
        elif isinstance(node, ast.Call) and isinstance(getattr(node, "parent", None), ast.Raise):
            gone = list(node.args)
        elif isinstance(node, ast.Assert) or (isinstance(node, ast.Assign) and _says_nothing(node)):
            gone = [node]
        elif isinstance(node, ast.ClassDef):
            gone = list(node.decorator_list)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "cast"):
            gone = [node.parent if isinstance(node.parent, ast.Expr) else node]
        for root in gone:
            skipped.update(ast.walk(root) if root is not None else ())
    return skipped


def _says_nothing(node: ast.Assign) -> bool:
    """``__all__``, or a name for a type."""
    generic = isinstance(node.value, ast.Subscript) and ast.unparse(node.value.value) in ("NDArray", "list", "dict")
    return generic or ast.unparse(node.targets[0]) == "__all__"


def _apply(source: str, changes: dict[int, int]) -> ast.Module:
    tree = _numbered(source)

    class Change(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            self.generic_visit(node)
            if node.number in changes:
                options = list(variants(node))
                return options[min(changes[node.number], len(options) - 1)]
            return node

    return ast.fix_missing_locations(Change().visit(tree))


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else text[:67] + "..."


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def variants(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in place of ``node``."""
    rule = RULES.get(type(node))
    for replacement in rule(node) if rule is not None else ():
        if not hasattr(replacement, "lineno"):
            ast.copy_location(replacement, node)
        yield ast.fix_missing_locations(replacement)
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr, ast.Raise, ast.Delete)):
        yield ast.copy_location(ast.Pass(), node)


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    for i, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)]:
            yield _with(node, ops=[*node.ops[:i], other(), *node.ops[i + 1 :]])
    if len(node.ops) == 2:
        yield ast.Compare(node.left, node.ops[:1], node.comparators[:1])
        yield ast.Compare(node.comparators[0], node.ops[1:], node.comparators[1:])


def _binary(node: ast.BinOp) -> Iterator[ast.AST]:
    for other in ARITHMETIC.get(type(node.op), ()):
        yield _with(node, op=other())
    yield node.left
    yield node.right


def _augmented(node: ast.AugAssign) -> Iterator[ast.AST]:
    for other in ARITHMETIC.get(type(node.op), ()):
        yield _with(node, op=other())
    yield ast.Assign([node.target], node.value)


def _boolean(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for i in range(len(node.values)):
        rest = node.values[:i] + node.values[i + 1 :]
        yield rest[0] if len(rest) == 1 else _with(node, values=rest)


def _unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        others: tuple[object, ...] = (not value,)
    elif isinstance(value, int):
        others = (value + 1, value - 1)
    elif isinstance(value, float):
        others = (value + 1, -value) if value else (1.0,)
    elif isinstance(value, str):
        others = (value + "x",)
    else:
        others = (0,) if value is None else ()
    for other in others:
        yield ast.Constant(other)


def _name(node: ast.Name) -> Iterator[ast.AST]:
    for twin in TWIN.get(node.id, ()):
        yield _with(node, id=twin)
    if isinstance(node.ctx, ast.Load):
        for other in _neighbours(node):
            yield _with(node, id=other)


def _neighbours(node: ast.Name) -> list[str]:
    """Two other variables of the same function, the same ones each time."""
    holder: ast.AST | None = node
    while holder is not None and not isinstance(holder, (ast.FunctionDef, ast.Lambda)):
        holder = getattr(holder, "parent", None)
    if holder is None:
        return []
    names = {n.id for n in ast.walk(holder) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    names |= {a.arg for a in ast.walk(holder) if isinstance(a, ast.arg)}
    if node.id not in names:
        return []
    options = sorted(names - {node.id, "self"})
    rng = Random(f"{node.id} {node.lineno} {node.col_offset}")
    return rng.sample(options, min(2, len(options)))


def _attribute(node: ast.Attribute) -> Iterator[ast.AST]:
    for twin in TWIN.get(node.attr, ()):
        yield _with(node, attr=twin)


def _subscript(node: ast.Subscript) -> Iterator[ast.AST]:
    if not isinstance(node.ctx, ast.Load):
        return
    yield node.value
    if isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 2:
        yield _with(node, slice=_with(node.slice, elts=node.slice.elts[::-1]))


def _slice(node: ast.Slice) -> Iterator[ast.AST]:
    if node.lower is not None or node.upper is not None:
        yield _with(node, lower=node.upper, upper=node.lower)
    for bound in ("lower", "upper", "step"):
        if getattr(node, bound) is not None:
            yield _with(node, **{bound: None})


def _call(node: ast.Call) -> Iterator[ast.AST]:
    for i in range(len(node.args) - 1):
        yield _with(node, args=[*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]])
    for i in range(len(node.keywords)):
        yield _with(node, keywords=node.keywords[:i] + node.keywords[i + 1 :])
    if len(node.args) > 1:
        yield _with(node, args=node.args[:-1])
    method = isinstance(node.func, ast.Attribute)
    if method and not (isinstance(node.func.value, ast.Name) and node.func.value.id in _MODULES):
        yield node.func.value  # a removed .copy(), .astype(...), .ravel()
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]  # a removed abs(...)


_MODULES = ("np", "numpy", "math", "copy", "heapq", "itertools", "functools", "operator", "bisect")


def _branch(node: ast.If | ast.IfExp) -> Iterator[ast.AST]:
    yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    yield _with(node, test=ast.Constant(True))
    yield _with(node, test=ast.Constant(False))


def _loop(node: ast.For) -> Iterator[ast.AST]:
    listed = ast.Call(ast.Name("list", ast.Load()), [node.iter], [])
    for lower, upper in ((ast.Constant(1), None), (None, ast.Constant(-1))):
        yield _with(node, iter=ast.Subscript(listed, ast.Slice(lower, upper), ast.Load()))


def _comprehension(node: ast.AST) -> Iterator[ast.AST]:
    for i, generator in enumerate(node.generators):
        for j in range(len(generator.ifs)):
            changed = _with(generator, ifs=generator.ifs[:j] + generator.ifs[j + 1 :])
            yield _with(node, generators=[*node.generators[:i], changed, *node.generators[i + 1 :]])


def _tuple(node: ast.Tuple) -> Iterator[ast.AST]:
    parent = getattr(node, "parent", None)
    unordered = isinstance(parent, (ast.Compare, ast.ExceptHandler)) or (
        isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == "isinstance"
    )
    if len(node.elts) == 2 and not unordered:
        yield _with(node, elts=node.elts[::-1])


def _jump(node: ast.AST) -> Iterator[ast.AST]:
    yield ast.Pass()
    yield ast.Break() if isinstance(node, ast.Continue) else ast.Continue()


def _return(node: ast.Return) -> Iterator[ast.AST]:
    if node.value is not None and not isinstance(node.value, ast.Constant):
        yield ast.Return(ast.Constant(None))


RULES: dict[type, Callable[..., Iterator[ast.AST]]] = {
    ast.Compare: _compare,
    ast.BinOp: _binary,
    ast.AugAssign: _augmented,
    ast.BoolOp: _boolean,
    ast.UnaryOp: _unary,
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Call: _call,
    ast.If: _branch,
    ast.IfExp: _branch,
    ast.For: _loop,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.Tuple: _tuple,
    ast.Continue: _jump,
    ast.Break: _jump,
    ast.Return: _return,
}
