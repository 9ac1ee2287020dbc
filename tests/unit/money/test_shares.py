from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.money.shares import split
from tacit.records.errors import BadSplitError
from tacit.records.money import Money

AMOUNTS = st.integers(0, 10**14).map(lambda minor: Money("INR", minor))
PARTS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3), st.integers(1, 10**9), min_size=1, max_size=30
).map(lambda parts: list(parts.items()))


@given(AMOUNTS, PARTS)
def test_shares_sum_to_the_whole(amount, parts):
    shares = split(amount, parts)
    assert sum(share.amount_minor for _, share in shares) == amount.amount_minor
    assert [account for account, _ in shares] == sorted(account for account, _ in parts)


@given(AMOUNTS, PARTS)
def test_every_share_is_less_than_one_minor_unit_from_exact(amount, parts):
    shares = dict(split(amount, parts))
    total = sum(part for _, part in parts)
    for account, part in parts:
        assert abs(shares[account].amount_minor * total - amount.amount_minor * part) < total


@given(AMOUNTS, PARTS, st.randoms())
def test_the_order_of_the_parts_changes_nothing(amount, parts, random):
    shuffled = list(parts)
    random.shuffle(shuffled)
    assert split(amount, shuffled) == split(amount, parts)


@given(AMOUNTS, PARTS)
def test_more_parts_never_get_less(amount, parts):
    shares = dict(split(amount, parts))
    by_parts = sorted(parts, key=lambda entry: entry[1])
    for (few, n_few), (many, n_many) in pairwise(by_parts):
        if n_many > n_few:
            assert shares[many] >= shares[few]


def test_largest_remainders_are_rounded_up():
    # Exact shares of 10: 4.3, 3.3 and 2.4; the one unit that is left goes to the largest remainder.
    assert split(Money("INR", 10), [("a", 43), ("b", 33), ("c", 24)]) == (
        ("a", Money("INR", 4)),
        ("b", Money("INR", 3)),
        ("c", Money("INR", 3)),
    )


def test_equal_remainders_go_by_account_name():
    shares = split(Money("INR", 5), [("worker:c", 1), ("worker:a", 1), ("worker:b", 1)])
    assert [share.amount_minor for _, share in shares] == [2, 2, 1]


@pytest.mark.parametrize(
    ("amount_minor", "parts", "trouble"),
    [
        (-1, [("a", 1)], "negative"),
        (10, [], "no parts"),
        (10, [("a", 1), ("b", 0)], "b has 0 parts"),
        (10, [("a", 1), ("a", 2)], "named twice"),
    ],
)
def test_what_cannot_be_shared_is_refused(amount_minor, parts, trouble):
    with pytest.raises(BadSplitError, match=trouble):
        split(Money("INR", amount_minor), parts)
