"""How near predictions lie: shares within a fold, and the median error, with denominators."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final

from .prediction import Prediction

__all__ = ["Score", "grouped_scores", "score_of"]

_PERCENT: Final = 100.0
_FOLDS: Final = (1.25, 1.5, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A summary of some predictions.

    Parameters
    ----------
    name
        What they have in common.
    n
        How many have a prediction: the denominator of every share.
    within_1_25, within_1_5, within_2
        How many lie within so many fold.
    median_absolute_error_percent
        Median of |predicted/observed - 1|, %; None where n is 0.
    covered, bands
        How many bands hold the reported mean with one SD to either side, of how many.
    """

    name: str
    n: int
    within_1_25: int
    within_1_5: int
    within_2: int
    median_absolute_error_percent: float | None
    covered: int
    bands: int


def score_of(name: str, predictions: Iterable[Prediction]) -> Score:
    """Summarise predictions; those without a number are left out.

    Parameters
    ----------
    name
        What they have in common.
    predictions
        The predictions.
    """
    found = [each for each in predictions if each.fold is not None]
    folds = [each.fold for each in found if each.fold is not None]
    errors = [abs(each.ratio - 1.0) for each in found if each.ratio is not None]
    within = [sum(fold <= limit for fold in folds) for limit in _FOLDS]
    bands = [each.covered for each in found if each.covered is not None]
    return Score(
        name=name,
        n=len(folds),
        within_1_25=within[0],
        within_1_5=within[1],
        within_2=within[2],
        median_absolute_error_percent=_PERCENT * median(errors) if errors else None,
        covered=sum(bands),
        bands=len(bands),
    )


def grouped_scores(
    predictions: Iterable[Prediction], by: Callable[[Prediction], str]
) -> tuple[Score, ...]:
    """Summarise predictions group by group, in the order in which groups appear.

    Parameters
    ----------
    predictions
        The predictions.
    by
        Name of the group of a prediction.
    """
    groups: dict[str, list[Prediction]] = {}
    for each in predictions:
        if each.fold is not None:
            groups.setdefault(by(each), []).append(each)
    return tuple(score_of(name, members) for name, members in groups.items())
