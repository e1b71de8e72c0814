"""`Factorisation`: LU factors of ``shift * I - J`` written out for one sparsity pattern.

The order of elimination keeps the fill small (Markowitz's criterion on the diagonal, chosen
from the pattern alone), and every operation is written out, as the Kinetic PreProcessor does.

Source: Markowitz 1957, doi:10.1287/mnsc.3.3.255 (the criterion); Damian 2002,
doi:10.1016/S0098-1354(02)00128-X (the Kinetic PreProcessor).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Factorisation", "symbolic_factorisation"]

Entry = tuple[int, int]

LARGEST_GROUP = 4
"""Pivots inverted together: the product of more could leave the range of numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factorisation:
    """Where the factors are kept and how they are computed.

    Attributes
    ----------
    order
        Rows in the order of elimination, (X,).
    slots
        Place of each entry off the diagonal in the flat array of factors; the inverse pivots
        follow, in the order of the states.
    fill
        Number of entries that are zero in the matrix and not in its factors.
    factorise
        Statements from ``shift`` and ``jacobian`` to ``factors``.
    back_substitute
        Statements that replace ``vector`` by the solution.
    """

    order: tuple[int, ...]
    slots: dict[Entry, int]
    fill: int
    factorise: tuple[str, ...]
    back_substitute: tuple[str, ...]

    @property
    def size(self) -> int:
        """Length of the flat array of factors."""
        return len(self.slots) + len(self.order)


def symbolic_factorisation(states: int, entries: Iterable[Entry]) -> Factorisation:
    """Write the factorisation of ``shift * I - J`` for a Jacobian with the entries given.

    Parameters
    ----------
    states
        Number of rows, X.
    entries
        (row, column) of the values of J, in the order in which ``jacobian`` holds them.
    """
    places = {entry: place for place, entry in enumerate(entries)}
    pattern = set(places) | {(row, row) for row in range(states)}
    order, filled = _elimination_order(states, pattern)
    rank = {row: place for place, row in enumerate(order)}
    right = {
        row: sorted(
            (j for i, j in filled if i == row and rank[j] > rank[row]), key=rank.__getitem__
        )
        for row in order
    }
    below = {
        column: sorted(
            (i for i, j in filled if j == column and rank[i] > rank[column]),
            key=rank.__getitem__,
        )
        for column in order
    }
    off_diagonal = sorted(
        (entry for entry in filled if entry[0] != entry[1]),
        key=lambda entry: (rank[entry[0]], rank[entry[1]]),
    )
    slots = {entry: place for place, entry in enumerate(off_diagonal)}
    return Factorisation(
        order=order,
        slots=slots,
        fill=len(filled) - len(pattern),
        factorise=tuple(_factorise_lines(order, right, below, places, slots)),
        back_substitute=tuple(_substitute_lines(order, right, below, slots)),
    )


def _elimination_order(states: int, pattern: set[Entry]) -> tuple[tuple[int, ...], set[Entry]]:
    """Pivots with the least possible fill at each step, and the pattern with its fill."""
    rows = {row: {j for i, j in pattern if i == row} - {row} for row in range(states)}
    columns = {
        column: {i for i, j in pattern if j == column} - {column} for column in range(states)
    }
    filled = set(pattern)
    order: list[int] = []
    left = set(range(states))
    while left:
        pivot = min(left, key=lambda k: (len(rows[k] & left) * len(columns[k] & left), k))
        left.remove(pivot)
        order.append(pivot)
        for row in columns[pivot] & left:
            for column in rows[pivot] & left:
                filled.add((row, column))
                if row != column:
                    rows[row].add(column)
                    columns[column].add(row)
    return tuple(order), filled


def _factorise_lines(
    order: tuple[int, ...],
    right: dict[int, list[int]],
    below: dict[int, list[int]],
    places: dict[Entry, int],
    slots: dict[Entry, int],
) -> Iterable[str]:
    """Gaussian elimination without a search for pivots."""
    known = set(places) | {(row, row) for row in order}
    for (i, j), place in places.items():
        yield (
            f"w_{i}_{j} = shift - jacobian[{place}]"
            if i == j
            else f"w_{i}_{j} = -jacobian[{place}]"
        )
    yield from (f"w_{row}_{row} = shift" for row in sorted(order) if (row, row) not in places)
    first_of = {group[0]: group for group in _groups(order, right, below)}
    for k in order:
        yield from _inverse_lines(first_of.get(k, ()))
        for i in below[k]:
            yield f"w_{i}_{k} = w_{i}_{k} * inverse_{k}"
            for j in right[k]:
                start = f"w_{i}_{j} " if (i, j) in known else ""
                known.add((i, j))
                yield f"w_{i}_{j} = {start}- w_{i}_{k} * w_{k}_{j}"
    yield from (f"factors[{slot}] = w_{i}_{j}" for (i, j), slot in slots.items())
    yield from (f"factors[{len(slots) + row}] = inverse_{row}" for row in sorted(order))


def _groups(
    order: tuple[int, ...], right: dict[int, list[int]], below: dict[int, list[int]]
) -> Iterable[list[int]]:
    """Pivots in order, together with those next in order that do not depend on them."""
    group: list[int] = []
    for k in order:
        changed = any(k in right[one] and k in below[one] for one in group)
        if group and (changed or len(group) == LARGEST_GROUP):
            yield group
            group = []
        group.append(k)
    if group:
        yield group


def _inverse_lines(group: Sequence[int]) -> Iterable[str]:
    """Inverses of some pivots from that of their product, by one division."""
    if not group:
        return
    yield from _product_lines(group)
    yield f"inverse_{_part(group)} = 1.0 / {_pivots(group)}"
    yield from _share_lines(group)


def _product_lines(group: Sequence[int]) -> Iterable[str]:
    """The product of some pivots, from those of its halves."""
    if len(group) > 1:
        first, second = _halves(group)
        yield from _product_lines(first)
        yield from _product_lines(second)
        yield f"{_pivots(group)} = {_pivots(first)} * {_pivots(second)}"


def _share_lines(group: Sequence[int]) -> Iterable[str]:
    """From the inverse of a product that of each half: times the product of the other half."""
    if len(group) > 1:
        first, second = _halves(group)
        yield f"inverse_{_part(first)} = inverse_{_part(group)} * {_pivots(second)}"
        yield f"inverse_{_part(second)} = inverse_{_part(group)} * {_pivots(first)}"
        yield from _share_lines(first)
        yield from _share_lines(second)


def _halves(group: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    return group[: len(group) // 2], group[len(group) // 2 :]


def _part(group: Sequence[int]) -> str:
    return "_".join(map(str, group))


def _pivots(group: Sequence[int]) -> str:
    """Name of the product of some pivots; of one, the pivot itself."""
    return f"w_{group[0]}_{group[0]}" if len(group) == 1 else f"product_{_part(group)}"


def _substitute_lines(
    order: tuple[int, ...],
    right: dict[int, list[int]],
    below: dict[int, list[int]],
    slots: dict[Entry, int],
) -> Iterable[str]:
    """Forward, then backward substitution, row by row."""
    left: dict[int, list[int]] = {row: [] for row in order}
    for column in order:
        for row in below[column]:
            left[row].append(column)
    yield from (f"b_{row} = vector[{row}]" for row in sorted(order))
    for k in order:
        if left[k]:
            yield f"b_{k} = {_difference(k, left[k], slots)}"
    for k in reversed(order):
        yield f"b_{k} = ({_difference(k, right[k], slots)}) * factors[{len(slots) + k}]"
    yield from (f"vector[{row}] = b_{row}" for row in sorted(order))


def _difference(row: int, columns: list[int], slots: dict[Entry, int]) -> str:
    """One row's value less its products, as two chains that a processor works on at once."""
    products = [f"factors[{slots[row, column]}] * b_{column}" for column in columns]
    half = (len(products) + 1) // 2
    alone = " - ".join([f"b_{row}", *products[half:]])
    return f"{alone} - ({' + '.join(products[:half])})" if products else alone
