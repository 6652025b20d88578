"""What people write is cleaned or refused by name; what machines call a file is only cleaned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonegallery.errors import Invalid
from clonegallery.images import texts


@given(st.text(max_size=600))
def test_any_file_name_becomes_one_that_can_be_shown_and_stored(name: str) -> None:
    cleaned = texts.clean_filename(name)
    assert len(cleaned) <= 255
    assert not set(cleaned) & set("/\\\r\n\x00\u202e")
    assert 1 <= len(texts.title_from(name)) <= 255
    cleaned.encode()


@given(st.lists(st.text(max_size=60), max_size=40))
def test_tags_are_lower_case_unique_and_few_or_refused(tags: list[str]) -> None:
    try:
        cleaned = texts.clean_tags(tags)
    except Invalid:
        return
    assert len(cleaned) == len(set(cleaned)) <= 30
    assert all(1 <= len(tag) <= 50 for tag in cleaned)
    assert texts.clean_tags(cleaned) == cleaned


@pytest.mark.parametrize("title", ["", "  ", "a\x00b", "x" * 256, "\ud800"])
def test_a_bad_title_is_refused_by_name(title: str) -> None:
    with pytest.raises(Invalid) as refused:
        texts.clean_title(title)
    assert refused.value.errors[0].field == "title"


def test_a_caption_keeps_its_lines() -> None:
    assert texts.clean_caption(" One\r\ntwo\x07\n ") == "One\ntwo"
