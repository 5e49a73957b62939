"""Who was mailed what: the person behind an address, the messages of a campaign, and what was settled by then."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof.oracle.identity import Identity
from syncproof.oracle.mailing import Mailing, told_of
from syncproof_mocks.dialect import Mail
from tests.oracle.made import NEWS, act, change, evidence, exchange, link, padded, person, state, sync, there

LINKS = (link("501", "p1", Side.MA), link("502", "p2", Side.MA), link("503", "p3", Side.MA))


def sent(seq: int, address: str, *, to: str | None = None, campaign: str = "77", refused: str = "", before: Any = None) -> Any:
    return change(seq, before, there(f"m{seq}", kind="mails", mail=Mail(address, to, campaign, NEWS, 0, refused)))


def mailing(*entries: Any, broken: tuple[int, ...] = (), **more: Any) -> Mailing:
    found = evidence((person("p1", "ann@x.cz"),), LINKS, entries=padded(*entries), **more)
    scope = SimpleNamespace(is_broken=broken.__contains__)
    return Mailing(SimpleNamespace(evidence=found, identity=Identity(found), scope=scope))  # type: ignore[arg-type]


def test_a_message_is_its_addressees_then_its_records() -> None:
    made = mailing(
        exchange(1), sent(3, "ANN@x.cz", to="502"), sent(4, "who@x.cz", to="502"), sent(5, "who@x.cz"), sent(6, "who@x.cz", to="9"),
        change(7, there("503"), None), change(8, there("502"), there("502", 2)), sent(9, "who@x.cz", to="503"),
        states=(state(0, 0), state(1, 9, ma=(there("502"), there("503")))),
    )

    assert [(m.change.seq, m.person, m.side) for m in made.all] == [
        (3, "p1", Side.MA), (4, "p2", Side.MA), (5, None, Side.MA), (6, None, Side.MA), (9, "p3", Side.MA),
    ]


def test_who_was_made_and_gone_between_two_states_was_mailed_too() -> None:
    made = mailing(change(2, None, there("502")), sent(4, "who@x.cz", to="502"))

    assert [m.person for m in made.all] == ["p2"]


def test_a_message_that_was_held_back_did_not_go_out_and_one_that_changes_is_not_sent_again() -> None:
    made = mailing(sent(3, "ann@x.cz", refused="BOUNCED"), sent(4, "ann@x.cz"), sent(5, "ann@x.cz", before=there("m5", kind="mails")))

    assert [m.change.seq for m in made.all] == [3, 4]
    assert [m.change.seq for m in made.sent] == [4]


def campaigns(*entries: Any, acts: tuple[Any, ...], syncs: tuple[Any, ...] = ()) -> list[list[int]]:
    return [[m.change.seq for m in some] for _, some in mailing(*entries, acts=acts, syncs=syncs).campaigns()]


def campaign(seq: int, number: str = "77", side: Side = Side.MA) -> Any:
    return act(seq, "campaign", "", side, record=number, object="campaign")


def test_a_campaign_has_its_own_messages_until_the_next_act_or_sync() -> None:
    mails = [sent(seq, "ann@x.cz") for seq in (9, 10, 15, 19, 20, 25)]

    assert campaigns(*mails, acts=(campaign(10),)) == [[10, 15, 19, 20, 25]]
    assert campaigns(*mails, acts=(campaign(10), act(20, "edit", "p1"))) == [[10, 15, 19]]
    assert campaigns(*mails, acts=(act(1, "edit", "p1"), campaign(10)), syncs=(sync(1, 5, 8), sync(2, 19, 30))) == [[10, 15]]
    assert campaigns(*mails, acts=(campaign(10), campaign(20))) == [[10, 15, 19], [20, 25]]
    assert campaigns(*mails, acts=(campaign(10, "78"), campaign(20, side=Side.CRM))) == [[], []]


@pytest.mark.parametrize(("seq", "number"), [(14, 0), (15, 1), (24, 1), (25, 1), (35, 3), (99, 3)])
def test_the_last_settled_sync_is_one_that_no_fault_broke(seq: int, number: int) -> None:
    made = mailing(syncs=tuple(sync(n, 10 * n, 10 * n + 5) for n in (1, 2, 3)), broken=(2,))

    assert made.settled_before(seq) == number


def test_a_campaign_tells_its_settings() -> None:
    assert told_of(act(1, "campaign", "", value={"to": "everybody"})) == {"to": "everybody"}
    assert told_of(act(1, "campaign", "")) == {}
