"""The kernels that work on columns of sensitivities, written out for one sparsity pattern.

They know which numbers are multiplied with which, and nothing about what the numbers are.
"""

import re
from collections.abc import Iterable

from .factorisation import Factorisation
from .sensitivity_symbolic import DifferentiatedSystem

__all__ = ["LANES", "column_kernels", "contraction"]

LANES = 4
"""Columns in a block; see `sensitivity_workspace`."""

Entry = tuple[int, int]


def contraction(whole: DifferentiatedSystem) -> tuple[dict[Entry, int], list[str]]:
    """Which entries of the Jacobian change with the state, and how they change on the way.

    Returns
    -------
    tuple
        The place of each changing entry in ``change``; and statements that fill ``change`` and
        add to ``slopes`` from ``curvature`` and ``direction``.
    """
    terms: dict[Entry, list[str]] = {}
    of_slopes: dict[Entry, list[str]] = {}
    for place, (row, first, second) in enumerate(whole.curvature):
        if first < 0:
            entry = (row, -1 - first)
            of_slopes.setdefault(entry, []).append(_product("curvature", place, second))
            continue
        for column, along in sorted({(first, second), (second, first)}):
            terms.setdefault((row, column), []).append(_product("curvature", place, along))
    changing = {entry: place for place, entry in enumerate(sorted(terms))}
    slope_place = {entry: place for place, entry in enumerate(whole.slopes)}
    lines = [f"change[{changing[entry]}] = {' + '.join(terms[entry])}" for entry in changing]
    lines += [
        f"slopes[{slope_place[entry]}] += {' + '.join(products)}"
        for entry, products in of_slopes.items()
    ]
    return changing, lines


def _product(array: str, place: int, state: int) -> str:
    return f"{array}[{place}] * direction[{state}]"


def column_kernels(
    whole: DifferentiatedSystem, factorisation: Factorisation, changing: dict[Entry, int]
) -> list[str]:
    """The source of every kernel that works on columns.

    Parameters
    ----------
    whole
        The program with its derivatives.
    factorisation
        That of its Jacobian.
    changing
        Place of each changing entry of the Jacobian in ``change``.
    """
    products = _products("jacobian", {entry: i for i, entry in enumerate(whole.jacobian)})
    changes = _products("change", changing)
    of_outputs: dict[int, list[str]] = {row: [] for row in range(len(whole.system.outputs))}
    for place, (row, column) in enumerate(whole.output_jacobian):
        of_outputs[row].append(f"jacobian[{place}] * block[{_at(column)}]")
    results = [
        f"result[{row}, lane] = {' + '.join(sums) or '0.0'}" for row, sums in of_outputs.items()
    ]
    substitute = [
        re.sub(r"vector\[(\d+)\]", lambda found: f"block[{_at(int(found[1]))}]", line)
        for line in factorisation.back_substitute
    ]
    added = [
        f"stages[{column // LANES}, stage, {LANES * row + column % LANES}]"
        f" += slopes[{place}] * weight[{column}]"
        for place, (row, column) in enumerate(whole.slopes)
    ]
    added_outputs = [
        f"result[{row}, {column}] += slopes[{place}] * weight[{column}]"
        for place, (row, column) in enumerate(whole.output_slopes)
    ]
    return [
        _for_lanes("add_products", "jacobian, block, result", products),
        _for_lanes("add_changes", "change, block, result", changes),
        _for_lanes("back_substitute_columns", "factors, block", substitute),
        _for_lanes("output_columns", "jacobian, block, result", results),
        _plain("add_slopes", "slopes, weight, stages, stage", added),
        _plain("add_output_slopes", "slopes, weight, result", added_outputs),
    ]


def _products(matrix: str, places: dict[Entry, int]) -> list[str]:
    """Statements that add the product of a matrix and a block to ``result``."""
    sums: dict[int, list[str]] = {}
    for (row, column), place in places.items():
        sums.setdefault(row, []).append(f"{matrix}[{place}] * b_{column}")
    columns = sorted({column for _, column in places})
    lines = [f"b_{column} = block[{_at(column)}]" for column in columns]
    lines += [
        f"result[{_at(row)}] = result[{_at(row)}] + {' + '.join(terms)}"
        for row, terms in sums.items()
    ]
    return lines


def _at(state: int) -> str:
    """Place of a state in a block."""
    return f"{LANES * state} + lane"


def _for_lanes(name: str, arguments: str, lines: Iterable[str]) -> str:
    body = "".join(f"        {line}\n" for line in lines) or "        pass\n"
    return (
        f'def {name}({arguments}):\n    """Generated."""\n    for lane in range(LANES):\n{body}'
    )


def _plain(name: str, arguments: str, lines: Iterable[str]) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f'def {name}({arguments}):\n    """Generated."""\n{body}'
