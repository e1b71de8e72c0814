"""The catalogue: published models as text, their claims, gates and ladder; scenario files."""
