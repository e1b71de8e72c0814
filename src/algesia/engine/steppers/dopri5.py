"""Dopri5: an explicit Runge-Kutta method of order 5 for systems that are not stiff.

Source: Dormand 1980, doi:10.1016/0771-050X(80)90013-3 (the pair RK5(4)7M, reported); the output
of order 4 is that of Hairer 1993, doi:10.1007/978-3-540-78862-1, section II.6 (reported). The
tests measure both orders.
"""

from algesia.arrays import FloatArray
from algesia.engine.specimen import STATES, rhs
from algesia.engine.workspace import Work

__all__ = ["ERROR_EXPONENT", "STAGES", "interpolate", "step"]

# The text below this line is copied into the generated kernels.

STAGES = 7
ERROR_EXPONENT = -0.2
A21 = 1 / 5
A31, A32 = 3 / 40, 9 / 40
A41, A42, A43 = 44 / 45, -56 / 15, 32 / 9
A51, A52, A53, A54 = 19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729
A61, A62, A63, A64, A65 = 9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656
B1, B3, B4, B5, B6 = 35 / 384, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84
E1, E3, E4, E5 = 71 / 57600, -71 / 16695, 71 / 1920, -17253 / 339200
E6, E7 = 22 / 525, -1 / 40
D1, D3, D4 = -12715105075 / 11282082432, 87487479700 / 32700410799, -10690763975 / 1880347072
D5, D6, D7 = 701980252875 / 199316789632, -1453857185 / 822651844, 69997945 / 29380423


def step(step_h: float, work: Work) -> None:
    """One step of the length given: fills `new_state`, `error` and `stages`."""
    k, y, trial = work.stages, work.state, work.trial
    constants, rates = work.constants, work.rates
    rhs(y, constants, rates, k[0])
    for i in range(STATES):
        trial[i] = y[i] + step_h * A21 * k[0, i]
    rhs(trial, constants, rates, k[1])
    for i in range(STATES):
        trial[i] = y[i] + step_h * (A31 * k[0, i] + A32 * k[1, i])
    rhs(trial, constants, rates, k[2])
    for i in range(STATES):
        trial[i] = y[i] + step_h * (A41 * k[0, i] + A42 * k[1, i] + A43 * k[2, i])
    rhs(trial, constants, rates, k[3])
    for i in range(STATES):
        part = A51 * k[0, i] + A52 * k[1, i] + A53 * k[2, i] + A54 * k[3, i]
        trial[i] = y[i] + step_h * part
    rhs(trial, constants, rates, k[4])
    for i in range(STATES):
        part = A61 * k[0, i] + A62 * k[1, i] + A63 * k[2, i] + A64 * k[3, i] + A65 * k[4, i]
        trial[i] = y[i] + step_h * part
    rhs(trial, constants, rates, k[5])
    for i in range(STATES):
        part = B1 * k[0, i] + B3 * k[2, i] + B4 * k[3, i] + B5 * k[4, i] + B6 * k[5, i]
        work.new_state[i] = y[i] + step_h * part
    rhs(work.new_state, constants, rates, k[6])
    for i in range(STATES):
        part = E1 * k[0, i] + E3 * k[2, i] + E4 * k[3, i] + E5 * k[4, i]
        work.error[i] = step_h * (part + E6 * k[5, i] + E7 * k[6, i])


def interpolate(fraction: float, step_h: float, work: Work, result: FloatArray) -> None:
    """State at a fraction, 0 to 1, of the step just made; error of order 4."""
    k = work.stages
    rest = 1.0 - fraction
    for i in range(STATES):
        change = work.new_state[i] - work.state[i]
        opening = step_h * k[0, i] - change
        closing = change - step_h * k[6, i] - opening
        bend = D1 * k[0, i] + D3 * k[2, i] + D4 * k[3, i] + D5 * k[4, i]
        bend = step_h * (bend + D6 * k[5, i] + D7 * k[6, i])
        curve = opening + fraction * (closing + rest * bend)
        result[i] = work.state[i] + fraction * (change + rest * curve)
