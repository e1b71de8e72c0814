"""Rodas5P: an L-stable Rosenbrock method of order 5 for stiff systems, with output of order 4.

Eight stages share one factorisation; the last stage is the estimate of the error. The
coefficients are those of the form in which the stages need no product with the Jacobian.

Source: Steinebach 2023, doi:10.1007/s10543-023-00967-x (derived: the coefficients transformed
as in Hairer and Wanner 1996, doi:10.1007/978-3-642-05221-7, section IV.7, in the decimals that
free implementations of the method share; the tests measure the order).
"""

from algesia.arrays import FloatArray
from algesia.engine.specimen import (
    STATES,
    back_substitute,
    factorise,
    rhs,
    rhs_and_jacobian,
)
from algesia.engine.workspace import Work

__all__ = ["ERROR_EXPONENT", "STAGES", "interpolate", "step"]

# The text below this line is copied into the generated kernels.

STAGES = 8
ERROR_EXPONENT = -0.2
GAMMA = 0.21193756319429014

A21 = 3.0
A31 = 2.849394379747939
A32 = 0.45842242204463923
A41 = -6.954028509809101
A42 = 2.489845061869568
A43 = -10.358996098473584
A51 = 2.8029986275628964
A52 = 0.5072464736228206
A53 = -0.3988312541770524
A54 = -0.04721187230404641
A61 = -7.502846399306121
A62 = 2.561846144803919
A63 = -11.627539656261098
A64 = -0.18268767659942256
A65 = 0.030198172008377946
C21 = -14.155112264123755
C31 = -17.97296035885952
C32 = -2.859693295451294
C41 = 147.12150275711716
C42 = -1.41221402718213
C43 = 71.68940251302358
C51 = 165.43517024871676
C52 = -0.4592823456491126
C53 = 42.90938336958603
C54 = -5.961986721573306
C61 = 24.854864614690072
C62 = -3.0009227002832186
C63 = 47.4931110020768
C64 = 5.5814197821558125
C65 = -0.6610691825249471
C71 = 30.91273214028599
C72 = -3.1208243349937974
C73 = 77.79954646070892
C74 = 34.28646028294783
C75 = -19.097331116725623
C76 = -28.087943162872662
C81 = 37.80277123390563
C82 = -3.2571969029072276
C83 = 112.26918849496327
C84 = 66.9347231244047
C85 = -40.06618937091002
C86 = -54.66780262877968
C87 = -9.48861652309627
H11 = 25.948786856663858
H12 = -2.5579724845846235
H13 = 10.433815404888879
H14 = -2.3679251022685204
H15 = 0.524948541321073
H16 = 1.1241088310450404
H17 = 0.4272876194431874
H18 = -0.17202221070155493
H21 = -9.91568850695171
H22 = -0.9689944594115154
H23 = 3.0438037242978453
H24 = -24.495224566215796
H25 = 20.176138334709044
H26 = 15.98066361424651
H27 = -6.789040303419874
H28 = -6.710236069923372
H31 = 11.419903575922262
H32 = 2.8879645146136994
H33 = 72.92137995996029
H34 = 80.12511834622643
H35 = -52.072871366152654
H36 = -59.78993625266729
H37 = -0.15582684282751913
H38 = 4.883087185713722


def step(step_h: float, work: Work) -> None:
    """One step of the length given: fills `new_state`, `error` and `stages`."""
    k = work.stages
    rhs_and_jacobian(work.state, work.constants, work.rates, k[0], work.jacobian)
    factorise(1.0 / (step_h * GAMMA), work.jacobian, work.factors)
    back_substitute(work.factors, k[0])
    early_stages(1.0 / step_h, work)
    late_stages(1.0 / step_h, work)
    for i in range(STATES):
        work.error[i] = k[7, i]
        work.new_state[i] = work.trial[i] + k[7, i]


def early_stages(per_h: float, work: Work) -> None:
    """Stages 2 to 5."""
    k, y, trial, slope = work.stages, work.state, work.trial, work.slope
    for i in range(STATES):
        trial[i] = y[i] + A21 * k[0, i]
    rhs(trial, work.constants, work.rates, slope)
    for i in range(STATES):
        k[1, i] = slope[i] + per_h * (C21 * k[0, i])
    back_substitute(work.factors, k[1])
    for i in range(STATES):
        trial[i] = y[i] + A31 * k[0, i] + A32 * k[1, i]
    rhs(trial, work.constants, work.rates, slope)
    for i in range(STATES):
        k[2, i] = slope[i] + per_h * (C31 * k[0, i] + C32 * k[1, i])
    back_substitute(work.factors, k[2])
    for i in range(STATES):
        trial[i] = y[i] + A41 * k[0, i] + A42 * k[1, i] + A43 * k[2, i]
    rhs(trial, work.constants, work.rates, slope)
    for i in range(STATES):
        k[3, i] = slope[i] + per_h * (C41 * k[0, i] + C42 * k[1, i] + C43 * k[2, i])
    back_substitute(work.factors, k[3])
    for i in range(STATES):
        trial[i] = y[i] + A51 * k[0, i] + A52 * k[1, i] + A53 * k[2, i] + A54 * k[3, i]
    rhs(trial, work.constants, work.rates, slope)
    for i in range(STATES):
        k[4, i] = slope[i] + per_h * (
            C51 * k[0, i] + C52 * k[1, i] + C53 * k[2, i] + C54 * k[3, i]
        )
    back_substitute(work.factors, k[4])


def late_stages(per_h: float, work: Work) -> None:
    """Stages 6 to 8; the last two add to the state of the sixth."""
    k, y, trial, slope = work.stages, work.state, work.trial, work.slope
    for i in range(STATES):
        trial[i] = (
            y[i] + A61 * k[0, i] + A62 * k[1, i] + A63 * k[2, i] + A64 * k[3, i] + A65 * k[4, i]
        )
    rhs(trial, work.constants, work.rates, slope)
    for i in range(STATES):
        k[5, i] = slope[i] + per_h * (
            C61 * k[0, i] + C62 * k[1, i] + C63 * k[2, i] + C64 * k[3, i] + C65 * k[4, i]
        )
    back_substitute(work.factors, k[5])
    for i in range(STATES):
        trial[i] += k[5, i]
    rhs(trial, work.constants, work.rates, slope)
    for i in range(STATES):
        k[6, i] = slope[i] + per_h * (
            C71 * k[0, i]
            + C72 * k[1, i]
            + C73 * k[2, i]
            + C74 * k[3, i]
            + C75 * k[4, i]
            + C76 * k[5, i]
        )
    back_substitute(work.factors, k[6])
    for i in range(STATES):
        trial[i] += k[6, i]
    rhs(trial, work.constants, work.rates, slope)
    for i in range(STATES):
        k[7, i] = slope[i] + per_h * (
            C81 * k[0, i]
            + C82 * k[1, i]
            + C83 * k[2, i]
            + C84 * k[3, i]
            + C85 * k[4, i]
            + C86 * k[5, i]
            + C87 * k[6, i]
        )
    back_substitute(work.factors, k[7])


def interpolate(fraction: float, step_h: float, work: Work, result: FloatArray) -> None:
    """State at a fraction, 0 to 1, of the step just made; error of order 4."""
    k = work.stages
    rest = 1.0 - fraction
    for i in range(STATES):
        first = (
            H11 * k[0, i]
            + H12 * k[1, i]
            + H13 * k[2, i]
            + H14 * k[3, i]
            + H15 * k[4, i]
            + H16 * k[5, i]
            + H17 * k[6, i]
            + H18 * k[7, i]
        )
        second = (
            H21 * k[0, i]
            + H22 * k[1, i]
            + H23 * k[2, i]
            + H24 * k[3, i]
            + H25 * k[4, i]
            + H26 * k[5, i]
            + H27 * k[6, i]
            + H28 * k[7, i]
        )
        third = (
            H31 * k[0, i]
            + H32 * k[1, i]
            + H33 * k[2, i]
            + H34 * k[3, i]
            + H35 * k[4, i]
            + H36 * k[5, i]
            + H37 * k[6, i]
            + H38 * k[7, i]
        )
        bend = first + fraction * (second + fraction * third)
        result[i] = rest * work.state[i] + fraction * (work.new_state[i] + rest * bend)
