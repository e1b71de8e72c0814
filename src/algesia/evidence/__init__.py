"""Published observations, and how well a model predicts them.

Every stored number keeps the words it was printed in, the study, and which entries took a value
from it. `validate_pk` predicts them all with one model: same dose, form, route, weight, site,
window and unit; what a model cannot be asked for is listed with the reason.
"""

from .observation import Observation, Study
from .observation_file import studies
from .validation import PkValidation, validate_pk

__all__ = ["Observation", "PkValidation", "Study", "studies", "validate_pk"]
