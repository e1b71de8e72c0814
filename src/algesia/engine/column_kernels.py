"""The kernels that work on columns of sensitivities, written out for one sparsity pattern.

They know which numbers are multiplied with which, and nothing about what the numbers are.
"""

import re
from collections.abc import Sequence

from .codegen import function_text
from .factorisation import Factorisation
from .sensitivity_symbolic import DifferentiatedSystem

__all__ = ["LANES", "column_kernels", "contraction"]

LANES = 4
"""Columns in a block, as many as a register of AVX2 holds; see `sensitivity_workspace`."""

Entry = tuple[int, int]

SINGLE = re.compile(r"\b(jacobian|change|factors)\[(\d+)\]")


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
            of_slopes.setdefault(entry, []).append(_product(place, second))
            continue
        for column, along in sorted({(first, second), (second, first)}):
            terms.setdefault((row, column), []).append(_product(place, along))
    changing = {entry: place for place, entry in enumerate(sorted(terms))}
    slope_place = {entry: place for place, entry in enumerate(whole.slopes)}
    lines = [
        f"change[{place}] = {' + '.join(terms[entry])}" for entry, place in changing.items()
    ]
    lines += [
        f"slopes[{slope_place[entry]}] += {' + '.join(products)}"
        for entry, products in of_slopes.items()
    ]
    return changing, lines


def _product(place: int, state: int) -> str:
    return f"curvature[{place}] * direction[{state}]"


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
        _for_lanes("column_products", "jacobian, change, bench", _products(whole, changing)),
        _for_lanes("back_substitute_columns", "factors, block", substitute),
        _for_lanes("output_columns", "jacobian, block, result", _outputs(whole)),
        function_text("add_slopes", "slopes, weight, stages, stage", added),
        function_text("add_output_slopes", "slopes, weight, result", added_outputs),
    ]


def _products(whole: DifferentiatedSystem, changing: dict[Entry, int]) -> list[str]:
    """Into the third part of a bench: Jacobian times the first, its change times the second."""
    states = len(whole.system.states)
    sums: dict[int, list[str]] = {row: [] for row in range(states)}
    for place, (row, column) in enumerate(whole.jacobian):
        sums[row].append(f"jacobian[{place}] * bench[{_at(column)}]")
    for (row, column), place in changing.items():
        sums[row].append(f"change[{place}] * bench[{_at(states + column)}]")
    return [
        f"bench[{_at(2 * states + row)}] = {' + '.join(terms) or '0.0'}"
        for row, terms in sums.items()
    ]


def _outputs(whole: DifferentiatedSystem) -> list[str]:
    """Derivatives of the outputs by way of the states of a block."""
    sums: dict[int, list[str]] = {row: [] for row in range(len(whole.system.outputs))}
    for place, (row, column) in enumerate(whole.output_jacobian):
        sums[row].append(f"jacobian[{place}] * block[{_at(column)}]")
    return [
        f"result[{row}, lane] = {' + '.join(terms) or '0.0'}" for row, terms in sums.items()
    ]


def _at(state: int) -> str:
    """Place of a state in a block."""
    return f"{LANES * state} + lane"


def _for_lanes(name: str, arguments: str, lines: Sequence[str]) -> str:
    """A kernel that repeats statements for every lane.

    What is the same for all lanes is read before the loop. Were it read within, a compiler
    could not rule out that a block overlaps it, and would not use vector instructions.
    """
    same = sorted({found for line in lines for found in SINGLE.findall(line)})
    body = [f"{array}_{place} = {array}[{place}]" for array, place in same]
    body.append("for lane in range(LANES):")
    body += ["    " + SINGLE.sub(r"\1_\2", line) for line in lines or ["pass"]]
    return function_text(name, arguments, body)
