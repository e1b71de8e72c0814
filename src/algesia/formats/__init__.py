"""One file per format: what people write (YAML) and what other tools read and write."""

from .yaml_text import parse_yaml, read_yaml

__all__ = ["parse_yaml", "read_yaml"]
