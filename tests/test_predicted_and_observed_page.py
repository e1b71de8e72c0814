"""The page on predicted and observed numbers."""

import re
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "how_to" / "predicted_and_observed.md"


def test_the_example_of_the_page_runs():
    (code,) = re.findall(
        r"^```python\n(.*?)^```$",
        PAGE.read_text(encoding="utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    )
    assert "assert" in code
    exec(compile(code, str(PAGE), "exec"), {})  # noqa: S102 - our own page


def test_every_command_of_the_page_is_understood():
    text = PAGE.read_text(encoding="utf-8")
    options = {
        option
        for line in text.splitlines()
        if line.startswith("algesia validate")
        for option in re.findall(r"--[a-z-]+", line)
    }
    source = Path(__file__).parent.parent / "src" / "algesia" / "cli" / "validate.py"
    known = set(re.findall(r'"(--[a-z-]+)"', source.read_text(encoding="utf-8")))
    assert options
    assert options <= known
