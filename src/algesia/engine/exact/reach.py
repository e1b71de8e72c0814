"""Kernels that multiply by a linear system and by its exponentials, without the zeros.

An exponential has an entry for every pair of states of which the second is reached from the
first; only those are kept, as one row of numbers in a fixed order.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

__all__ = ["product_kernels", "products", "steps_between"]


def steps_between(
    states: int, entries: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """Fewest flows from a state to every state it reaches, itself with 0, by (from, to).

    Parameters
    ----------
    states
        Number of states.
    entries
        Places of the system that are not 0, as (row, column): column flows into row.

    Examples
    --------
    >>> steps_between(3, [(1, 0), (2, 1)])
    {(0, 0): 0, (0, 1): 1, (0, 2): 2, (1, 1): 0, (1, 2): 1, (2, 2): 0}
    """
    into = [{row for row, column in entries if column == state} for state in range(states)]
    found: dict[tuple[int, int], int] = {}
    for start in range(states):
        steps, front = {start: 0}, {start}
        while front := {row for state in front for row in into[state]} - set(steps):
            steps |= dict.fromkeys(front, max(steps.values()) + 1)
        found |= {(start, state): steps[state] for state in sorted(steps)}
    return found


def products(states: int, entries: Sequence[tuple[int, int]]) -> int:
    """Products of numbers in one product of two exponentials: what exact propagation costs.

    Examples
    --------
    >>> products(3, [(1, 0), (2, 1)])
    10
    """
    reached = steps_between(states, entries)
    starts = Counter(first for first, _ in reached)
    return sum(starts[second] for _, second in reached)


def product_kernels(states: int, entries: Sequence[tuple[int, int]]) -> list[str]:
    """Kernels of the products, as Python source.

    Parameters
    ----------
    states
        Number of states, X.
    entries
        Places of the system that are not 0, as (row, column), in the order of its values.

    Returns
    -------
    list of str
        The kernels `size_of`, `flow`,
        `spread`, `extend`, `multiply` and `returned`.
    """
    steps = steps_between(states, entries)
    place = {pair: number for number, pair in enumerate(steps)}
    return [
        _size_kernel(states, entries),
        _sums(
            "flow(system, vector, result)",
            {
                to: [
                    f"system[{k}] * vector[{c}]" for k, (r, c) in enumerate(entries) if r == to
                ]
                for to in range(states)
            },
        ),
        _sums(
            "spread(matrix, vector, result)",
            {
                to: [f"matrix[{p}] * vector[{a}]" for (a, b), p in place.items() if b == to]
                for to in range(states)
            },
        ),
        _sums(
            "extend(system, matrix, result)",
            {
                p: [
                    f"system[{k}] * matrix[{place[row, b]}]"
                    for k, (row, column) in enumerate(entries)
                    if column == a and (row, b) in place
                ]
                for (a, b), p in place.items()
            },
        ),
        _sums(
            "multiply(first, second, result)",
            {
                p: [
                    f"first[{place[a, middle]}] * second[{place[middle, b]}]"
                    for middle in range(states)
                    if (a, middle) in place and (middle, b) in place
                ]
                for (a, b), p in place.items()
            },
        ),
        _sums(
            "returned(matrix, result)",
            {
                state: [
                    f"matrix[{place[state, other]}] * matrix[{place[other, state]}]"
                    for other in range(states)
                    if other != state and {(state, other), (other, state)} <= set(place)
                ]
                for state in range(states)
            },
        ),
    ]


def _size_kernel(states: int, entries: Sequence[tuple[int, int]]) -> str:
    """The kernel of the largest sum of a column without signs; not a number if one is not."""
    lines = ["size = 0.0"]
    for state in range(states):
        terms = [
            f"abs(system[{k}])" for k, (_, column) in enumerate(entries) if column == state
        ]
        if terms:
            lines += [f"total = {' + '.join(terms)}", "size = size if total <= size else total"]
    return _function("size_of(system, result)", [*lines, "result[0] = size"])


def _sums(head: str, rows: dict[int, list[str]]) -> str:
    """A kernel that puts a sum of products into every place of its result."""
    return _function(
        head, (f"result[{to}] = {' + '.join(terms) or '0.0'}" for to, terms in rows.items())
    )


def _function(head: str, lines: Iterable[str]) -> str:
    return f'def {head}:\n    """Generated."""\n' + "".join(f"    {line}\n" for line in lines)
