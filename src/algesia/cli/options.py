"""Options that several commands share."""

from typing import Annotated, TypeAlias

import typer

__all__ = ["AsJson"]

AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print one JSON object instead of tables.")
]
