from algesia.provenance import NOTICE


def test_the_notice_says_research_and_not_advice_in_one_line():
    assert NOTICE == "research and education, not dosing advice"
