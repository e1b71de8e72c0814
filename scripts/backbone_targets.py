"""What the gut wall and the CYP3A4 share of the ketamine backbone are calibrated on.

Studies with another drug, the activity that drug leaves of each enzyme by its own entry, and
the exposure to S-ketamine that follows.

When S-ketamine was given is known to the day only (abstracts of Hagelberg 2010 and Peltoniemi
2011, 2012): on the last day of the other drug. One hour after that day's first dose is assumed
for all of them. Grapefruit juice is different: it was taken together with S-ketamine.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from algesia.arrays import FloatArray
from algesia.catalog.administration import typical_cohort
from algesia.catalog.entry import entry
from algesia.regimen import parse_regimen
from algesia.simulate import Arm, Sampling, Scenario, run

__all__ = ["STUDIES", "TARGETS", "Activities", "Disposition", "Study", "Target"]

_STEP_H = 0.02
_FOLLOWED_H = 24.0
_STEPS = round(_FOLLOWED_H / _STEP_H)


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """S-ketamine with another drug.

    Parameters
    ----------
    entry
        The other drug.
    plan
        How it was given.
    last_day_h
        First dose of its last day, h.
    after_h
        When S-ketamine was given after that, h.
    injected_h
        Duration of the infusion of S-ketamine, h; None where it was swallowed.
    """

    entry: str
    plan: str
    last_day_h: float
    after_h: float = 1.0
    injected_h: float | None = None


STUDIES = {
    "clarithromycin": Study(
        entry="clarithromycin",
        plan="500 mg clarithromycin oral every 12 h for 4 days",
        last_day_h=72.0,
    ),
    "grapefruit juice": Study(
        entry="grapefruit_juice",
        plan="200 g grapefruit_juice oral three times a day for 5 days",
        last_day_h=96.0,
        after_h=0.0,
    ),
    "ticlopidine": Study(
        entry="ticlopidine",
        plan="250 mg ticlopidine oral every 12 h for 6 days",
        last_day_h=120.0,
    ),
    "rifampicin": Study(
        entry="rifampicin",
        plan="600 mg rifampicin oral once daily for 6 days",
        last_day_h=120.0,
    ),
    "rifampicin, i.v.": Study(
        entry="rifampicin",
        plan="600 mg rifampicin oral once daily for 6 days",
        last_day_h=120.0,
        injected_h=2.0 / 60.0,
    ),
    "rifampicin, 2 h": Study(
        entry="rifampicin",
        plan="600 mg rifampicin oral once daily for 5 days",
        last_day_h=96.0,
        injected_h=2.0,
    ),
    "itraconazole": Study(
        entry="itraconazole",
        plan="200 mg itraconazole oral once daily for 6 days",
        last_day_h=120.0,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One number the gut wall and the CYP3A4 share are calibrated on.

    Parameters
    ----------
    what
        What it is and where it was read.
    value
        Share of the dose that arrives, or exposure with over exposure without the other drug.
    study
        The study with the other drug; None for a share.
    weight
        Weight of its squared logarithm.
    """

    what: str
    value: float
    study: str | None = None
    weight: float = 1.0


# Every printed number has weight 1. Itraconazole (1.0) contradicts clarithromycin and
# grapefruit juice for one CYP3A4 and is no target.
TARGETS = (
    Target(what="swallowed S-ketamine that arrives, Fanta 2015", value=0.08),
    Target(
        what="swallowed S-ketamine that arrives, Ashraf 2018 (from its printed values)",
        value=math.nan,
    ),
    Target(what="swallowed S-ketamine that arrives, Perez-Ruixo 2021", value=0.186),
    Target(
        what="clarithromycin, oral S-ketamine, Hagelberg 2010",
        value=2.6,
        study="clarithromycin",
    ),
    Target(
        what="grapefruit juice, oral S-ketamine, Peltoniemi 2012",
        value=3.0,
        study="grapefruit juice",
    ),
    Target(
        what="ticlopidine, oral S-ketamine, Peltoniemi 2011", value=2.4, study="ticlopidine"
    ),
    Target(what="rifampicin, oral S-ketamine, Peltoniemi 2012", value=0.14, study="rifampicin"),
    Target(
        what="rifampicin, injected S-ketamine, Peltoniemi 2012",
        value=0.86,
        study="rifampicin, i.v.",
    ),
    Target(
        what="rifampicin, infused S-ketamine, Noppers 2011", value=0.90, study="rifampicin, 2 h"
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activities:
    """What is left of each enzyme over the day after S-ketamine, (T,); 1 untouched."""

    cyp2b6_hepatic: FloatArray
    cyp3a4_hepatic: FloatArray
    cyp3a4_gut: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """S-ketamine in the body, which the calibration leaves as it is.

    Parameters
    ----------
    volumes_l
        Central, shallow and deep volume, L.
    exchange_l_per_h
        Exchange with shallow and deep, L/h.
    flow_l_per_h, intrinsic_l_per_h, renal_l_per_h
        Hepatic flow, hepatic intrinsic clearance, renal clearance, L/h.
    absorption_per_h
        Rate from the gut, 1/h.
    cyp2b6_share
        Share of CYP2B6 in the hepatic intrinsic clearance.
    """

    volumes_l: tuple[float, ...]
    exchange_l_per_h: tuple[float, ...]
    flow_l_per_h: float
    intrinsic_l_per_h: float
    renal_l_per_h: float
    absorption_per_h: float
    cyp2b6_share: float

    @property
    def liver_availability(self) -> float:
        """Share that passes the liver."""
        return self.flow_l_per_h / (self.flow_l_per_h + self.intrinsic_l_per_h)


@cache
def activities(study: Study, after_h: float) -> Activities:
    """Activities from the time of S-ketamine on, by the entry of the other drug alone.

    Parameters
    ----------
    study
        The study.
    after_h
        When S-ketamine is given after the first dose of the last day, h.
    """
    model = entry(study.entry).model
    cohort = typical_cohort(model, {"weight": 70.0, "age": 30.0})
    times_h = study.last_day_h + after_h + _STEP_H * (np.arange(_STEPS) + 0.5)
    arm = Arm(name=study.entry, model=model, regimen=parse_regimen(study.plan), cohort=cohort)
    sampling = Sampling(times_h=times_h, at_doses=False)
    answer = run(Scenario(title=study.entry, arms=(arm,), sampling=sampling)).arms[0]
    shown = {out.name: answer.values[0, :, at] for at, out in enumerate(answer.outputs)}
    untouched = np.ones(_STEPS)
    return Activities(
        cyp2b6_hepatic=shown.get("cyp2b6_hepatic_activity", untouched),
        cyp3a4_hepatic=shown.get("cyp3a4_hepatic_activity", untouched),
        cyp3a4_gut=shown.get("cyp3a4_gut_activity", untouched),
    )


def area(
    body: Disposition,
    study: Study,
    left: Activities | None,
    gut_ratio: float,
    cyp3a4_share: float,
) -> float:
    """Exposure to S-ketamine of a dose of 1, amount h in the central compartment.

    Parameters
    ----------
    body
        Disposition.
    study
        Whether the dose is swallowed or infused.
    left
        Activities; None without another drug.
    gut_ratio
        Gut intrinsic clearance over gut flow.
    cyp3a4_share
        Share of CYP3A4 in the hepatic intrinsic clearance.
    """
    one = np.ones(_STEPS)
    left = left or Activities(cyp2b6_hepatic=one, cyp3a4_hepatic=one, cyp3a4_gut=one)
    share = 1.0 + body.cyp2b6_share * (left.cyp2b6_hepatic - 1.0)
    intrinsic = body.intrinsic_l_per_h * (share + cyp3a4_share * (left.cyp3a4_hepatic - 1.0))
    extraction = intrinsic / (body.flow_l_per_h + intrinsic)
    arrives = (1.0 - extraction) / (1.0 + gut_ratio * left.cyp3a4_gut)
    matrix = _matrices(body, body.flow_l_per_h * extraction + body.renal_l_per_h, arrives)
    # Swallowed: all in the gut at the start. Infused: at a constant rate.
    swallowed = study.injected_h is None
    state = np.array([1.0 if swallowed else 0.0, 0.0, 0.0, 0.0])
    given = np.zeros((_STEPS, 4))
    if study.injected_h is not None:
        ends_h = np.minimum(np.arange(1, _STEPS + 1) * _STEP_H, study.injected_h)
        given[:, 1] = np.diff(ends_h, prepend=0.0) / study.injected_h
    eye = np.eye(4)
    forward = np.linalg.solve(eye - 0.5 * _STEP_H * matrix, eye + 0.5 * _STEP_H * matrix)
    total = 0.0
    for step, amount in zip(forward, given, strict=True):
        after = step @ state + amount
        total += 0.5 * _STEP_H * (state[1] + after[1])
        state = after
    # The rest, with the activities as they are at the end of the day.
    return float(total - np.linalg.solve(matrix[-1], state)[1])


def _matrices(body: Disposition, clearance: FloatArray, arrives: FloatArray) -> FloatArray:
    """Rates of change of gut, central, shallow and deep amounts, (T, 4, 4), 1/h."""
    central, shallow, deep = body.volumes_l
    fast, slow = body.exchange_l_per_h
    matrix = np.zeros((clearance.size, 4, 4))
    matrix[:, 0, 0] = -body.absorption_per_h
    matrix[:, 1, 0] = body.absorption_per_h * arrives
    matrix[:, 1, 1] = -(clearance + fast + slow) / central
    matrix[:, 1, 2], matrix[:, 2, 1] = fast / shallow, fast / central
    matrix[:, 1, 3], matrix[:, 3, 1] = slow / deep, slow / central
    matrix[:, 2, 2], matrix[:, 3, 3] = -fast / shallow, -slow / deep
    return matrix
