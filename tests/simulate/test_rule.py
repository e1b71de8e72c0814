"""Rules, visits, sights and adherence refuse what has no meaning."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from algesia.errors import DomainError, InputError
from algesia.regimen import parse_regimen
from algesia.simulate.adherence import Adherence
from algesia.simulate.dose_step import Step
from algesia.simulate.rule import Action
from algesia.simulate.sight import Sight
from algesia.simulate.visit import MOST_VISITS, Visits

from .reactive_models import protocol, rule

STOP = rule("stop", "pain > 4", stop=True)


def test_visits_begin_one_step_after_the_start_unless_they_say_otherwise():
    assert Visits.every(24.0, until_h=100.0).times_h.tolist() == [24.0, 48.0, 72.0, 96.0]
    assert Visits.every(24.0, until_h=24.0, from_h=0.0).times_h.tolist() == [0.0, 24.0]
    assert Visits.every(0.1, until_h=0.3).times_h.size == 3


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Visits.every(0.0, until_h=1.0), "every 0 h"),
        (lambda: Visits.every(np.nan, until_h=1.0), "every nan h"),
        (lambda: Visits.every(5.0, until_h=1.0), "before the first at 5 h"),
        (lambda: Visits.every(1.0, until_h=1e9), f"at most {MOST_VISITS}"),
        (lambda: Visits(times_h=np.array([])), "0 visits"),
        (lambda: Visits(times_h=np.array([1.0, 1.0])), "follows the one at 1 h"),
        (lambda: Visits(times_h=np.array([-1.0])), "first visit is at -1 h"),
        (lambda: Sight(name="pain", shows="pain"), "or oracle: true"),
        (lambda: Sight(name="pain", shows="pain", error_sd=np.nan), "error of 'pain' is nan"),
        (lambda: Sight(name="pain", shows="pain", error_sd=1.0, oracle=True), "one of the two"),
        (lambda: Sight(name="my pain", shows="pain", error_sd=1.0), "is no name"),
        (lambda: Sight(name="pain", shows="pain", error_sd=1.0, low=5, high=5), "a higher end"),
        (lambda: Adherence(missed=1.2), "share of missed doses is 1.2"),
        (lambda: Adherence(missed=0.7, doubled=0.7), "1.4 of all"),
        (lambda: Adherence(early=0.1), "0 h early"),
        (lambda: Action(), "changes nothing"),
        (lambda: Action(stop=True, hold=True), "more than once"),
        (lambda: Action(hold_h=0.0), "a hold lasts 0 h"),
        (lambda: Action(give=parse_regimen("ketamine 5 mg oral daily for 2 days")), "2 doses"),
        (lambda: rule("a", "pain > 1", dose=Step.of_dose("+1 mg")), "without limit"),
        (lambda: rule("a", "pain > 1", dose=Step.of_dose("x 1.1")), "without limit"),
        (lambda: rule("a", "pain > 1", interval=Step.of_interval("+1 h")), "without limit"),
        (lambda: rule("a", "pain > 1", interval=Step.of_interval("x 0.5")), "above 0"),
        (lambda: rule("a", "pain > 1", 0, stop=True), "priority of rule 'a' is 0"),
        (lambda: rule("a", "pain > 1", stop=True, limits={"not_within_h": -1.0}), "waits -1 h"),
        (lambda: protocol(), "no rule"),
        (lambda: protocol(STOP, plans={"base": parse_regimen("ketamine 1 mg IV bolus")}),
         "the plan the arm begins with"),
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_refused_in_one_line(make, said):
    with pytest.raises(InputError) as caught:
        make()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_error_of_measurement_depends_on_subject_and_look_alone():
    sight = Sight(name="pain", shows="pain", error_sd=1.0)
    people = np.arange(50)
    true = np.full(50, 5.0)
    seen = sight.seen(true, seed=3, subjects=people, look=2)
    few = sight.seen(true[[7, 3]], seed=3, subjects=people[[7, 3]], look=2)
    assert_array_equal(few, seen[[7, 3]])
    assert np.abs(sight.seen(true, seed=3, subjects=people, look=3) - seen).max() > 0.1


def test_a_scale_holds_what_is_measured():
    sight = Sight(name="pain", shows="pain", error_sd=5.0, low=0.0, high=10.0)
    seen = sight.seen(np.full(500, 9.0), seed=3, subjects=np.arange(500), look=1)
    assert seen.max() == 10.0
    assert seen.min() >= 0.0


def test_a_name_that_is_taken_cannot_be_that_of_a_sight():
    taken = Sight(name="dose", shows="pain", error_sd=1.0)
    with pytest.raises(DomainError, match="'dose' is taken"):
        type(protocol(STOP))(
            visits=Visits.every(1.0, until_h=2.0), sights=(taken,), rules=(STOP,)
        )
