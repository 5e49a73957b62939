"""What a finding about a consent tells, and when a vendor's refusal excuses one that is missing."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import FieldRule, Side
from syncproof.oracle.consent_refusals import ConsentRefusals
from syncproof.oracle.consent_story import sides_around, told
from syncproof.oracle.fields import Oracle
from syncproof_mocks.consent import ConsentProof, ConsentState
from tests.oracle.made import (
    ALL,
    NEWS,
    act,
    change,
    contact,
    evidence,
    exchange,
    link,
    mapped,
    mark,
    padded,
    person,
    state,
    sync,
    there,
)

LINKS = (link("003A", "p1"), link("501", "p1", Side.MA), link("003B", "p2"), link("502", "p2", Side.MA))
GRANTED, WITHDRAWN = ConsentState.GRANTED, ConsentState.WITHDRAWN
PROOF = ConsentProof("2025-01-01T00:00:00Z", "form")


def oracle(*entries: Any, exits: tuple[int | None, ...] = (1, 1, 1), ended: str = "exited", **more: Any) -> Oracle:
    syncs = tuple(sync(n, 10 * n, 10 * n + 9, exit_code=code, ended=ended) for n, code in enumerate(exits, start=1))
    more.setdefault("states", tuple(state(n, 10 * n + 9) for n in range(len(exits) + 1)))
    more.setdefault("befores", tuple(state(n, 10 * n) for n in range(1, len(exits) + 1)))
    return Oracle(evidence((person("p1", "ann@x.cz"), person("p2", "bob@x.cz")), LINKS, syncs=syncs, entries=padded(*entries), **more))


def row(held: ConsentState, key: Any = NEWS) -> Any:
    return contact("003A", said=(mark(key, held),))


# -- the story ------------------------------------------------------------------------------------------


def test_both_sides_before_and_after() -> None:
    made = oracle(befores=(state(0, 10, (row(GRANTED),)),), states=(state(0, 0), state(1, 19, (row(WITHDRAWN),), (there("501", said=(mark(NEWS, GRANTED),)),))),
                  exits=(1,))

    found = sides_around(made, "p1", NEWS, 1)

    assert (found.crm_before, found.ma_before, found.crm_after, found.ma_after) == ("granted", "unknown", "withdrawn", "granted")
    assert sides_around(made, "p2", NEWS, 1).crm_before == "unknown"


def blamed(*entries: Any, seq: int = 16) -> Any:
    made = oracle(*entries, change(seq, row(WITHDRAWN), row(GRANTED), by=15 if seq == 16 else None), exits=(1, 1))
    return told(made, made.consents.turns[0])


WRITE = exchange(15, "salesforce", method="PATCH", path="/003A", status=204)


def test_the_write_and_the_last_read_of_the_person_on_the_other_side() -> None:
    reads = [exchange(11, served=[("contacts", "501", 1)]), exchange(12, served=[("consents", "ann@x.cz", 1)]),
             exchange(13, served=[("contacts", "502", 1), ("consents", "bob@x.cz", 1)]), exchange(14, "salesforce", served=[("Contact", "003A", 1)])]
    found = blamed(*reads, WRITE)

    assert found["sync"] == 1
    assert (found["blame"].written_by, found["blame"].request) == (16, "#15 PATCH /003A -> 204")
    assert (found["blame"].read_at, found["blame"].read_request, found["blame"].note) == (12, "#12 GET /x -> 200", "")


def test_an_answer_that_came_with_or_after_the_write_is_no_reason() -> None:
    found = blamed(WRITE, exchange(17, served=[("contacts", "501", 1)]))["blame"]

    assert (found.read_at, found.read_request) == (None, None)
    assert found.note == "no earlier read of this person on the other side"
    assert blamed(exchange(11, served=[("Contact", "003A", 1)]), WRITE)["blame"].read_at is None


def test_what_no_request_wrote_is_justified_by_no_later_answer() -> None:
    shown = [("contacts", "501", 1)]

    assert blamed(exchange(12, served=shown), exchange(17, served=shown), seq=14)["blame"].read_at == 12
    assert blamed(exchange(17, served=shown), seq=14)["blame"].read_at is None


@pytest.mark.parametrize(("seq", "number"), [(10, 1), (18, 1), (19, None), (20, 2), (9, None)])
def test_a_turn_belongs_to_the_sync_in_which_it_was_made(seq: int, number: int | None) -> None:
    assert blamed(seq=seq).get("sync") == number


# -- refused consents -----------------------------------------------------------------------------------


def refused(seq: int, record: str = "501", operation: str = "communication_v4.set", body: bytes = b"", **more: Any) -> Any:
    return exchange(seq, method="POST", path=f"/status/{record}", operation=operation, body=body, status=400,
                    refused=[(record, "INVALID", "no")], **more)


NO, YES = b'{"subscribed":false}', b'{"subscribed":true}'


def excuses(made: Oracle, *, grant: bool = True, side: Side = Side.MA, who: str = "p1") -> list[bool]:
    book = ConsentRefusals(made)
    return [book.excuse(n, side, who, NEWS, grant=grant) is not None for n in range(1, len(made.evidence.syncs) + 1)]


def test_an_owned_up_refusal_excuses_until_a_sync_claims_success() -> None:
    assert excuses(oracle(refused(12))) == [True, True, True]
    assert excuses(oracle(refused(12), exits=(1, 0, 1))) == [True, False, False]
    assert excuses(oracle(refused(12), exits=(0, 1, 1))) == [False, False, False]
    assert excuses(oracle(refused(22))) == [False, True, True]
    assert excuses(oracle(refused(12), ended="settled", exits=(None, None))) == [True, True]
    assert excuses(oracle(refused(12), ended="timeout", exits=(None, None))) == [False, False]
    assert excuses(oracle(refused(9), exits=(1,))) == [False]
    assert excuses(oracle(refused(12)), who="p2") == [False] * 3
    assert excuses(oracle(refused(12)), side=Side.CRM) == [False] * 3


def test_a_refused_yes_excuses_no_missing_no() -> None:
    assert excuses(oracle(refused(12, body=YES)), grant=False) == [False] * 3
    assert excuses(oracle(refused(12, body=YES)), grant=True) == [True] * 3
    assert excuses(oracle(refused(12, body=NO)), grant=False) == [True] * 3
    mixed = refused(12, operation="contacts.update", body=b'{"out":"true"}')
    assert excuses(oracle(mixed), grant=False) == [True] * 3


@pytest.mark.parametrize(
    ("operation", "body", "is_about"),
    [("contacts.update", b'{"subscription:News":"yes"}', True), ("contacts.update", b'{"out":"true"}', True),
     ("contacts.update", b'{"News__c":"yes"}', False), ("contacts.update", b'{"jobtitle":"x"}', False), ("forms.submit", b"", True),
     (None, b"", False), ("contacts.update", b'{"call":"no"}', False)],
)
def test_a_refusal_is_about_a_consent_by_its_operation_or_its_field(operation: Any, body: bytes, is_about: bool) -> None:
    calls = FieldRule(crm="Call", ma="call", type="boolean", consent={"channel": "phone", "purpose": "*"})
    made = oracle(refused(12, operation=operation, body=body), objects=(mapped(), mapped("lead", "Lead", fields=(calls,))))

    assert excuses(made)[0] is is_about
    assert [who for _, who, _ in ConsentRefusals(made).refused(1)] == (["p1"] if is_about or b"call" in body else [])
    assert list(ConsentRefusals(made).refused(2)) == []


def unmet(*acts: Any, found: Any = (), body: bytes = NO) -> bool:
    made = oracle(refused(12, body=body), acts=acts, exits=(1,),
                  states=(state(0, 0), state(1, 19, (), (there("501", email="ann@x.cz", said=tuple(found)),))), befores=(state(0, 10),))
    return ConsentRefusals(made).is_unmet(1, Side.MA, "p1", refused(12, body=body))


def test_what_was_refused_is_missing_or_there_after_all() -> None:
    no, yes = act(5, "opt_out", "p1", key=NEWS), act(5, "opt_in", "p1", key=NEWS, proof=PROOF)

    assert unmet(no)
    assert not unmet(no, found=(mark(NEWS, WITHDRAWN),))
    assert unmet(no, found=(mark(NEWS, GRANTED),))
    assert unmet(yes)
    assert not unmet(yes, found=(mark(NEWS, GRANTED),))
    assert unmet(yes, found=(mark(NEWS, WITHDRAWN),))
    assert not unmet()
    assert not unmet(act(5, "opt_in", "p1", key=NEWS)), "a bare yes is demanded nowhere"
    assert not unmet(act(5, "opt_in", "p1", key=ALL, proof=PROOF)), "a yes to everything is demanded nowhere"


def test_what_was_said_while_the_sync_was_at_work_has_until_the_next_one() -> None:
    assert not unmet(act(14, "opt_out", "p1", key=NEWS))
    assert not unmet(act(9, "opt_out", "p1", key=NEWS), act(14, "opt_in", "p1", key=NEWS, proof=PROOF))
    assert unmet(act(9, "opt_out", "p1", key=NEWS))
    assert not unmet(act(19, "opt_out", "p1", key=NEWS))
