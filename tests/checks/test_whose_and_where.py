"""Owners and companies, side by side: who changed what, which way the mapping points, and who is then wrong."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from syncproof.checks import Seen
from syncproof.mapping.grammar import Direction, Mapping, Side
from syncproof.mapping.load import load_mapping
from syncproof.sandbox import Sandbox, default_mapping_file
from tests.checks.deeds import After, contact, world
from tests.checks.looking import look, staged

OWNER = {Side.CRM: "OwnerId", Side.MA: "hubspot_owner_id"}


class Idle(After):
    """Lets owners and companies alone, but for its one deed."""

    def __init__(self, deed: Any, at: int = 2) -> None:
        super().__init__(deed, at, sins=frozenset({"ignore_companies"}))

    def _owner(self, *_: Any) -> None:
        return None


class Present:
    """Owners by address and companies by key, as both systems know them."""

    places: ClassVar = {"owner": OWNER}

    @staticmethod
    def owner(sandbox: Sandbox, side: Side, email: str) -> str:
        dialect = sandbox.on(side)
        return next(r.id for r in dialect.store.rows(dialect.owner_kind) if r.values[dialect.owner_email_field] == email)

    @staticmethod
    def email(sandbox: Sandbox, side: Side) -> str:
        dialect, row = sandbox.on(side), contact(sandbox, side)
        return str(dialect.owner_email(dialect.store.snapshot(), row.values[OWNER[side]]))

    @staticmethod
    def active(sandbox: Sandbox) -> list[str]:
        ma: Any = sandbox.ma
        rows = ma.store.rows(ma.owner_kind)
        return [e for r in rows if ma.has_active_owner(ma.store.snapshot(), e := str(r.values[ma.owner_email_field]))]


def pointing(link: str, way: str) -> Mapping:
    """Return the default mapping with another direction for the owner or the company of contacts."""
    mapping = load_mapping(default_mapping_file())
    objects = []
    for obj in mapping.objects:
        rule = getattr(obj, link)
        objects.append(obj if rule is None else obj.model_copy(update={link: rule.model_copy(update={"direction": Direction(way)})}))
    return mapping.model_copy(update={"objects": tuple(objects)})


def give(side: Side, how: str) -> Any:
    """The connector gives the first contact of a side the owner of the other side (`follow`), or a third one (`other`), or none."""

    def deed(me: Any, sandbox: Sandbox) -> None:
        there, here = Present.email(sandbox, side.other), Present.email(sandbox, side)
        email = there if how == "follow" else next(e for e in Present.active(sandbox) if e not in (there, here))
        value = None if how == "none" else Present.owner(sandbox, side, email)
        me._write(side, lambda: sandbox.on(side).desk_edit(contact(sandbox, side).kind, contact(sandbox, side).id, {OWNER[side]: value}))

    return deed


def nothing(*_: Any) -> None:
    """Do nothing."""


def told(seen: Seen) -> list[str]:
    """Return which sides the second sync, and the quiet one after it, left wrong, and whether anything is left open."""
    wrong = [sorted({str(f.system) for f in seen.findings if f.sync == sync}) for sync in (2, 3)]
    assert wrong[1] == [] or wrong[0] != []
    return wrong[0] + ["open"] * len(set(seen.left_open))


def owner_story(way: str, people: tuple[str, ...], deed: Any) -> tuple[Seen, int]:
    hand_over = [{"change_owner": {"side": side, "who": {"index": 1}}} for side in people]
    evidence = staged(world("sync", *hand_over, "sync"), Idle(deed), pointing("owner", way))
    return look("owners_right", evidence), len(evidence.syncs)


CRM_OTHER, CRM_FOLLOWS, CRM_NONE = (give(Side.CRM, how) for how in ("other", "follow", "none"))
MA_OTHER, MA_FOLLOWS, MA_NONE = (give(Side.MA, how) for how in ("other", "follow", "none"))


@pytest.mark.parametrize(
    ("way", "people", "deed", "expected"),
    [
        ("crm_to_ma", (), nothing, []),
        ("crm_to_ma", ("crm",), nothing, ["ma"]),
        ("crm_to_ma", ("crm",), MA_FOLLOWS, []),
        ("crm_to_ma", ("crm",), MA_OTHER, ["ma"]),
        ("crm_to_ma", ("crm",), CRM_FOLLOWS, ["crm", "ma"]),
        ("crm_to_ma", ("ma",), nothing, ["open"]),
        ("crm_to_ma", ("ma",), MA_FOLLOWS, []),
        ("crm_to_ma", ("ma",), MA_OTHER, ["ma", "open"]),
        ("crm_to_ma", ("ma",), CRM_FOLLOWS, ["crm", "open"]),
        ("crm_to_ma", ("crm", "ma"), MA_FOLLOWS, []),
        ("crm_to_ma", ("crm", "ma", "ma"), nothing, ["ma"]),
        ("crm_to_ma", (), CRM_OTHER, ["crm"]),
        ("crm_to_ma", (), MA_OTHER, ["ma"]),
        ("crm_to_ma", (), MA_NONE, ["ma"]),
        ("ma_to_crm", (), nothing, []),
        ("ma_to_crm", ("ma",), nothing, ["crm"]),
        ("ma_to_crm", ("ma",), CRM_FOLLOWS, []),
        ("ma_to_crm", ("crm",), nothing, ["open"]),
        ("ma_to_crm", ("crm",), CRM_FOLLOWS, []),
        ("ma_to_crm", (), MA_OTHER, ["ma"]),
        ("ma_to_crm", (), MA_NONE, ["ma"]),
        ("ma_to_crm", (), CRM_OTHER, ["crm"]),
        ("both", (), nothing, []),
        ("both", ("ma",), CRM_FOLLOWS, []),
        ("both", (), MA_OTHER, ["ma"]),
        ("both", (), CRM_OTHER, ["crm"]),
        ("none", ("crm",), MA_OTHER, []),
    ],
)
def test_the_reading_side_says_whose_a_record_is(way: str, people: tuple[str, ...], deed: Any, expected: list[str]) -> None:
    seen, syncs = owner_story(way, people, deed)

    assert told(seen) == expected
    assert seen.looked["LINK-001"] == (0 if way == "none" else 4 * syncs)
