"""Tables that put models side by side: exposure, and how far they are apart."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from algesia.catalog.model_comparison import ComparedCurve, ModelComparison

from .tables import new_table, spacing_lines
from .wording import notice_line, number_text, plain

__all__ = ["coarse_measures", "comparison_tables"]


def comparison_tables(comparison: ModelComparison) -> Group:
    """Show what each model says, how far they are apart, and who could not answer.

    Parameters
    ----------
    comparison
        The models and their answers.

    Returns
    -------
    Group
        One table per moiety, the ranges over models, the notes, the refusals, the notice.
    """
    parts: list[RenderableType] = [plain(comparison.answer.title, "bold"), Text()]
    for moiety in comparison.moieties():
        parts += [_curves(comparison, moiety), Text()]
    parts += [plain(line) for line in coarse_measures(comparison)]
    parts += [*_spans(comparison), *_notes(comparison), *_refusals(comparison)]
    return Group(*parts, notice_line())


def coarse_measures(comparison: ModelComparison) -> list[str]:
    """Say which measures of the models compared rest on samples too far apart."""
    shown = {(curve.model, curve.output) for curve in comparison.curves}
    rows = [row for row in comparison.answer.exposure() if (row.arm, row.output) in shown]
    return [
        f"{model}: {line}"
        for model in dict.fromkeys(row.arm for row in rows)
        for line in spacing_lines(row for row in rows if row.arm == model)
    ]


def _curves(comparison: ModelComparison, moiety: str) -> RenderableType:
    columns = ("model", "site", "Cmax", "ratio", "tmax", "AUC", "ratio", "rung")
    title = f"{moiety}: Cmax in ng/mL, tmax in h, AUC in ng/mL·h; ratios to {comparison.own}"
    table = new_table(*columns, title=title)
    for column in table.columns[2:7]:
        column.justify = "right"
        column.no_wrap = True
    for curve in comparison.curves:
        if curve.moiety == moiety:
            table.add_row(*map(plain, _cells(curve)))
    return table


def _cells(curve: ComparedCurve) -> tuple[str, ...]:
    return (
        curve.model,
        _site(curve.site),
        number_text(curve.cmax),
        number_text(curve.cmax_ratio),
        number_text(curve.tmax),
        number_text(curve.auc),
        number_text(curve.auc_ratio),
        curve.rung,
    )


def _spans(comparison: ModelComparison) -> list[RenderableType]:
    spans = comparison.spans()
    if not spans:
        said = "no moiety is shown by two models at one site; there is no range over models"
        return [plain(said), Text()]
    title = "Range over models that show one site: medians in ng/mL"
    columns = ("moiety", "site", "time, h", "lowest", "highest", "fold", "models")
    table = new_table(*columns, title=title)
    table.columns[2].justify = "right"
    before = ("", "")
    for span in spans:
        place = (span.moiety, _site(span.site))
        fold = span.highest / span.lowest if span.lowest > 0.0 else float("nan")
        cells = (
            *(("", "") if place == before else place),
            number_text(span.time_h),
            f"{number_text(span.lowest)} ({span.lowest_model})",
            f"{number_text(span.highest)} ({span.highest_model})",
            number_text(fold),
            str(span.models),
        )
        table.add_row(*map(plain, cells))
        before = place
    return [table, Text()]


def _site(site: str | None) -> str:
    return (site or "not stated").removesuffix(" plasma")


def _notes(comparison: ModelComparison) -> list[RenderableType]:
    """What a reader must know of each model; notes of the models themselves are in cards."""
    lines = [
        plain(f"note on {arm.name}: {note}")
        for arm in comparison.answer.arms
        for note in arm.notes
        if note.startswith(("outside validity", "misfit")) or note.endswith("of its study")
    ]
    return [*lines, Text()] if lines else []


def _refusals(comparison: ModelComparison) -> list[RenderableType]:
    """Entries that cannot answer, together where the reason is one."""
    if not comparison.refused:
        return []
    together: dict[str, list[str]] = {}
    for name, reason in comparison.refused.items():
        together.setdefault(reason, []).append(name)
    lines = [plain(f"  {', '.join(names)}: {reason}") for reason, names in _ordered(together)]
    return [plain("Not compared", "bold"), *lines, Text()]


def _ordered(reasons: dict[str, list[str]]) -> Iterable[tuple[str, list[str]]]:
    """Reasons of single entries first, those many share last."""
    return sorted(reasons.items(), key=lambda item: len(item[1]))
