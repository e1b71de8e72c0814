import dataclasses
import itertools

import pytest
from numpy.testing import assert_allclose

from algesia.errors import DomainError, UnitError, UnknownNameError
from algesia.units import (
    Salt,
    Substance,
    require_same_moiety,
    substance,
    substance_names,
)

# Customary molar masses, g/mol; their last digit depends on the table of atomic weights behind
# them, hence a tolerance of 0.015. Which of them were read off a print is in substances.yaml.
PRINTED_MOLAR_MASS = {
    ("ketamine", "base"): 237.73,
    ("ketamine", "hydrochloride"): 274.19,
    ("esketamine", "hydrochloride"): 274.19,
    ("norketamine", "base"): 223.70,
    ("hydroxynorketamine", "base"): 239.70,
    ("dehydronorketamine", "base"): 221.68,
    ("morphine", "base"): 285.34,
    ("morphine", "hydrochloride_trihydrate"): 375.84,
    ("morphine", "sulfate_pentahydrate"): 758.83,
    ("naltrexone", "base"): 341.40,
    ("naltrexone", "hydrochloride"): 377.86,
    ("dextromethorphan", "base"): 271.40,
    ("dextromethorphan", "hydrobromide_monohydrate"): 370.32,
    ("memantine", "base"): 179.30,
    ("memantine", "hydrochloride"): 215.76,
    ("midazolam", "base"): 325.77,
    ("amitriptyline", "base"): 277.40,
    ("amitriptyline", "hydrochloride"): 313.86,
    ("oxycodone", "base"): 315.36,
    ("oxycodone", "hydrochloride"): 351.82,
}


@pytest.mark.parametrize(("name", "form"), PRINTED_MOLAR_MASS)
def test_the_molar_mass_agrees_with_the_printed_one(name, form):
    printed = PRINTED_MOLAR_MASS[name, form]
    assert_allclose(substance(name).molar_mass(form), printed, rtol=0, atol=0.015)


def test_a_hundred_milligrams_of_ketamine_hydrochloride_hold_86_7_of_base():
    assert_allclose(
        substance("ketamine").salt_factor("hydrochloride"), 237.73 / 274.19, rtol=1e-4, atol=0
    )


def test_a_sulfate_holds_two_molecules_of_morphine():
    factor = substance("morphine").salt_factor("sulfate_pentahydrate")
    assert_allclose(factor, 2 * 285.34 / 758.83, rtol=1e-4, atol=0)


@pytest.mark.parametrize("name", substance_names())
def test_no_form_holds_more_base_than_it_weighs(name):
    known = substance(name)
    assert known.salt_factor("base") == 1.0
    for form in known.forms[1:]:
        # An element is a small part of its salt; a drug is the larger part.
        least = 0.05 if known.formula == "Mg" else 0.5
        assert least < known.salt_factor(form) < 1.0


@pytest.mark.parametrize("name", substance_names())
def test_mirror_images_weigh_the_same_as_their_racemate(name):
    known = substance(name)
    same = [substance(other) for other in substance_names()]
    for other in (s for s in same if s.molecule == known.molecule):
        assert other.formula == known.formula
        assert other.salts == known.salts


def test_each_ketamine_and_each_metabolite_has_a_racemate_and_two_mirror_images():
    for molecule in ("ketamine", "norketamine", "hydroxynorketamine", "dehydronorketamine"):
        kinds = [
            substance(name).stereochemistry
            for name in substance_names()
            if substance(name).molecule == molecule
        ]
        assert sorted(kinds) == ["R", "S", "racemate"]


def test_losing_a_methyl_group_turns_ketamine_into_norketamine():
    lost = substance("ketamine").molar_mass() - substance("norketamine").molar_mass()
    assert_allclose(lost, 12.011 + 2 * 1.008, rtol=1e-10, atol=0)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("S-ketamine", "esketamine"),
        ("s ketamine", "esketamine"),
        ("(S)-ketamine", "esketamine"),
        ("(+)-ketamine", "esketamine"),
        ("S(+)-ketamine", "esketamine"),
        ("(S)-(+)-ketamine", "esketamine"),
        ("R-ketamine", "arketamine"),
        ("(-)-ketamine", "arketamine"),
        ("(\u2212)-ketamine", "arketamine"),
        ("R(-)-Ketamine", "arketamine"),
        ("racemic ketamine", "ketamine"),
        ("(R,S)-ketamine", "ketamine"),
        ("(±)-ketamine", "ketamine"),
        ("KETAMINE", "ketamine"),
        ("S-norketamine", "esnorketamine"),
        ("(2R,6R)-HNK", "arhydroxynorketamine"),
    ],
)
def test_an_alias_finds_its_substance(spelling, name):
    assert substance(spelling).name == name


def test_an_optical_sign_is_never_dropped_from_a_name():
    assert substance("(+)-ketamine") != substance("ketamine")
    with pytest.raises(UnknownNameError):
        substance("(+)-norketamine")


def test_a_misspelt_substance_is_refused_with_the_nearest_name():
    with pytest.raises(
        UnknownNameError, match="no substance 'eskatamine'; close names: esketamine"
    ):
        substance("eskatamine")


def test_an_unknown_salt_is_refused_with_the_known_forms():
    with pytest.raises(
        UnknownNameError, match=r"no form of ketamine 'hydrocloride'; .*hydrochloride"
    ):
        substance("ketamine").molar_mass("hydrocloride")


def test_a_racemate_is_refused_where_an_enantiomer_is_followed():
    with pytest.raises(UnitError) as refusal:
        require_same_moiety(substance("ketamine"), substance("esketamine"), what="dose")
    assert str(refusal.value) == (
        "dose is ketamine (racemate) but the input takes esketamine (S enantiomer); "
        "say which enantiomer is followed"
    )


def test_a_substance_is_the_same_moiety_as_itself_and_as_no_other():
    for first, second in itertools.product(substance_names(), repeat=2):
        given, expected = substance(first), substance(second)
        if first == second:
            require_same_moiety(given, expected, what="dose")
            continue
        with pytest.raises(UnitError) as refusal:
            require_same_moiety(given, expected, what="assay", where="output plasma")
        assert str(refusal.value).startswith(
            f"assay is {given} but output plasma takes {expected}"
        )


@pytest.mark.parametrize(
    ("given", "expected", "remedy"),
    [
        ("arketamine", "esketamine", "mirror images, not the same substance"),
        ("norketamine", "ketamine", "different molecules"),
        ("esketamine", "ketamine", "say which enantiomer is followed"),
    ],
)
def test_each_kind_of_mismatch_has_its_own_remedy(given, expected, remedy):
    with pytest.raises(UnitError, match=remedy):
        require_same_moiety(substance(given), substance(expected), what="dose")


def test_an_unknown_stereochemistry_is_refused():
    with pytest.raises(UnknownNameError, match="no stereochemistry 'L'"):
        dataclasses.replace(substance("ketamine"), stereochemistry="L")


def test_a_salt_without_a_base_is_refused():
    with pytest.raises(DomainError, match="salt x has 0 bases; expected at least 1"):
        Salt(name="x", bases=0, adds="HCl")


def test_a_substance_with_a_broken_formula_is_refused():
    with pytest.raises(DomainError, match="formula is 'ketamine'"):
        Substance(name="x", molecule="x", stereochemistry="achiral", formula="ketamine")
