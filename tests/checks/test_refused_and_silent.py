"""A refused write that the connector keeps silent about is a false claim, whatever was written; what ends well is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from syncproof.drivers import Ended
from syncproof.mapping.grammar import Side
from syncproof.sandbox import Sandbox
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.wire import Response
from tests.checks.deeds import EVERYTHING, NEWSLETTER, After, contact, found, say, world
from tests.checks.test_consents_by_every_door import ask, form, v1, v3, v4
from tests.staging import play

CALM = {"consent": {"never_asked": 4}, "newsletter": {"never_asked": 4}}
NO = {"opt_out": {"side": "ma", "who": {"index": 1}}}
YES = {"subscribed": True, "optState": "OPT_IN"}
# (the portal, the address, the id of the newsletter, the id of the contact) -> the answer.
Call = Callable[[Hubspot, str, str, str], Response]

V4 = "/communication-preferences/v4/statuses"
SUBSCRIBED = {"statusState": "SUBSCRIBED", "channel": "EMAIL", "legalBasis": "LEGITIMATE_INTEREST_OTHER", "legalBasisExplanation": "sync"}


def a_list(ma: Hubspot) -> str:
    made = ask(ma, "POST", "/crm/v3/lists", {"name": "Guests", "objectTypeId": "0-1", "processingType": "MANUAL"})
    return str(orjson.loads(made.body)["list"]["listId"])


def link(ma: Hubspot, record: str, company: str) -> Response:
    return ask(ma, "PUT", f"/crm/v4/objects/contacts/{record}/associations/default/companies/{company}", b"")


REFUSED: dict[str, Call] = {
    "v4": lambda ma, email, type_id, _: ask(ma, "POST", f"{V4}/{email}", {"subscriptionId": int(type_id), **SUBSCRIBED}),
    "v4 unknown type": lambda ma, email, *_: ask(ma, "POST", f"{V4}/{email}", {"subscriptionId": 1, **SUBSCRIBED}),
    "v3": lambda ma, email, type_id, _: v3("subscribe")(ma, email, type_id),
    "v1": lambda ma, email, type_id, _: v1(lambda t: {"subscriptionStatuses": [{"id": int(t), **YES}]})(ma, email, type_id),
    "form": lambda ma, email, *_: ask(
        ma, "POST", f"/submissions/v3/integration/secure/submit/{ma.portal_id}/00000000-0000-4000-8000-000000000000",
        {"fields": [{"objectTypeId": "0-1", "name": "email", "value": email}]},
    ),
    "list": lambda ma, *_: ask(ma, "PUT", "/crm/v3/lists/99999/memberships/add", ["1"]),
    "list member": lambda ma, *_: ask(ma, "PUT", f"/crm/v3/lists/{a_list(ma)}/memberships/add", ["99999999"]),
    "association": lambda ma, _, __, record: link(ma, record, "99999999"),
    "task": lambda ma, *_: ask(ma, "POST", "/crm/v3/objects/tasks", {"properties": {"no_such_property": "x"}}),
}


def calling(*calls: Call, at: int = 2, exit_code: int = 0) -> After:
    """A connector that is ideal, and in sync ``at`` makes these calls about the person of ``NO``."""

    def deed(me: Any, sandbox: Sandbox) -> None:
        del me
        ma = sandbox.ma
        assert isinstance(ma, Hubspot)
        type_id = ma.subscription_types.by_purpose("newsletter")
        assert type_id is not None
        row = contact(sandbox, Side.MA)
        for call in calls:
            call(ma, str(row.values["email"]), type_id, row.id)

    class Honest(After):
        def __call__(self, sandbox: Sandbox, number: int) -> Ended:
            ended = super().__call__(sandbox, number)
            return Ended(exit_code, ended.ended, ended.seconds, ended.output) if number == at else ended

    return Honest(deed, at=at)


@pytest.mark.parametrize("what", REFUSED)
def test_a_refused_write_of_any_kind_kept_silent_is_a_false_claim(what: str) -> None:
    (finding,) = found(play(world("sync", NO, "sync", **CALM), calling(REFUSED[what])), "STATUS-001")

    assert finding.sync == 2
    assert "never made good" in finding.message or "missing" in finding.message


@pytest.mark.parametrize("what", REFUSED)
def test_one_that_the_connector_owns_up_to_is_none(what: str) -> None:
    assert not found(play(world("sync", NO, "sync", **CALM), calling(REFUSED[what], exit_code=1)), "STATUS-001")


def unsubscribe(ma: Hubspot, email: str, type_id: str, _: str) -> Response:
    return v4("{email}", "UNSUBSCRIBED")(ma, email, type_id)


ENDS_WELL: dict[str, tuple[Call, ...]] = {
    "a look": (lambda ma, *_: ask(ma, "POST", "/crm/v3/objects/contacts/batch/read", {"inputs": [{"id": "99999999"}], "properties": []}),),
    "retried by another door": (REFUSED["v4 unknown type"], lambda ma, email, type_id, _: form("submit")(ma, email, type_id)),
    "already so": (
        lambda ma, email, type_id, _: v3("subscribe")(ma, email, type_id),
        lambda ma, email, type_id, _: v3("subscribe")(ma, email, type_id),
    ),
    "gone already": (lambda ma, *_: ask(ma, "DELETE", "/crm/v3/lists/99999", b""),),
    "no member": (lambda ma, *_: ask(ma, "PUT", f"/crm/v3/lists/{a_list(ma)}/memberships/remove", ["99999999"]),),
    "a list of that name": (
        lambda ma, *_: a_list(ma) and ask(ma, "POST", "/crm/v3/lists", {"name": "Guests", "objectTypeId": "0-1", "processingType": "MANUAL"}),
        lambda ma, *_: ask(ma, "GET", "/crm/v3/lists/object-type-id/0-1/name/Guests", b""),
    ),
}


@pytest.mark.parametrize("how", ENDS_WELL)
def test_what_ends_well_is_no_false_claim(how: str) -> None:
    assert not found(play(world("sync", "sync", **CALM), calling(*ENDS_WELL[how])), "STATUS-001")


def test_a_yes_that_the_vendor_refused_is_well_ended_by_carrying_the_no() -> None:
    connector = calling(REFUSED["v4"])
    tried = connector.deed

    def take_its_word(me: Any, sandbox: Sandbox) -> None:
        tried(me, sandbox)
        say(Side.CRM, EVERYTHING, grant=False)(me, sandbox)

    connector.deed = take_its_word
    connector.sins = frozenset({"no_way_back"})

    assert not found(play(world("sync", NO, "sync", **CALM), connector), "STATUS-001")
    assert NEWSLETTER.channel == EVERYTHING.channel


def test_another_answer_accepted_later_does_not_make_a_refused_one_good() -> None:
    connector = calling(REFUSED["v4 unknown type"], unsubscribe)

    assert found(play(world("sync", "sync", **CALM), connector), "STATUS-001")
