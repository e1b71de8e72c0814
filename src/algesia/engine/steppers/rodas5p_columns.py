"""Rodas5P with columns of sensitivities: the derivative of every stage, by the same factors.

State and columns together obey a larger system whose Jacobian is block triangular, with that of
the states in every diagonal block. Rodas5P applied to the larger system therefore needs one
factorisation, of the states' own, and one term more per stage: the derivative of the Jacobian
along the stage. It is kept, so the columns are the exact derivative of the discrete states for
the steps taken, of order 5 as they are, with output of order 4.

Source: Hairer and Wanner 1996, doi:10.1007/978-3-642-05221-7, section IV.7 (reported: the
method for a general system); the tests measure the order.
"""

from algesia.arrays import FloatArray
from algesia.engine.sensitivity_specimen import (
    SIZE,
    add_slopes,
    back_substitute_columns,
    column_products,
    contract,
    rhs_and_curvature,
    rhs_and_slopes,
)
from algesia.engine.sensitivity_workspace import ColumnWork
from algesia.engine.specimen import back_substitute, factorise
from algesia.engine.steppers.rodas5p import (
    A21,
    A31,
    A32,
    A41,
    A42,
    A43,
    A51,
    A52,
    A53,
    A54,
    A61,
    A62,
    A63,
    A64,
    A65,
    C21,
    C31,
    C32,
    C41,
    C42,
    C43,
    C51,
    C52,
    C53,
    C54,
    C61,
    C62,
    C63,
    C64,
    C65,
    C71,
    C72,
    C73,
    C74,
    C75,
    C76,
    C81,
    C82,
    C83,
    C84,
    C85,
    C86,
    C87,
    GAMMA,
    H11,
    H12,
    H13,
    H14,
    H15,
    H16,
    H17,
    H18,
    H21,
    H22,
    H23,
    H24,
    H25,
    H26,
    H27,
    H28,
    H31,
    H32,
    H33,
    H34,
    H35,
    H36,
    H37,
    H38,
    STAGES,
)  # fmt: skip
from algesia.engine.workspace import Work

__all__ = ["interpolate_columns", "step_with_columns"]

# The text below this line is copied into the generated kernels.


def step_with_columns(step_h: float, work: Work, more: ColumnWork) -> None:
    """One step of state and columns: fills what `step` does, and the same of the columns."""
    k = work.stages
    per_h = 1.0 / step_h
    for stage in range(STAGES):
        if stage == 0:
            rhs_and_curvature(
                work.state,
                work.constants,
                work.rates,
                k[0],
                more.jacobian,
                more.slopes,
                more.curvature,
            )
            factorise(per_h / GAMMA, more.jacobian, work.factors)
        else:
            stage_point(stage, work.state, k, work.trial)
            rhs_and_slopes(
                work.trial, work.constants, work.rates, k[stage], more.jacobian, more.slopes
            )
            stage_sum(stage, per_h, k)
        back_substitute(work.factors, k[stage])
        contract(more.curvature, k[stage], more.change, more.slopes)
        stage_of_columns(stage, per_h, work, more)
    end_of_step(k, work.trial, work.error, work.new_state)
    for block in range(more.bench.shape[0]):
        trial = more.bench[block, :SIZE]
        end_of_step(more.stages[block], trial, more.error[block], more.new_column[block])


def stage_of_columns(stage: int, per_h: float, work: Work, more: ColumnWork) -> None:
    """The same stage of every column."""
    for block in range(more.bench.shape[0]):
        k = more.stages[block]
        bench = more.bench[block]
        stage_point(stage, bench[SIZE : 2 * SIZE], k, bench[:SIZE])
        column_products(more.jacobian, more.change, bench)
        for i in range(SIZE):
            k[stage, i] = bench[2 * SIZE + i] + more.rates[block, i]
    add_slopes(more.slopes, more.weight, more.stages, stage)
    for block in range(more.bench.shape[0]):
        stage_sum(stage, per_h, more.stages[block])
        back_substitute_columns(work.factors, more.stages[block, stage])


def end_of_step(
    k: FloatArray, trial: FloatArray, error: FloatArray, new_value: FloatArray
) -> None:
    """The last stage is the estimated error, and completes the new value."""
    for i in range(trial.shape[0]):
        error[i] = k[7, i]
        new_value[i] = trial[i] + k[7, i]


def stage_point(stage: int, y: FloatArray, k: FloatArray, point: FloatArray) -> None:
    """Where a stage, counted from 0, is evaluated."""
    size = point.shape[0]
    if stage == 0:
        for i in range(size):
            point[i] = y[i]
    elif stage == 1:
        for i in range(size):
            point[i] = y[i] + A21 * k[0, i]
    elif stage == 2:
        for i in range(size):
            point[i] = y[i] + A31 * k[0, i] + A32 * k[1, i]
    elif stage <= 5:
        middle_stage_point(stage, y, k, point)
    else:
        for i in range(size):
            point[i] += k[stage - 1, i]


def middle_stage_point(stage: int, y: FloatArray, k: FloatArray, point: FloatArray) -> None:
    """The same for the fourth to the sixth stage."""
    size = point.shape[0]
    if stage == 3:
        for i in range(size):
            point[i] = y[i] + A41 * k[0, i] + A42 * k[1, i] + A43 * k[2, i]
    elif stage == 4:
        for i in range(size):
            part = A51 * k[0, i] + A52 * k[1, i] + A53 * k[2, i] + A54 * k[3, i]
            point[i] = y[i] + part
    else:
        for i in range(size):
            part = A61 * k[0, i] + A62 * k[1, i] + A63 * k[2, i] + A64 * k[3, i]
            point[i] = y[i] + part + A65 * k[4, i]


def stage_sum(stage: int, per_h: float, k: FloatArray) -> None:
    """Add the earlier stages to the right-hand side of a stage, counted from 0."""
    b = k[stage]
    size = b.shape[0]
    if stage == 1:
        for i in range(size):
            b[i] += per_h * (C21 * k[0, i])
    elif stage == 2:
        for i in range(size):
            b[i] += per_h * (C31 * k[0, i] + C32 * k[1, i])
    elif stage == 3:
        for i in range(size):
            b[i] += per_h * (C41 * k[0, i] + C42 * k[1, i] + C43 * k[2, i])
    elif stage == 4:
        for i in range(size):
            part = C51 * k[0, i] + C52 * k[1, i] + C53 * k[2, i]
            b[i] += per_h * (part + C54 * k[3, i])
    elif stage >= 5:
        late_stage_sum(stage, per_h, k)


def late_stage_sum(stage: int, per_h: float, k: FloatArray) -> None:
    """The same for the last three stages."""
    b = k[stage]
    size = b.shape[0]
    if stage == 5:
        for i in range(size):
            part = C61 * k[0, i] + C62 * k[1, i] + C63 * k[2, i]
            b[i] += per_h * (part + C64 * k[3, i] + C65 * k[4, i])
    elif stage == 6:
        for i in range(size):
            part = C71 * k[0, i] + C72 * k[1, i] + C73 * k[2, i]
            b[i] += per_h * (part + C74 * k[3, i] + C75 * k[4, i] + C76 * k[5, i])
    else:
        for i in range(size):
            part = C81 * k[0, i] + C82 * k[1, i] + C83 * k[2, i] + C84 * k[3, i]
            b[i] += per_h * (part + C85 * k[4, i] + C86 * k[5, i] + C87 * k[6, i])


def interpolate_columns(
    fraction: float, start: FloatArray, end: FloatArray, k: FloatArray, result: FloatArray
) -> None:
    """State or columns at a fraction, 0 to 1, of the step just made; error of order 4."""
    rest = 1.0 - fraction
    for i in range(result.shape[0]):
        first = H11 * k[0, i] + H12 * k[1, i] + H13 * k[2, i] + H14 * k[3, i]
        first += H15 * k[4, i] + H16 * k[5, i] + H17 * k[6, i] + H18 * k[7, i]
        second = H21 * k[0, i] + H22 * k[1, i] + H23 * k[2, i] + H24 * k[3, i]
        second += H25 * k[4, i] + H26 * k[5, i] + H27 * k[6, i] + H28 * k[7, i]
        third = H31 * k[0, i] + H32 * k[1, i] + H33 * k[2, i] + H34 * k[3, i]
        third += H35 * k[4, i] + H36 * k[5, i] + H37 * k[6, i] + H38 * k[7, i]
        bend = first + fraction * (second + fraction * third)
        result[i] = rest * start[i] + fraction * (end[i] + rest * bend)
