"""How much rules that react to the patient cost: the same run with and without them.

Run: python benchmarks/reactive_rules.py [subjects]

10 000 patients, a weekly infusion for a year, 52 weekly visits with one rule that fires at
every one of them. Times are the best of two, kernels warm.
"""

import sys
import time
from dataclasses import replace

from algesia import cohort
from algesia.catalog.entry import entry
from algesia.model import Model
from algesia.regimen import parse_regimen
from algesia.simulate import Arm, Sampling, Scenario, run
from algesia.simulate.criterion import parse_criterion
from algesia.simulate.dose_step import Step
from algesia.simulate.protocol import Protocol
from algesia.simulate.rule import Action, Rule
from algesia.simulate.sight import Sight
from algesia.simulate.stepper_choice import choose_stepper
from algesia.simulate.visit import Visits

WEEK_H = 168.0
YEAR_H = 52 * WEEK_H
CASES = (
    ("simons_2022_film", "esketamine 20 mg IV over 40 min weekly for 52 weeks", "esketamine"),
    ("dorsal_horn_course", "esketamine 20 mg IV over 40 min weekly for 52 weeks", "esketamine"),
)


def protocol(output: str) -> Protocol:
    """Step the dose up or down at every visit."""
    up = Rule(
        name="up",
        when=parse_criterion("days_since_start >= 0", where="up"),
        then=Action(dose=Step.of_dose("+0.1 mg", at_most="100 mg")),
        priority=1,
    )
    return Protocol(
        visits=Visits.every(WEEK_H, until_h=YEAR_H),
        sights=(Sight(name="level", shows=output, error_sd=1.0),),
        rules=(up,),
    )


def model_of(name: str) -> Model:
    """Model of a case: an entry, or the backbone with the horn."""
    if name == "dorsal_horn_course":
        from algesia.catalog.companion import assembly

        return assembly(
            "ketamine_backbone", companions=["nmda_receptor_channel", "dorsal_horn"]
        )
    return entry(name).model


def measured(scenario: Scenario) -> float:
    """Best of two times, s."""
    times = []
    for _ in range(2):
        begin = time.perf_counter()
        answer = run(scenario)
        times.append(time.perf_counter() - begin)
        assert answer.failed == 0
    return min(times)


def main() -> None:
    """Print a line per case and sampling."""
    subjects = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    wanted = sys.argv[2:] or [case[0] for case in CASES]
    for name, plan, _ in CASES:
        if name not in wanted:
            continue
        model = model_of(name)
        output = model.outputs[0].name
        people = cohort(model, subjects=subjects, seed=1)
        for step_h, words in ((WEEK_H, "weekly"), (24.0, "daily")):
            arm = Arm(
                name="arm", model=model, regimen=parse_regimen(plan), cohort=people,
                outputs=(output,), protocol=protocol(output),
            )  # fmt: skip
            reacting = Scenario(
                title=name, arms=(arm,), sampling=Sampling.every(step_h, until_h=YEAR_H)
            )
            plain = replace(reacting, arms=(replace(arm, protocol=None),))
            run(replace(reacting, arms=(replace(arm, cohort=people.part(0, 8)),)))
            without, with_rules = measured(plain), measured(reacting)
            sys.stdout.write(
                f"{name} ({choose_stepper(model)[0]}), {subjects} subjects, {words} samples: "
                f"{without:.2f} s without, {with_rules:.2f} s with, "
                f"ratio {with_rules / without:.2f}\n"
            )


if __name__ == "__main__":
    main()
