"""Where terms begin and end."""

import pytest
from hypothesis import given

from clonegallery.search.query import QueryError, Token, read_tokens
from tests.search.query.soup import soups


def test_tokens_know_where_they_stand() -> None:
    assert list(read_tokens(' sun  -Tag:"a  b" ')) == [
        Token(1, 4, negated=False, key=None, value="sun", quoted=False),
        Token(6, 17, negated=True, key="tag", value="a b", quoted=True),
    ]


def test_an_open_quote_reaches_to_the_end_of_an_unfinished_text() -> None:
    text = 'sun camera:"canon e'
    with pytest.raises(QueryError):
        list(read_tokens(text))
    assert list(read_tokens(text, unfinished=True))[-1] == Token(
        4, len(text), negated=False, key="camera", value="canon e", quoted=True
    )


def test_tokens_with_quotes_inside_end_where_they_are_closed() -> None:
    text = r'tag:"5\" disk" sea'
    assert [(token.value, text[token.start : token.end]) for token in read_tokens(text)] == [
        ('5" disk', r'tag:"5\" disk"'),
        ("sea", "sea"),
    ]
    assert [token.value for token in read_tokens(r'tag:"say \"h', unfinished=True)] == ['say "h']
    assert [token.value for token in read_tokens('tag:"say \\', unfinished=True)] == ["say \\"]


def test_a_whole_name_may_be_unfinished_too() -> None:
    for text, typed, quoted in (
        ('camera:="canon e', "canon e", True),
        ("camera:=", "", False),
        ("lens:=x", "x", False),
    ):
        (token,) = read_tokens(text, unfinished=True)
        assert (token.value, token.quoted, token.whole, token.end) == (typed, quoted, True, len(text))


@given(soups())
def test_tokens_leave_out_nothing_but_spaces(text: str) -> None:
    tokens = list(read_tokens(text, unfinished=True))
    edges = [0, *(edge for token in tokens for edge in (token.start, token.end)), len(text)]
    assert edges == sorted(edges)
    assert all(not text[end:start].strip() for end, start in zip(edges[::2], edges[1::2], strict=True))
    assert all(token.end > token.start for token in tokens)
