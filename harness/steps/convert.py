"""Sales converts a lead: it becomes a contact of an account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..errors import SetupError
from ..evidence import Act, Link
from ..mapping.grammar import Side
from ..scenario.selectors import FIRST, Who
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class ConvertSettings(StepSettings):
    """Whose lead."""

    who: Who = FIRST


@dataclass(frozen=True)
class Convert:
    """Converts leads of the CRM into contacts of new accounts; the lead is read-only from then on."""

    model: ClassVar[type[StepSettings]] = ConvertSettings
    settings: ConvertSettings

    def run(self, stage: Stage) -> None:
        """Convert the leads as a user of the CRM would. Raises SetupError when the mapping has no contacts."""
        contact = stage.object_mapping("contact")
        stage.next_second()
        leads = [stage.record(p, Side.CRM, "lead") for p in stage.people(self.settings)]

        def do() -> Iterable[Act]:
            dialect = stage.sandbox.crm
            for link in leads:
                seq = len(stage.journal)
                made = dialect.desk_convert(link.record_id)
                row = dialect.store.get(contact.crm, made)
                if row is None:
                    raise SetupError(f"{dialect.name} converted {link.record_id} into no {contact.crm}")
                stage.cast.links.append(Link(Side.CRM, "contact", row.kind, row.id, link.person))
                yield stage.done(seq, link, "convert", value=row.id, others=(row.id,))

        stage.act(Side.CRM, "convert", do)
