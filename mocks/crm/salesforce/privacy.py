"""What rows of the consent objects say about consent: ContactPointTypeConsent, ContactPointConsent, CommSubscriptionConsent.

Such a row speaks of its party (an Individual) or of a contact point, by ids alone. `Privacy` remembers what those ids stand
for, as it was last saved, so that a row has one meaning whenever it is looked at, also after the party's record is gone.
Only what a mapping declares is told, and only where it is certain; everything else is UNKNOWN, never a yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...consent import ConsentKey, ConsentMark, ConsentState
from ...dialect import ConsentField
from ...journal import Row

# Word of the vendor's picklist -> state; a yes is graded by its evidence. The pending words and Seen decide nothing.
_STATES = {"OptIn": ConsentState.GRANTED, "OptOut": ConsentState.WITHDRAWN, "OptInPending": ConsentState.PENDING}
_CHANNELS = {"Email": "email", "Phone": "phone", "MailingAddress": "post"}
_POINTS = {"ContactPointEmail": ("email", "EmailAddress"), "ContactPointPhone": ("phone", "TelephoneNumber")}
_PEOPLE = {"email": ("Email",), "phone": ("MobilePhone", "Phone")}
# An edit of a person that touches none of these teaches nothing.
_PERSONAL = frozenset({"IndividualId", "Email", "Phone", "MobilePhone"})
OBJECTS = frozenset({"ContactPointTypeConsent", "ContactPointConsent", "CommSubscriptionConsent"})
LEARNED = frozenset({
    "Contact", "Lead", "ContactPointEmail", "ContactPointPhone", "DataUsePurpose", "EngagementChannelType", "CommSubscription",
    "CommSubscriptionChannelType",
})


@dataclass(slots=True)
class Privacy:
    """What ids stand for.

    ``addresses`` of parties and contact points by channel, ``names`` of purposes and subscriptions, ``channels`` of
    engagement channel types, ``topics`` (subscription, channel type) of their junctions.
    """

    addresses: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    topics: dict[str, tuple[str, str]] = field(default_factory=dict)

    def learn(self, kind: str, record_id: str, values: Mapping[str, Any]) -> None:
        """Remember what the saved values of a record of one of the `LEARNED` kinds say about an id."""
        if kind in ("Contact", "Lead"):
            party = values.get("IndividualId")
            if party:
                known = self.addresses.setdefault(party, {})
                known.update({c: str(values[n]) for c, names in _PEOPLE.items() for n in reversed(names) if values.get(n)})
        elif kind in _POINTS:
            channel, name = _POINTS[kind]
            if values.get(name):
                self.addresses.setdefault(record_id, {})[channel] = str(values[name])
                self.addresses.setdefault(str(values.get("ParentId")), {}).setdefault(channel, str(values[name]))
        elif kind == "EngagementChannelType":
            self.channels[record_id] = str(values.get("ContactPointType"))
        elif kind == "CommSubscriptionChannelType":
            self.topics[record_id] = (str(values["CommunicationSubscriptionId"]), str(values["EngagementChannelTypeId"]))
        else:
            self.names[record_id] = str(values["Name"])

    def learn_change(self, row: Row, changed: Mapping[str, Any]) -> None:
        """Remember what an edit says; ``row`` is the row before it."""
        if row.kind not in LEARNED:
            return
        is_person = row.kind in ("Contact", "Lead")
        if not is_person or (
            not _PERSONAL.isdisjoint(changed) and (changed.get("IndividualId") or row.values.get("IndividualId"))
        ):
            self.learn(row.kind, row.id, {**row.values, **changed})


def marks_of(row: Row, declared: Mapping[tuple[str, str], ConsentField], privacy: Privacy) -> tuple[ConsentMark, ...]:
    """Return what a row of a consent object says, one mark for each declaration that it speaks about.

    It speaks about a declared key when its channel is that of the row, and its purpose is the row's: `*` for a row without a
    purpose, else the name of its data use purpose or communication subscription, without regard to case. OptIn is GRANTED
    with the evidence that the declaration asks for (CONFIRMED with a double consent date), CLAIMED without; OptOut is
    WITHDRAWN; a row with an end of effect, and Seen, NotSeen and OptOutPending, say nothing that is certain.
    """
    marks = []
    for (kind, name), about in declared.items():
        if kind == row.kind and _about(row, privacy) == (about.key.channel, about.key.purpose.casefold()):
            at = row.values.get(about.at_field) if about.at_field else None
            source = row.values.get(about.source_field) if about.source_field else None
            asked = [v for n, v in ((about.at_field, at), (about.source_field, source)) if n]
            state = _state(row.values, name, proved=bool(asked) and all(asked))
            marks.append(ConsentMark(about.key, state, _point(row, about.key, privacy), at, source))
    return tuple(marks)


def _state(values: Mapping[str, Any], name: str, *, proved: bool) -> ConsentState:
    state = _STATES.get(str(values.get(name)), ConsentState.UNKNOWN)
    if values.get("EffectiveTo") or values.get("EffectiveToDate"):
        return ConsentState.UNKNOWN
    if state is ConsentState.GRANTED:
        if not proved:
            return ConsentState.CLAIMED
        if values.get("DoubleConsentCaptureDate"):
            return ConsentState.CONFIRMED
    return state


def _about(row: Row, privacy: Privacy) -> tuple[str | None, str]:
    """Return the channel (None: not known for certain) and the purpose, folded, that a row is about."""
    values = row.values
    if row.kind == "CommSubscriptionConsent":
        subscription, channel_type = privacy.topics.get(str(values.get("CommSubscriptionChannelTypeId")), ("", ""))
        channel = privacy.channels.get(channel_type)
        return _CHANNELS.get(channel or ""), privacy.names.get(subscription, "").casefold()
    purpose = values.get("DataUsePurposeId")
    named = privacy.names.get(str(purpose), "").casefold() if purpose else "*"
    if row.kind == "ContactPointTypeConsent":
        # A finer channel (text messages are a channel of the phone) narrows the row to less than the declared channel.
        word = values.get("ContactPointType") if not values.get("EngagementChannelTypeId") else None
        return _CHANNELS.get(str(word)), named
    return next(iter(privacy.addresses.get(str(values.get("ContactPointId")), {})), None), named


def _point(row: Row, key: ConsentKey, privacy: Privacy) -> str:
    owner = row.values.get("ContactPointId") or row.values.get("PartyId")
    return privacy.addresses.get(str(owner), {}).get(key.channel, "")
