"""What lies at home: doses taken without supervision, and what can become of them."""

from dataclasses import dataclass
from typing import Final

from .condition import Comparison, holds
from .fact import FactValues
from .plan_facts import WEEK_H, KetaminePlan
from .truth import Truth

__all__ = ["TakeHome", "take_home"]

HOME_ROUTES: Final = frozenset(
    {"oral", "nasal", "sublingual", "buccal", "film", "rectal", "inhaled", "topical"}
)
HOME: Final = Comparison(fact="setting", relation="is", operands=("home",), exists=True)
SUPERVISED: Final = Comparison(
    fact="supervised_administration", relation="is", operands=(True,), exists=True
)
WARD: Final = Comparison(
    fact="setting", relation="one_of", operands=("inpatient", "intensive_care"), exists=True
)
RULES: Final = ("c_universal_precautions", "s_supervised", "s_rems")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeHome:
    """A supply that may lie at home.

    Parameters
    ----------
    at_home
        `yes`; or `unknown`, where nothing says that every dose is supervised.
    routes
        Routes that can be used without help.
    doses
        Number of such doses in the plan.
    milligrams
        Sum of them, mg of free base, or None where not known.
    largest_week_milligrams
        Most within seven days, mg of free base, or None.
    rules
        Rules that speak of it.
    lines
        What to show.
    """

    at_home: str
    routes: tuple[str, ...]
    doses: int
    milligrams: float | None
    largest_week_milligrams: float | None
    rules: tuple[str, ...]
    lines: tuple[str, ...]


def take_home(plan: KetaminePlan, values: FactValues) -> TakeHome | None:
    """Say what may lie at home.

    Parameters
    ----------
    plan
        The doses of ketamine.
    values
        What is known.

    Returns
    -------
    TakeHome or None
        None where no route can be used without help, every dose is supervised, or the person
        is on a ward and nothing says otherwise.
    """
    doses = [dose for dose in plan.doses if dose.row.route in HOME_ROUTES]
    if not doses or holds(SUPERVISED, values) is Truth.YES:
        return None
    if holds(WARD, values) is Truth.YES and holds(SUPERVISED, values) is Truth.UNKNOWN:
        return None
    unsupervised = holds(SUPERVISED, values) is Truth.NO
    at_home = "yes" if unsupervised or holds(HOME, values) is Truth.YES else "unknown"
    amounts = [dose.milligrams for dose in doses if dose.milligrams is not None]
    known = len(amounts) == len(doses)
    total = sum(amounts) if known else None
    week = _largest_week([d.start_h for d in doses], amounts) if known else None
    routes = tuple(dict.fromkeys(str(dose.row.route) for dose in doses))
    return TakeHome(
        at_home=at_home,
        routes=routes,
        doses=len(doses),
        milligrams=total,
        largest_week_milligrams=week,
        rules=RULES,
        lines=_lines(at_home, len(doses), total, week),
    )


def _lines(
    at_home: str, doses: int, total: float | None, week: float | None
) -> tuple[str, ...]:
    amount = "an amount that needs the body weight" if total is None else f"{total:g} mg in all"
    weekly = "" if week is None else f", up to {week:g} mg within seven days"
    where = {
        "yes": "is taken without supervision",
        "unknown": "may be taken without supervision (not stated)",
    }[at_home]
    return (
        f"{doses} doses, {amount}{weekly}, {where}",
        "diversion: a supply at home can be taken at once, kept, sold or given away, and found"
        " by a child; how much is handed out at a time, and what returns, is not in the plan",
        "escalation: doses taken beyond the plan are not seen by any rule here; heavy use harms"
        " bladder, liver and thinking (see the monitoring calendar)",
    )


def _largest_week(starts_h: list[float], amounts: list[float]) -> float:
    """Most within seven days."""
    first, now, most = 0, 0.0, 0.0
    for start_h, amount in zip(starts_h, amounts, strict=True):
        now += amount
        while start_h - starts_h[first] >= WEEK_H:
            now -= amounts[first]
            first += 1
        most = max(most, now)
    return round(most, 6)
