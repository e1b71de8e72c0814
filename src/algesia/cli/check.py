"""`algesia check`: run the gates and claims of catalogue entries."""

from typing import Annotated, Final

import typer

__all__ = ["EXAMPLE", "HELP", "check_command"]

HELP: Final = "x"
EXAMPLE: Final = "Example: algesia check simons_2022_film"


def check_command(model: Annotated[str | None, typer.Argument()] = None) -> int:
    """Check."""
    return 0
