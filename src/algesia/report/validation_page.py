"""A validation as one HTML page that opens without a network."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Final

from algesia.errors import FileInputError, MissingExtraError
from algesia.evidence.conflict import conflicts
from algesia.evidence.observation_file import studies
from algesia.evidence.prediction import Prediction
from algesia.evidence.score import Score
from algesia.evidence.validation import PkValidation
from algesia.formats.output_path import check_output_path, replace_file
from algesia.provenance import NOTICE

from .validation_figure import validation_svg
from .validation_tables import (
    goal_cells,
    goal_notes,
    heading,
    observation_cells,
    score_cells,
    side_lines,
    split_lines,
    spread_lines,
    standing_text,
)
from .wording import number_text

__all__ = ["PAGE_ENDINGS", "validation_html", "write_validation_page"]

PAGE_ENDINGS: Final = (".html",)

_STYLE: Final = """
body{font:15px/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff;
max-width:72rem;margin:0 auto;padding:1rem 1.2rem 3rem}
.notice{border:2px solid #d55e00;padding:.5rem .8rem;font-weight:600;margin:.6rem 0}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;margin:.4rem 0;font-size:.9rem}
th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}
th{border-bottom:2px solid #888}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.reached{color:#00674b;font-weight:600}.missed{color:#a33b00;font-weight:600}
.note{color:#555;font-size:.85rem}
svg{max-width:100%;height:auto}
"""


def write_validation_page(
    validation: PkValidation, path: str | Path, *, force: bool = False
) -> Path:
    """Write the page to a file.

    Parameters
    ----------
    validation
        What `validate_pk` found.
    path
        File to be written, ending in `.html`.
    force
        Whether a file that stands there already may be replaced.

    Raises
    ------
    FileInputError
        If the path is refused or ends otherwise.
    """
    path = Path(path)
    if path.suffix.lower() not in PAGE_ENDINGS:
        raise FileInputError(f"{path} ends in '{path.suffix}'; expected .html")
    check_output_path(path, force=force)
    text = validation_html(validation)
    with replace_file(path, force=force) as part:
        part.write_text(text, encoding="utf-8")
    return path


def validation_html(validation: PkValidation) -> str:
    """Give the page as text: tables and the figure, everything inside it.

    Parameters
    ----------
    validation
        What `validate_pk` found.
    """
    scores = validation.scores()
    title = f"Predicted and observed pharmacokinetics: {validation.entry.id}"
    body = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="notice">{escape(NOTICE)}</p>',
        *(
            f"<p>{escape(line)}.</p>"
            for line in (heading(validation), *split_lines(validation))
        ),
        "<h2>Goals</h2>",
        _goals(validation),
        "<h2>Observed and predicted</h2>",
        _figure(validation),
        *_score_parts(scores["all"], "What counts"),
        *(f"<p>{escape(line)}.</p>" for line in spread_lines(validation)),
        *_score_parts(scores["study"], "By study"),
        *_score_parts(scores["route"], "By route"),
        *_score_parts(scores["moiety"], "By moiety"),
        *_score_parts(scores["measure"], "By measure"),
        *_score_parts(
            validation.used_scores(), "Studies the model took values from: no evidence"
        ),
        "<h2>Mean curves</h2>",
        _curves(validation),
        "<h2>Conflicts, shown and not averaged</h2>",
        _conflicts(validation),
        "<h2>Every observation</h2>",
        _observations(validation),
        "<h2>Not predicted</h2>",
        _missing(validation),
        "<h2>Studies</h2>",
        _studies(),
        f'<p class="notice">{escape(NOTICE)}</p>',
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: int = 0) -> str:
    """Table whose cells are text; the last `numbers` columns are set right."""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    lines = []
    for row in rows:
        first_number = len(row) - numbers
        cells = "".join(
            f"<td{' class=n' if place >= first_number else ''}>{escape(cell)}</td>"
            for place, cell in enumerate(row)
        )
        lines.append(f"<tr>{cells}</tr>")
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _goals(validation: PkValidation) -> str:
    lines = []
    for check in validation.goals:
        sentence, verdict, number = goal_cells(check)
        kind = "note" if check.reached is None else "reached" if check.reached else "missed"
        notes = "".join(f'<div class="note">{escape(line)}</div>' for line in goal_notes(check))
        lines.append(
            f"<tr><td>{escape(sentence)}{notes}</td>"
            f'<td class="{kind}">{escape(verdict)}</td><td>{escape(number)}</td></tr>'
        )
    return (
        '<div class="wide"><table><thead><tr><th>goal</th><th>verdict</th><th>found</th></tr>'
        f"</thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _figure(validation: PkValidation) -> str:
    try:
        return validation_svg(validation)
    except MissingExtraError as error:
        return f'<p class="note">no figure: {escape(str(error))}</p>'


def _score_parts(scores: Sequence[Score], title: str) -> list[str]:
    if not scores:
        return []
    columns = ("", "n", "1.25-fold", "1.5-fold", "2-fold", "median error, %", "band holds SD")
    rows = [score_cells(each) for each in scores]
    return [f"<h2>{escape(title)}</h2>", _table(columns, rows, numbers=6)]


def _curves(validation: PkValidation) -> str:
    rows = [
        (
            curve.observed.curve,
            curve.moiety,
            standing_text(curve.standing),
            curve.problem or curve.note,
            str(curve.time_h.size),
            number_text(curve.error_percent),
        )
        for curve in validation.curves
    ]
    columns = ("curve", "moiety", "standing", "remark", "points", "median error, %")
    return _table(columns, rows, numbers=2)


def _conflicts(validation: PkValidation) -> str:
    parts = []
    for conflict in conflicts():
        sides = "".join(
            f"<li>{escape(line.removeprefix('– '))}</li>"
            for line in side_lines(conflict, validation)
        )
        parts.append(
            f"<p><strong>{escape(conflict.what)}</strong>: {escape(conflict.carried)}</p>"
            f"<ul>{sides}</ul>"
        )
    return "\n".join(parts)


def _observations(validation: PkValidation) -> str:
    rows = [
        (
            *observation_cells(each)[:2],
            "; ".join(each.observation.arm.regimens),
            each.observation.arm.site,
            "; ".join(_remarks(each)),
            standing_text(each.standing),
            *observation_cells(each)[2:5],
        )
        for each in validation.predictions
        if each.problem is None
    ]
    columns = (
        "observation", "printed", "given", "site", "assumed, remarks", "standing", "model",
        "ratio", "5–95 %",
    )  # fmt: skip
    return _table(columns, rows, numbers=3)


def _remarks(prediction: Prediction) -> tuple[str, ...]:
    """What is assumed about an observation, and what else to know."""
    observation = prediction.observation
    assumed = [f"{what} (assumed)" for what in observation.arm.assumptions]
    second_hand = ["read at second hand"] if observation.second_hand else []
    note = [each for each in (observation.trivial, observation.note) if each is not None]
    return (*assumed, *prediction.notes, *second_hand, *note, *observation.arm.notes)


def _missing(validation: PkValidation) -> str:
    rows = [
        (
            *observation_cells(each)[:2],
            str(each.problem),
            standing_text(each.standing, predicted=False),
        )
        for each in validation.unpredicted
    ]
    return _table(("observation", "printed", "reason", "standing"), rows)


def _studies() -> str:
    rows = []
    for study in studies().values():
        used = "; ".join(f"{use.entry}: {use.value} ({use.what})" for use in study.used_by)
        found = study.doi or study.url or ""
        same = ", ".join(study.same_trial_as)
        rows.append((study.id, study.citation, found, same, used, "; ".join(study.notes)))
    columns = ("study", "citation", "doi or address", "same trial as", "used by", "notes")
    return _table(columns, rows)
