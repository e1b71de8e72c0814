"""YAML as plain data: no tags, no aliases, no surprises, and every complaint has its place.

Only a small part of YAML is read: mappings with text keys, lists, text, numbers, `true`,
`false` and `null`. Words such as `no`, `on` and `1:30` stay text, as does anything that is not
written as a plain decimal number. The tree is built straight from the parser's events, so
nothing that a file holds can name or build a Python object.
"""

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

import yaml

from algesia.errors import FileInputError, nearest_names

__all__ = ["DEPTH_LIMIT", "SIZE_LIMIT_BYTES", "parse_yaml", "read_yaml"]

SIZE_LIMIT_BYTES: Final = 1_000_000
DEPTH_LIMIT: Final = 40

# libyaml's parser where PyYAML was built with it, otherwise the one in pure Python.
LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
DECIMAL: Final = re.compile(
    r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?\Z"
)
WORDS: Final[dict[str, bool | None]] = {
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip
DIGIT_LIMIT: Final = 40
NUMBER_START: Final = frozenset("0123456789+-.")


def read_yaml(path: Path) -> object:
    """Read one YAML file as plain data.

    Parameters
    ----------
    path
        The file, UTF-8 text of at most 1 MB.

    Returns
    -------
    object
        Nested `dict` (text keys), `list`, `str`, `int`, `float`, `bool` and `None`.

    Raises
    ------
    FileInputError
        If the file is missing, unreadable, too large, not UTF-8 text, empty, or outside the
        small part of YAML that is read. The message gives file, line and column.
    """
    return parse_yaml(_text_of(Path(path)), str(path))


def parse_yaml(text: str, where: str) -> object:
    """Read YAML text as plain data.

    Parameters
    ----------
    text
        One YAML document, at most 1 MB as UTF-8, nested at most 40 deep.
    where
        What to call the text in messages, usually its file name.

    Returns
    -------
    object
        Nested `dict` (text keys), `list`, `str`, `int`, `float`, `bool` and `None`.

    Raises
    ------
    FileInputError
        If the text is empty, too long, too deep, has a tag, an anchor, an alias, a directive,
        a duplicate key or a second document, or is not YAML. The message gives line and column.

    Examples
    --------
    >>> parse_yaml("{unit: mg/kg, weekend: no, dose: 0.5}", "example")
    {'unit': 'mg/kg', 'weekend': 'no', 'dose': 0.5}
    """
    size = len(text.encode("utf-8", errors="replace"))
    if size > SIZE_LIMIT_BYTES:
        raise FileInputError(f"{where} is {size} bytes; at most {SIZE_LIMIT_BYTES} are read")
    try:
        return _tree(text.removeprefix("\ufeff"), where)
    except yaml.MarkedYAMLError as error:
        place = _place(where, error.problem_mark or error.context_mark)
        _refuse(place, f"is not YAML: {error.problem or error.context}", "fix the layout there")
    except (yaml.YAMLError, UnicodeError) as error:
        _refuse(where, f"is not YAML: {error}", "expected printable UTF-8 text")


def _text_of(path: Path) -> str:
    """Text of a file, within the size limit."""
    try:
        information = path.stat()
        if not stat.S_ISREG(information.st_mode):
            raise FileInputError(f"{path} is not a file; expected a YAML file")
        if information.st_size > SIZE_LIMIT_BYTES:
            raise FileInputError(
                f"{path} is {information.st_size} bytes; at most {SIZE_LIMIT_BYTES} are read"
            )
        return path.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        raise FileInputError(f"no file {path}; {_neighbours(path)}") from None
    except UnicodeDecodeError as error:
        raise FileInputError(
            f"{path} has the byte 0x{error.object[error.start]:02x} at position {error.start};"
            " expected UTF-8 text"
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise FileInputError(f"{path} cannot be read: {reason}; expected a YAML file") from None


def _neighbours(path: Path) -> str:
    """Say what lies near a missing file: close names in its folder."""
    folder = path.parent
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return f"there is no folder {folder} to read"
    close = nearest_names(path.name, names)
    return (
        f"close names: {', '.join(close)}" if close else f"nothing in {folder} is named alike"
    )


def _tree(text: str, where: str) -> object:
    """Build the data from the parser's events."""
    events = yaml.parse(text, Loader=LOADER)
    documents: list[object] = []
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if documents:
                _refuse(_mark(where, event), "starts a second document", "one is read per file")
            if event.version is not None or event.tags:
                _refuse(_mark(where, event), "has a % directive", "leave it out")
        elif isinstance(event, yaml.NodeEvent):
            if isinstance(event, yaml.ScalarEvent) and _is_blank(event):
                break
            documents.append(_node(events, event, where, 1))
    if not documents:
        raise FileInputError(f"{where} is empty; expected a YAML document")
    return documents[0]


def _is_blank(event: Any) -> bool:
    """Whether a scalar is nothing at all, as after a lone `---`."""
    return bool(event.value == "" and not event.style and not event.tag and not event.anchor)


def _node(events: Iterator[Any], event: Any, where: str, depth: int) -> object:
    """Build the data of the node that this event begins."""
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        shown = f"{'*' if isinstance(event, yaml.AliasEvent) else '&'}{event.anchor}"
        _refuse(_mark(where, event), f"has {shown}", "write the value out; nothing is shared")
    if event.tag is not None:
        _refuse(_mark(where, event), f"has the tag {event.tag}", "only plain data is read")
    if isinstance(event, yaml.ScalarEvent):
        return event.value if event.style else _plain(event, where)
    if depth > DEPTH_LIMIT:
        _refuse(_mark(where, event), "is nested too deep", f"at most {DEPTH_LIMIT} levels")
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[object] = []
        for item in events:
            if isinstance(item, yaml.SequenceEndEvent):
                break
            items.append(_node(events, item, where, depth + 1))
        return items
    return _mapping(events, where, depth)


def _mapping(events: Iterator[Any], where: str, depth: int) -> dict[str, object]:
    """Build a mapping whose start has been read."""
    mapping: dict[str, object] = {}
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        if not isinstance(event, yaml.ScalarEvent):
            _refuse(
                _mark(where, event), "is a list, mapping or alias as a key", "expected text"
            )
        key = _node(events, event, where, depth + 1)
        if not isinstance(key, str):
            _refuse(_mark(where, event), f"has the key '{event.value}'", "put it in quotes")
        if key == "<<" and not event.style:
            _refuse(_mark(where, event), "has a merge key '<<'", "write the keys out")
        if key in mapping:
            _refuse(_mark(where, event), f"repeats the key '{key}'", "each key once")
        mapping[key] = _node(events, next(events), where, depth + 1)
    return mapping


def _plain(event: Any, where: str) -> object:
    """Value of an unquoted scalar: a number, a truth value, null, or text."""
    text: str = event.value
    if text in WORDS:
        return WORDS[text]
    if text[0] not in NUMBER_START:
        return text
    if INTEGER.match(text) and len(text) <= DIGIT_LIMIT:
        return int(text)
    if not DECIMAL.match(text):
        return text
    number = float(text)
    if abs(number) == float("inf") or len(text) > DIGIT_LIMIT:
        remedy = f"expected a finite number of at most {DIGIT_LIMIT} characters"
        _refuse(_mark(where, event), f"has the number {text[:20]}…", remedy)
    return number


def _mark(where: str, event: Any) -> str:
    """File, line and column of an event."""
    return _place(where, event.start_mark)


def _place(where: str, mark: Any) -> str:
    """File, line and column of a mark, counted from 1."""
    return where if mark is None else f"{where}, line {mark.line + 1}, column {mark.column + 1}"


def _refuse(place: str, what: str, remedy: str) -> NoReturn:
    """Raise the one-line error."""
    message = f"{place} {what}; {remedy}"
    raise FileInputError(" ".join(message.split())) from None
