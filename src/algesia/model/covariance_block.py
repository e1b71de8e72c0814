"""`CovarianceBlock`: random effects that are drawn together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import ModelError, unknown_name
from algesia.provenance import Reported

from .random_effect import RandomEffect

__all__ = ["CovarianceBlock", "EffectPair", "covariance_blocks"]

# Of the correlation matrix; anything smaller is zero but for rounding.
_SMALLEST_EIGENVALUE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectPair:
    """Two random effects and how they vary together.

    Parameters
    ----------
    effects
        Names of the two effects.
    reported
        Their covariance on the scale of the draws (form `covariance_log`) or their correlation.
    """

    effects: tuple[str, str]
    reported: Reported

    def __post_init__(self) -> None:
        if self.effects[0] == self.effects[1]:
            raise ModelError(
                f"a block joins '{self.effects[0]}' with itself; expected two effects"
            )
        if self.reported.form not in {"covariance_log", "correlation"}:
            raise ModelError(
                f"block of {' and '.join(self.effects)}: its value '{self.reported.name}' has "
                f"form '{self.reported.form}'; accepted: covariance_log, correlation"
            )

    def covariance(self, first_variance: float, second_variance: float) -> float:
        """Covariance of the two draws, given their variances."""
        value = self.reported.canonical()
        if self.reported.form == "correlation":
            return value * float(np.sqrt(first_variance * second_variance))
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class CovarianceBlock:
    """Random effects of one level and their covariance matrix.

    Parameters
    ----------
    effects
        Names of the effects, two or more.
    matrix
        Covariance of their draws, one row per effect, symmetric and positive definite.
    reported
        The covariances as printed.
    """

    effects: tuple[str, ...]
    matrix: tuple[tuple[float, ...], ...]
    reported: tuple[Reported, ...] = ()

    def __post_init__(self) -> None:
        named = " and ".join(self.effects)
        size = len(self.effects)
        if size < 2 or len(set(self.effects)) != size:
            raise ModelError(f"block of {named}: expected two or more effects, each once")
        values = self.array()
        if values.shape != (size, size) or not np.allclose(
            values, values.T, rtol=1e-12, atol=0
        ):
            raise ModelError(f"block of {named}: expected a symmetric {size} by {size} matrix")
        scale = np.sqrt(np.abs(np.diag(values)))
        scaled = values / np.outer(scale, scale) if scale.all() else values
        smallest = (
            float(np.linalg.eigvalsh(scaled).min()) if np.isfinite(scaled).all() else -1.0
        )
        if not smallest > _SMALLEST_EIGENVALUE:
            raise ModelError(
                f"block of {named}: the covariance matrix {self._rows()} is not positive "
                "definite; expected each covariance below the product of the two SDs"
            )

    def array(self) -> FloatArray:
        """Covariance matrix, one row and column per effect."""
        rows = [len(row) for row in self.matrix]
        if len(set(rows)) > 1:
            return np.empty((0, 0))
        return np.array(self.matrix, dtype=np.float64)

    def restricted(self, effects: Iterable[str]) -> Self | None:
        """Part of the block over some effects; None if fewer than two are left."""
        wanted = set(effects)
        kept = [place for place, name in enumerate(self.effects) if name in wanted]
        if len(kept) < 2:
            return None
        return type(self)(
            effects=tuple(self.effects[place] for place in kept),
            matrix=tuple(tuple(self.matrix[row][column] for column in kept) for row in kept),
            reported=self.reported,
        )

    def _rows(self) -> str:
        return "; ".join(" ".join(f"{value:.4g}" for value in row) for row in self.matrix)


def covariance_blocks(
    effects: Sequence[RandomEffect], pairs: Sequence[EffectPair]
) -> tuple[CovarianceBlock, ...]:
    """Join pairs that share an effect into blocks; a covariance nobody states is 0.

    Parameters
    ----------
    effects
        All random effects of the model.
    pairs
        Pairs of effects that vary together, each pair once.

    Raises
    ------
    UnknownNameError
        If a pair names an effect that does not exist.
    ModelError
        If a block is not positive definite, or a pair is given twice.
    """
    variances = {effect.name: effect.variance for effect in effects}
    seen: set[frozenset[str]] = set()
    groups: list[set[str]] = []
    for pair in pairs:
        for name in pair.effects:
            if name not in variances:
                raise unknown_name("random effect", name, variances)
        members = frozenset(pair.effects)
        if members in seen:
            raise ModelError(
                f"block of {' and '.join(pair.effects)} is given twice; expected once"
            )
        seen.add(members)
        touching = [group for group in groups if group & members]
        groups = [group for group in groups if not group & members]
        groups.append(set(members).union(*touching))
    ordered = [[name for name in variances if name in group] for group in groups]
    return tuple(_block(names, variances, pairs) for names in ordered)


def _block(
    names: list[str], variances: dict[str, float], pairs: Sequence[EffectPair]
) -> CovarianceBlock:
    matrix = np.diag([variances[name] for name in names])
    inside = [pair for pair in pairs if pair.effects[0] in names]
    for pair in inside:
        row, column = (names.index(name) for name in pair.effects)
        covariance = pair.covariance(*(variances[name] for name in pair.effects))
        matrix[row, column] = matrix[column, row] = covariance
    return CovarianceBlock(
        effects=tuple(names),
        matrix=tuple(tuple(float(value) for value in row) for row in matrix),
        reported=tuple(pair.reported for pair in inside),
    )
