"""`Columns` and `ColumnWork`: the arrays in which the compiled driver carries sensitivities.

Derivatives stand in W columns, one per parameter. Columns are carried `LANES` at a time, so
that one instruction works on several: a block, (LANES * X,), holds state i of its column n at
``i * LANES + n``. G blocks hold all columns; the last is filled up with columns of zeros.
"""

from typing import NamedTuple

from algesia.arrays import FloatArray

__all__ = ["ColumnWork", "Columns"]


class Columns(NamedTuple):
    """What is known about the columns before solving, and the derivatives found."""

    initial: FloatArray
    """Derivatives of the initial states, (S, G, LANES * VISIBLE)."""
    event_time: FloatArray
    """Derivatives of the event times, h per unit, (E, G * LANES)."""
    event_value: FloatArray
    """Derivatives of the event values, (E, G * LANES)."""
    weight: FloatArray
    """How much each parameter of a row changes with its column, (R, V)."""
    size: FloatArray
    """Size of what each column is a derivative in, (S, G * LANES), above 0."""
    derivatives: FloatArray
    """Derivatives of the outputs at the samples, (S, T, O, W)."""


class ColumnWork(NamedTuple):
    """Scratch arrays of one thread. X counts the hidden clock here."""

    bench: FloatArray
    """Three blocks side by side, (G, 3 * LANES * X): columns within the step, columns at its
    beginning, and products with the Jacobian."""
    new_column: FloatArray
    """Columns at the end of the step, (G, LANES * X)."""
    error: FloatArray
    """Estimated errors of `new_column`."""
    stages: FloatArray
    """Stages of the step, (G, stages, LANES * X)."""
    rates: FloatArray
    """Derivatives of the zero-order inputs, (G, LANES * X)."""
    absolute: FloatArray
    """Absolute tolerances, (G, LANES * X)."""
    weight: FloatArray
    """Row of `Columns.weight` that holds now, (V,)."""
    jacobian: FloatArray
    slopes: FloatArray
    """Derivatives of the right-hand side in the parameters."""
    curvature: FloatArray
    """Second derivatives at the beginning of the step."""
    change: FloatArray
    """Derivatives of the Jacobian along a stage."""
    before: FloatArray
    """Derivative of the state before an event, (X,)."""
    output_jacobian: FloatArray
    output_slopes: FloatArray
    output_values: FloatArray
    """Outputs, (O,)."""
    output_columns: FloatArray
    """Derivatives of the outputs, (O, G * LANES)."""
