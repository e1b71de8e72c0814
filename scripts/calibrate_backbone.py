#!/usr/bin/env python3
"""Derive the values of the ketamine backbone that no source prints from those that are printed.

Run it from the project's environment: `.venv/bin/python scripts/calibrate_backbone.py`. It
reads the published values from the other entries of the catalogue and prints every derived
value with what it follows from. Nothing is fitted to a concentration. Only the gut wall and the
CYP3A4 share are calibrated, on the numbers of `backbone_targets.TARGETS`; the rest is
arithmetic. What the other drugs leave of the enzymes is what their own entries say, none of
which was set by ketamine.
"""

import math
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.optimize import brentq, least_squares

from algesia.catalog.entry_file import read_entry_values
from algesia.units import substance

sys.path.insert(0, str(Path(__file__).parent))

from backbone_targets import STUDIES, TARGETS, Disposition, Target, activities, area

ENTRIES = Path(__file__).parent.parent / "src" / "algesia" / "catalog" / "entries"


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived value: number, unit, and what it follows from."""

    value: float
    unit: str
    how: str


# What clarithromycin does to oral S-ketamine, and to norketamine over it, Hagelberg 2010.
CLARITHROMYCIN, CLARITHROMYCIN_NORKETAMINE = 2.6, 0.46

# What is taken as given and stands in values.yaml under its own name.
HEPATIC_FLOW_L_PER_H = 130.0
CYP2B6_SHARE = 0.63
RENAL_SHARE = 0.025
CLEARANCE_RATIO = 0.86
FRACTION_TO_NORKETAMINE = 0.8
# Hours after the dose of the other drug at which the ratios are printed.
HOURS_AFTER = (0.0, 1.0, 2.0, 4.0, 8.0, 12.0)


def published(entry: str, name: str) -> float:
    """Give a published value of another entry, canonical unit."""
    return float(read_entry_values(ENTRIES / entry).parameters[name].reported.canonical())


def ashraf_gut_flow() -> float:
    """Flow that carries drug away from the gut wall at 70 kg, L/h, after Ashraf 2018."""
    flow = published("ashraf_2018_oral", "hepatic_flow") * math.pow(70.0, 0.75)
    for share in ("intestinal", "mucosal", "villous"):
        flow *= published("ashraf_2018_oral", f"{share}_flow_fraction")
    permeability = published("ashraf_2018_oral", "gut_permeability_clearance")
    return flow * permeability / (flow + permeability)


def ashraf_availability() -> tuple[float, float]:
    """Shares that pass gut wall and liver, with the printed values of Ashraf 2018."""
    gut = 1.0 / (
        1.0 + published("ashraf_2018_oral", "gut_intrinsic_clearance") / ashraf_gut_flow()
    )
    flow = published("ashraf_2018_oral", "hepatic_flow") * math.pow(70.0, 0.75)
    intrinsic = (
        published("ashraf_2018_oral", "hepatic_intrinsic_clearance")
        * published("ashraf_2018_oral", "fraction_unbound_plasma")
        / published("ashraf_2018_oral", "blood_to_plasma_ratio")
    )
    return gut, flow / (flow + intrinsic)


@cache
def targets() -> tuple[Target, ...]:
    """Targets, with the share that follows from the printed values of Ashraf 2018."""
    gut, liver = ashraf_availability()
    return tuple(
        Target(what=each.what, value=gut * liver) if math.isnan(each.value) else each
        for each in TARGETS
    )


@cache
def disposition() -> Disposition:
    """Disposition of S-ketamine at 70 kg, which the calibration leaves as it is."""
    kamp = "kamp_2020_general"
    _, intrinsic = hepatic()
    return Disposition(
        volumes_l=tuple(
            published(kamp, f"volume_{name}") for name in ("central", "shallow", "deep")
        ),
        exchange_l_per_h=tuple(
            published(kamp, f"intercompartmental_clearance_{name}")
            for name in ("shallow", "deep")
        ),
        flow_l_per_h=HEPATIC_FLOW_L_PER_H,
        intrinsic_l_per_h=intrinsic,
        renal_l_per_h=RENAL_SHARE * published(kamp, "clearance_elimination"),
        absorption_per_h=absorption_rate(),
        cyp2b6_share=CYP2B6_SHARE,
    )


def predicted(
    target: Target, gut_ratio: float, cyp3a4_share: float, *, after_h: float | None = None
) -> float:
    """What the structure gives for a target: a share, or a ratio of exposures."""
    body = disposition()
    if target.study is None:
        return body.liver_availability / (1.0 + gut_ratio)
    study = STUDIES[target.study]
    left = activities(study, study.after_h if after_h is None else after_h)
    return area(body, study, left, gut_ratio, cyp3a4_share) / area(
        body, study, None, gut_ratio, cyp3a4_share
    )


@cache
def calibrated() -> tuple[float, float, float]:
    """Gut intrinsic clearance over gut flow, CYP3A4 share, and the sum of squares."""

    def misfit(guess: np.ndarray) -> list[float]:
        return [
            math.sqrt(each.weight) * math.log(predicted(each, guess[0], guess[1]) / each.value)
            for each in targets()
        ]

    found = least_squares(
        misfit,
        [2.0, 0.1],
        bounds=([0.0, 0.0], [20.0, 1.0 - CYP2B6_SHARE]),
        ftol=1e-14,
        xtol=1e-14,
        gtol=1e-14,
    )
    return float(found.x[0]), float(found.x[1]), 2.0 * float(found.cost)


def profile(cyp3a4_share: float) -> tuple[float, float]:
    """Best gut ratio with the CYP3A4 share held, and the sum of squares."""

    def misfit(guess: np.ndarray) -> list[float]:
        return [
            math.sqrt(each.weight)
            * math.log(predicted(each, guess[0], cyp3a4_share) / each.value)
            for each in targets()
        ]

    found = least_squares(misfit, [2.0], bounds=([0.0], [20.0]))
    return float(found.x[0]), 2.0 * float(found.cost)


def absorption_rate() -> float:
    """Rate at which a swallowed dose is absorbed, 1/h: geometric mean of three."""
    perezruixo = "perezruixo_2021_nasal"
    rates = (
        published(perezruixo, "oral_absorption_rate"),
        published(perezruixo, "swallowed_absorption_rate"),
        published("ashraf_2018_oral", "oral_absorption_rate"),
    )
    return float(np.exp(np.mean(np.log(rates))))


def clarithromycin_hepatic() -> float:
    """Hepatic CYP3A4 activity that clarithromycin leaves, mean over a day."""
    study = STUDIES["clarithromycin"]
    return float(np.mean(activities(study, study.after_h).cyp3a4_hepatic))


def log_availability_variance(gut_ratio: float, variance: float) -> float:
    """Variance of the logarithm of 1 / (1 + ratio), of a log-normal ratio."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    logs = np.log1p(gut_ratio * np.exp(math.sqrt(variance) * nodes))
    mean = np.average(logs, weights=weights)
    return float(np.average((logs - mean) ** 2, weights=weights))


def spreads(gut_ratio: float, extraction: float) -> dict[str, Derived]:
    """Variances of intrinsic clearance, flow and gut wall, as far as sources report them.

    Intrinsic clearance (Ashraf 2018) and flow (Perez-Ruixo 2021) together would spread
    clearance more than anyone found, so both are scaled down until clearance varies as in
    Simons 2022. Exposure after swallowing varies as in Ashraf 2018; what intrinsic clearance
    does not give of that, the gut wall does.
    """
    ashraf = "ashraf_2018_oral"
    reported_intrinsic = published(ashraf, "hepatic_intrinsic_clearance_variance")
    reported_gut = published(ashraf, "gut_intrinsic_clearance_variance")
    reported_flow = math.log1p(published("perezruixo_2021_nasal", "hepatic_flow_spread") ** 2)
    whole = (1.0 - extraction) ** 2 * reported_intrinsic + extraction**2 * reported_flow
    scale = published("simons_2022_film", "clearance_elimination_variance") / whole
    intrinsic = scale * reported_intrinsic
    ashraf_gut = ashraf_availability()[0]
    exposure = reported_intrinsic + log_availability_variance(
        (1.0 - ashraf_gut) / ashraf_gut, reported_gut
    )
    gut = brentq(
        lambda each: log_availability_variance(gut_ratio, each) + intrinsic - exposure,
        0.0,
        5.0,
    )
    how = f"{scale:.3f} times the reported, so that clearance varies as in Simons 2022"
    return {
        "hepatic_intrinsic_clearance_variance": Derived(intrinsic, "1", how),
        "hepatic_flow_variance": Derived(scale * reported_flow, "1", how),
        "gut_intrinsic_clearance_variance": Derived(
            float(gut), "1", f"oral exposure varies as in Ashraf 2018, variance {exposure:.3f}"
        ),
    }


def absorption_variance() -> float:
    """Variance of the rate at which a swallowed dose is absorbed: mean of two studies."""
    perezruixo = published("perezruixo_2021_nasal", "oral_absorption_rate_spread")
    ashraf = published("ashraf_2018_oral", "oral_absorption_rate_variance")
    return 0.5 * (math.log1p(perezruixo**2) + ashraf)


def hepatic() -> tuple[float, float]:
    """Extraction by the liver and intrinsic clearance, L/h, of S-ketamine at 70 kg."""
    clearance = published("kamp_2020_general", "clearance_elimination")
    extraction = (1.0 - RENAL_SHARE) * clearance / HEPATIC_FLOW_L_PER_H
    return extraction, HEPATIC_FLOW_L_PER_H * extraction / (1.0 - extraction)


def norketamine() -> dict[str, Derived]:
    """Norketamine of Otto 2021 in moles, with a liver that takes its share on the way."""
    mass_ratio = substance("norketamine").molar_mass() / substance("ketamine").molar_mass()
    scale = FRACTION_TO_NORKETAMINE * mass_ratio
    intrinsic = published("otto_2021_intravenous", "clearance_norketamine") * scale
    escapes = HEPATIC_FLOW_L_PER_H / (HEPATIC_FLOW_L_PER_H + intrinsic)
    rows = {
        "hepatic_intrinsic_clearance_norketamine": Derived(
            intrinsic, "L/h", f"Otto 2021 clearance x {scale:.4f} (0.8 formed, in moles)"
        )
    }
    for name in (
        "volume_norketamine_central",
        "volume_norketamine_peripheral",
        "intercompartmental_clearance_norketamine",
    ):
        unit = "L" if name.startswith("volume") else "L/h"
        rows[name] = Derived(
            published("otto_2021_intravenous", name) * scale * escapes,
            unit,
            f"Otto 2021 x {scale:.4f} x {escapes:.4f} that leaves the liver unchanged",
        )
    return rows


def derived_values() -> dict[str, Derived]:
    """Every derived value of the backbone by its name in values.yaml."""
    extraction, intrinsic = hepatic()
    liver = 1.0 - extraction
    gut_ratio, cyp3a4_share, _ = calibrated()
    gut_flow = ashraf_gut_flow()
    swallowed_s = liver / (1.0 + gut_ratio)
    swallowed = 0.5 * (swallowed_s + (1.0 - CLEARANCE_RATIO * extraction) / (1.0 + gut_ratio))
    perezruixo = "perezruixo_2021_nasal"
    asian = published(perezruixo, "liver_elimination_rate_asian_factor")
    other = published(perezruixo, "liver_elimination_rate")
    formed = published(perezruixo, "norketamine_formation_rate")
    peaks_h = (5.34, 5.70, 5.87, 6.27)
    return {
        "hepatic_intrinsic_clearance": Derived(
            intrinsic, "L/h", f"clearance 84 L/h less 2.5 %, extraction {extraction:.3f}"
        ),
        "renal_clearance": Derived(
            RENAL_SHARE * published("kamp_2020_general", "clearance_elimination"),
            "L/h",
            "2.5 % of 84 L/h",
        ),
        "gut_flow": Derived(gut_flow, "L/h", "Ashraf 2018: villi and permeability, 70 kg"),
        "gut_intrinsic_clearance": Derived(
            gut_ratio * gut_flow, "L/h", f"calibrated: {gut_ratio:.3f} times the gut flow"
        ),
        "cyp3a4_share": Derived(cyp3a4_share, "1", "calibrated together with the gut wall"),
        **norketamine(),
        "cyp3a4_share_norketamine": Derived(
            (1.0 - 1.0 / (CLARITHROMYCIN * CLARITHROMYCIN_NORKETAMINE))
            / (1.0 - clarithromycin_hepatic()),
            "1",
            "norketamine 2.6 x 0.46 times with clarithromycin",
        ),
        "swallowed_absorption_rate": Derived(
            absorption_rate(), "1/h", "geometric mean of three"
        ),
        "tablet_release_duration": Derived(
            float(np.mean(peaks_h)) - 0.25, "h", "times of the peak, less the venous lag"
        ),
        "wafer_fraction_mucosal": Derived(
            _beside_swallowing(0.29, swallowed), "1", "0.29 in all, less what is swallowed"
        ),
        "rectal_fraction_direct": Derived(
            _beside_swallowing(0.30, swallowed), "1", "0.30 in all, less what passes the liver"
        ),
        "nasal_spray_fraction": Derived(
            float(np.mean((0.17, 0.13, 0.11))) - 0.25 * swallowed,
            "1",
            "0.137 in all, less what of a swallowed quarter arrives",
        ),
        "hepatic_flow_age_slope": Derived(
            published(perezruixo, "hepatic_flow_age_slope")
            / published(perezruixo, "hepatic_flow")
            * HEPATIC_FLOW_L_PER_H
            * 8766.0,
            "L/h/year",
            "Perez-Ruixo 2021 as a share of the flow",
        ),
        "hepatic_intrinsic_clearance_asian_factor": Derived(
            (asian * other + formed) / (other + formed), "1", "Perez-Ruixo 2021, kel and kmet"
        ),
        "swallowed_absorption_rate_variance": Derived(
            absorption_variance(), "1", "mean of Perez-Ruixo 2021 and Ashraf 2018"
        ),
        **spreads(gut_ratio, extraction),
    }


def _beside_swallowing(whole: float, swallowed: float) -> float:
    """Share absorbed directly, so that it and the swallowed rest arrive as the whole."""
    return (whole - swallowed) / (1.0 - swallowed)


def report() -> str:
    """Derived values, and what the calibration gives for each target, as text."""
    rows = derived_values()
    lines = [
        f"{name:42s} {row.value:10.4g} {row.unit:9s} {row.how}" for name, row in rows.items()
    ]
    gut_ratio, share, _ = calibrated()
    lines += ["", "targets: weight, printed, given by the structure, fold"]
    for each in targets():
        found = predicted(each, gut_ratio, share)
        fold = math.exp(abs(math.log(found / each.value)))
        lines.append(
            f"  {each.what:78s} {each.weight:3.1f} {each.value:6.3f} {found:6.3f} {fold:5.2f}"
        )
    lines += ["", "CYP3A4 share held: gut ratio, sum of squares"]
    for held in (0.0, 0.05, 0.1, 0.15, 0.2):
        lines.append("  {:4.2f} {:6.3f} {:7.4f}".format(held, *profile(held)))
    lines += ["", "S-ketamine this many hours after the dose of the other drug"]
    lines.append("  " + " " * 16 + "".join(f"{hours:7.0f}" for hours in HOURS_AFTER))
    for name in STUDIES:
        target = Target(what=name, value=1.0, study=name)
        ratios = [predicted(target, gut_ratio, share, after_h=hours) for hours in HOURS_AFTER]
        lines.append(f"  {name:16s}" + "".join(f"{ratio:7.3f}" for ratio in ratios))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(report() + "\n")
