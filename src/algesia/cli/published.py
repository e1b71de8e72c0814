"""`algesia models --published`: which published models are entries, and why others are not."""

from algesia.errors import InputError

from .answer import Answer
from .screen import emit, show

__all__ = ["list_published"]


def list_published(model: str | None, *, as_json: bool) -> int:
    """Print the list of published models; it is one list, so no model may be named."""
    if model is not None:
        raise InputError(f"--published is given with {model}; expected it alone")
    from algesia.catalog.published import published_models

    if as_json:
        emit(Answer(command="published", data=list(published_models())).json_text())
        return 0
    from algesia.report.published_table import published_table

    show(published_table(published_models()))
    return 0
