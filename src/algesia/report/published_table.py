"""The list of published models for the terminal."""

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from rich.console import Group, RenderableType

from algesia.catalog.published import PublishedModel

from .tables import new_table
from .wording import notice_line, plain

__all__ = ["published_table"]

_HEADINGS: Final = {
    "ketamine": "Ketamine",
    "found_besides": "Ketamine, found besides",
    "companions": "Drugs given beside ketamine",
}


def published_table(models: Iterable[PublishedModel]) -> Group:
    """List published models: whether they are complete, their entry and why.

    Parameters
    ----------
    models
        The models, those of a group together.

    Returns
    -------
    Group
        One table per group and the notice.
    """
    parts: list[RenderableType] = []
    for group, members in groupby(models, key=lambda model: model.group):
        table = new_table("publication", "complete", "entry and why", title=_HEADINGS[group])
        for model in members:
            cells = (
                f"{model.id}: {model.citation}",
                model.complete or "not judged",
                f"{model.entry or 'no entry'}: {model.why}",
            )
            table.add_row(*map(plain, cells))
        parts.append(table)
    return Group(*parts, notice_line())
