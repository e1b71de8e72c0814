"""`RandomEffect`: how parameters differ at random between subjects or occasions."""

from dataclasses import dataclass
from typing import Final, Literal, Self, TypeAlias

from algesia.errors import DomainError, ModelError
from algesia.provenance import LogitNormalSpread, LogNormalSpread, Reported

from .symbol import require_symbol

__all__ = ["EffectKind", "EffectLevel", "RandomEffect"]

EffectKind: TypeAlias = Literal["log_normal", "logit_normal"]
EffectLevel: TypeAlias = Literal["subject", "occasion"]

_FORMS: Final[dict[str, tuple[str, ...]]] = {
    "log_normal": ("log_variance", "log_sd", "cv_percent"),
    "logit_normal": ("logit_sd",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomEffect:
    """One random effect; it may act on several parameters at once.

    Parameters
    ----------
    name
        Name of the effect; it may be that of a parameter.
    parameters
        Parameters it acts on; all of them share the draw.
    kind
        `log_normal`: parameter times exp(draw); `logit_normal`: the draw is added to the logit.
    level
        `subject`: one draw per subject; `occasion`: one per subject and occasion.
    variance
        Variance of the draw, on the log or logit scale, above 0.
    reported
        The spread as printed.
    """

    name: str
    parameters: tuple[str, ...]
    kind: EffectKind
    level: EffectLevel
    variance: float
    reported: Reported

    def __post_init__(self) -> None:
        require_symbol("random effect", self.name)
        if self.kind not in _FORMS:
            raise ModelError(
                f"random effect '{self.name}' has kind '{self.kind}'; "
                f"expected {' or '.join(_FORMS)}"
            )
        if self.level not in {"subject", "occasion"}:
            raise ModelError(
                f"random effect '{self.name}' has level '{self.level}'; "
                "expected subject or occasion"
            )
        if not self.parameters or len(set(self.parameters)) != len(self.parameters):
            raise ModelError(
                f"random effect '{self.name}' acts on {list(self.parameters)}; "
                "expected at least one parameter, each once"
            )
        if not 0.0 < self.variance < float("inf"):
            raise DomainError(
                f"random effect '{self.name}' has variance {self.variance:g}; expected above 0"
            )

    @classmethod
    def from_reported(
        cls,
        *,
        name: str,
        parameters: tuple[str, ...],
        kind: EffectKind,
        level: EffectLevel,
        reported: Reported,
    ) -> Self:
        """Build the effect from the spread as printed, whatever its form.

        Raises
        ------
        ModelError
            If the form of the value is not one the kind accepts.
        """
        accepted = _FORMS.get(kind, ())
        if kind in _FORMS and reported.form not in accepted:
            raise ModelError(
                f"random effect '{name}' is {kind} but its value '{reported.name}' has form "
                f"'{reported.form}'; accepted: {', '.join(accepted)}"
            )
        return cls(
            name=name,
            parameters=parameters,
            kind=kind,
            level=level,
            variance=_variance(reported),
            reported=reported,
        )


def _variance(reported: Reported) -> float:
    """Variance on the log or logit scale of a spread in any form."""
    if reported.form == "logit_sd":
        return LogitNormalSpread.from_reported(reported).logit_variance
    return LogNormalSpread.from_reported(reported).log_variance
