"""Random histories: people of both systems edit, consent, refuse, delete and enter, with syncs in between."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from syncproof.mapping.grammar import Mapping, Side

TOTAL = 4
# Plain fields of a contact that people may edit on both sides, of every sort whose values tell who wrote them.
EDITED = ("FirstName", "LastName", "Phone", "MobilePhone", "Title", "MailingStreet", "MailingCity", "MailingPostalCode", "Birthdate")


def editable(mapping: Mapping) -> list[tuple[str, str]]:
    """Return (CRM field, MA field) of the contact's plain fields whose values tell who wrote them."""
    contact = mapping.of("contact")
    assert contact is not None
    return [(r.crm, r.ma) for r in contact.fields if r.crm in EDITED]


def histories(mapping: Mapping, most: int = 10) -> st.SearchStrategy[list[Any]]:
    """Draw the steps of one scenario: it begins and ends with a sync, so that everything had its chance."""
    person = st.integers(1, TOTAL)
    side = st.sampled_from(list(Side))
    field = st.sampled_from(editable(mapping))
    value = st.sampled_from(["$fresh", "$fresh", "$blank"])

    def edit(side: Side, who: int, fields: list[tuple[str, str]], value: str) -> dict[str, Any]:
        # A contact without a last name is none in Salesforce, and nobody there can make one.
        names = {f[0] if side is Side.CRM else f[1]: "$fresh" if f[0] == "LastName" else value for f in fields}
        return {"edit": {"side": side.value, "who": {"index": who}, "set": names}}

    def opt_out(side: Side, who: int, purpose: str) -> dict[str, Any]:
        return {"opt_out": {"side": side.value, "who": {"index": who}, "purpose": purpose}}

    def opt_in(side: Side, who: int) -> dict[str, Any]:
        return {"opt_in": {"side": side.value, "who": {"index": who}, "purpose": "newsletter", "evidence": {"source": "form", "text": "yes"}}}

    steps = st.one_of(
        st.builds(edit, side, person, st.lists(field, min_size=1, max_size=3, unique=True), value),
        st.builds(edit, side, person, st.lists(field, min_size=1, max_size=3, unique=True), value),
        st.builds(opt_out, side, person, st.sampled_from(["*", "newsletter"])),
        st.builds(opt_in, side, person),
        st.just({"create": {"side": "crm"}}),
        st.just("sync"),
    )
    return st.lists(steps, min_size=1, max_size=most).map(lambda drawn: ["sync", *drawn, "sync"])


def scenario(steps: list[Any]) -> dict[str, Any]:
    """Return the scenario of a history."""
    return {"population": {"total": TOTAL, "placement": "both", "kinds": {"customer": 4}}, "steps": steps}
