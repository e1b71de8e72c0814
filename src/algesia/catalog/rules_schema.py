"""What the `rules` of an arm may say: visits, what is seen there, and what is then changed."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["ActionFile", "AdherenceFile", "RuleFile", "RulesFile", "SightFile", "VisitsFile"]

Name = Annotated[str, Field(min_length=1, max_length=120)]
Text = Annotated[str, Field(min_length=1, max_length=1000)]
TimeText = Annotated[
    str,
    Field(min_length=2, max_length=80, description="A time with its unit, such as '1 week'."),
]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Count = Annotated[int, Field(ge=1, le=100_000)]


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class VisitsFile(_Strict):
    """When patients are seen: a step, or explicit times."""

    start: TimeText | None = Field(
        default=None, alias="from", description="First visit; one step after the start without."
    )
    every: TimeText | None = Field(default=None, description="Step between visits.")
    until: TimeText | None = Field(default=None, description="Latest visit.")
    times: list[TimeText] | None = Field(default=None, description="Explicit times.")


class SightFile(_Strict):
    """One measurement made at every visit."""

    output: Name = Field(description="Output of the model; with oracle also one of its states.")
    name: Name | None = Field(
        default=None,
        alias="as",
        description="What rules call it; the output's own name without.",
    )
    error_sd: float | TimeText | None = Field(
        default=None,
        description="Standard deviation of the error of measurement: a number in the unit of "
        "the output, or a text with its unit, such as '5 mmHg'.",
    )
    scale: Annotated[list[float], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="Ends of the scale, in the unit of the output."
    )
    oracle: bool = Field(
        default=False, description="The true value is seen, as no clinician does."
    )


class ActionFile(_Strict):
    """What a rule changes."""

    dose: Text | None = Field(
        default=None, description="'+10 mg', '-5 mg/h', 'x 1.5', or '50 mg' for a new dose."
    )
    interval: Text | None = Field(
        default=None, description="'+1 week', 'x 2', or '4 weeks' for a new interval."
    )
    at_most: Text | None = Field(default=None, description="Highest dose or longest interval.")
    at_least: Text | None = Field(default=None, description="Lowest dose or shortest interval.")
    hold: Text | None = Field(
        default=None,
        description="'while' gives nothing as long as the rule fires; a time, such as "
        "'2 weeks', gives nothing for so long.",
    )
    stop: Literal[True] | None = Field(default=None, description="Nothing is given any more.")
    resume: Literal[True] | None = Field(default=None, description="A hold or stop ends.")
    switch: Name | None = Field(default=None, description="Name of the plan that follows.")
    give: Text | None = Field(default=None, description="One dose now, beside the plan.")


class RuleFile(_Strict):
    """One rule."""

    name: Name
    when: Text = Field(description="Comparisons joined by and, or, not.")
    then: ActionFile
    priority: Count | None = Field(
        default=None,
        description="Of rules about one drug that fire together the lowest number acts; the "
        "order of the file where no rule has one.",
    )
    drug: Name | None = Field(
        default=None, description="Drug it is about; the first of the plan without."
    )
    at_most_times: Count | None = None
    at_most_per_day: Count | None = None
    at_most_per_week: Count | None = None
    not_within: TimeText | None = Field(
        default=None, description="Shortest time between two of its actions on one patient."
    )
    probability: float | Text | None = Field(
        default=None, description="Formula of the probability that it acts where it may."
    )


class AdherenceFile(_Strict):
    """How doses that are taken at once are taken."""

    missed: Share = 0.0
    doubled: Share = 0.0
    early: Share = 0.0
    early_by: TimeText | None = None
    drugs: list[Name] = Field(
        default_factory=list, description="Drugs it is about; all without."
    )


class RulesFile(_Strict):
    """Rules that react to the simulated patient."""

    visits: VisitsFile
    sees: Annotated[list[SightFile], Field(max_length=50)] = Field(default_factory=list)
    plans: dict[Name, Text] = Field(
        default_factory=dict, description="Plans that rules may switch to, as clinical text."
    )
    adherence: AdherenceFile | None = None
    rules: Annotated[list[RuleFile], Field(min_length=1, max_length=200)]
