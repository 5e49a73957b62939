"""The association types that the vendor defines, by number, in both directions (research/hubspot.md section 1.5).

A line is `number|from|to|name|label|inverse number`. A type without a label is the one that every pair of records has; the
numbers in `ASSUMED` follow the pattern of their neighbours and have not been seen.
"""

from __future__ import annotations

from dataclasses import dataclass

HUBSPOT_DEFINED = "HUBSPOT_DEFINED"
USER_DEFINED = "USER_DEFINED"

Spec = tuple[str, int]  # category, type id


@dataclass(frozen=True, slots=True)
class LinkType:
    """One association type in one direction. ``name`` is what v3 calls it, ``label`` what people see."""

    category: str
    type_id: int
    from_kind: str
    to_kind: str
    name: str
    label: str | None
    inverse_id: int

    @property
    def spec(self) -> Spec:
        """Return category and type id, as bodies name a type."""
        return self.category, self.type_id


# number, kind, number of the other direction, other kind; both directions without a label
_PAIRS = """
4 contacts 3 deals
15 contacts 16 tickets
27 deals 28 tickets
19 deals 20 line_items
63 deals 64 quotes
67 quotes 68 line_items
69 quotes 70 contacts
71 quotes 72 companies
202 notes 201 contacts
190 notes 189 companies
214 notes 213 deals
228 notes 227 tickets
204 tasks 203 contacts
192 tasks 191 companies
216 tasks 215 deals
230 tasks 229 tickets
194 calls 193 contacts
182 calls 181 companies
206 calls 205 deals
220 calls 219 tickets
198 emails 197 contacts
186 emails 185 companies
210 emails 209 deals
224 emails 223 tickets
200 meetings 199 contacts
188 meetings 187 companies
212 meetings 211 deals
226 meetings 225 tickets
81 communications 82 contacts
87 communications 88 companies
85 communications 86 deals
83 communications 84 tickets
453 postal_mail 454 contacts
459 postal_mail 460 companies
457 postal_mail 458 deals
455 postal_mail 456 tickets
608 leads 609 contacts
610 leads 611 companies
596 leads 597 calls
598 leads 599 emails
600 leads 601 meetings
602 leads 603 communications
646 leads 647 tasks
854 leads 855 notes
449 contacts 449 contacts
450 companies 450 companies
451 deals 451 deals
452 tickets 452 tickets
"""
ASSUMED = frozenset({579, 611, 597, 599, 601, 603, 647, 855})

# Types with a twin that is the primary one, and the labels between companies.
_NAMED = """
279|contacts|companies|contact_to_company_unlabeled||280
280|companies|contacts|company_to_contact_unlabeled||279
1|contacts|companies|contact_to_company|Primary|2
2|companies|contacts|company_to_contact|Primary|1
341|deals|companies|deal_to_company_unlabeled||342
342|companies|deals|company_to_deal_unlabeled||341
5|deals|companies|deal_to_company|Primary|6
6|companies|deals|company_to_deal|Primary|5
339|tickets|companies|ticket_to_company_unlabeled||340
340|companies|tickets|company_to_ticket_unlabeled||339
26|tickets|companies|ticket_to_company|Primary|25
25|companies|tickets|company_to_ticket|Primary|26
578|leads|contacts|lead_to_primary_contact|Primary|579
579|contacts|leads|contact_to_lead_primary|Primary|578
13|companies|companies|parent_to_child_company|Child Company|14
14|companies|companies|child_to_parent_company|Parent Company|13
"""
_SINGULAR = {"companies": "company", "postal_mail": "postal_mail"}


def _one(kind: str) -> str:
    return _SINGULAR.get(kind) or kind.removesuffix("s")


def _built_in() -> dict[int, LinkType]:
    found: dict[int, LinkType] = {}
    for line in _NAMED.split("\n"):
        if line:
            number, one, other, name, label, inverse = line.split("|")
            found[int(number)] = LinkType(HUBSPOT_DEFINED, int(number), one, other, name, label or None, int(inverse))
    for line in _PAIRS.split("\n"):
        if line:
            number, one, back, other = line.split()
            for i, j, a, b in ((int(number), int(back), one, other), (int(back), int(number), other, one)):
                found[i] = LinkType(HUBSPOT_DEFINED, i, a, b, f"{_one(a)}_to_{_one(b)}", None, j)
    return found


BUILT_IN = _built_in()
UNLABELED = {(t.from_kind, t.to_kind): t.type_id for t in BUILT_IN.values() if t.label is None}
BETWEEN: dict[tuple[str, str], dict[int, LinkType]] = {
    pair: {i: t for i, t in sorted(BUILT_IN.items()) if (t.from_kind, t.to_kind) == pair} for pair in UNLABELED
}
PRIMARY = {"contacts": 1, "deals": 5, "tickets": 26}  # of the record that may have one primary company
