"""Somebody changes jobs: the record hangs on another company, and nothing else of it changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ..errors import SetupError
from ..evidence import Act, Link
from ..mapping.grammar import Side
from ..scenario.selectors import FIRST, Who
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class ChangeCompanySettings(StepSettings):
    """Where, whose record, and which company it hangs on afterwards."""

    side: Side
    who: Who = FIRST
    to: Literal["another", "namesake", "nobody", "further"] = Field(
        "another", description="`namesake`: a new company of the same name and another key; `further`: one more beside the first"
    )


@dataclass(frozen=True)
class ChangeCompany:
    """Moves contacts to another company of that system."""

    model: ClassVar[type[StepSettings]] = ChangeCompanySettings
    settings: ChangeCompanySettings

    def run(self, stage: Stage) -> None:
        """Move the contacts as a user of that system would. Raises SetupError where there is no other company."""
        stage.next_second()
        targets = [stage.record(p, self.settings.side, "contact") for p in stage.people(self.settings)]

        def do() -> Iterable[Act]:
            for link in targets:
                seq, target = len(stage.journal), self._target(stage, link)
                stage.sandbox.on(link.side).desk_affiliate(link.record_id, target, further=self.settings.to == "further")
                yield stage.done(seq, link, "change_company", value=target)

        stage.act(self.settings.side, "change_company", do)

    def _target(self, stage: Stage, link: Link) -> str | None:
        if self.settings.to == "nobody":
            return None
        store = stage.sandbox.on(link.side).store
        present = self._present(stage, link)
        if self.settings.to == "namesake":
            return self._namesake(stage, link, present)
        kind = stage.object_mapping("company").kind_on(link.side)
        seeded = [x.record_id for x in stage.cast.links if (x.side, x.object) == (link.side, "company") and store.get(kind, x.record_id)]
        if not [i for i in seeded if i != present]:
            raise SetupError("there is no other company to move to: the population needs more people")
        # Each goes to the one after their present company, so that not everybody ends in one place.
        place = seeded.index(present) + 1 if present in seeded else 0
        return seeded[place % len(seeded)]

    @staticmethod
    def _present(stage: Stage, link: Link) -> str | None:
        dialect = stage.sandbox.on(link.side)
        row = dialect.store.get(link.kind, link.record_id)
        assert row is not None
        return dialect.company_of(dialect.store.snapshot(), row)

    @staticmethod
    def _namesake(stage: Stage, link: Link, present: str | None) -> str:
        """Enter a company that differs from the present one by its key alone, and return its id."""
        obj, dialect = stage.object_mapping("company"), stage.sandbox.on(link.side)
        row = dialect.store.get(obj.kind_on(link.side), present) if present else None
        if row is None:
            raise SetupError(f"{link.person} hangs on no company whose namesake could be entered")
        key = obj.match[0].crm if link.side is Side.CRM else obj.match[0].ma
        schema = dialect.schema(row.kind)
        names = [f for r in obj.fields if (f := r.field_on(link.side)) in schema and schema[f].createable and r.consent is None]
        values = {f: row.values.get(f) for f in names} | {key: f"{row.values.get(key)}9{stage.fresh_number(link.person)}"}
        made = dialect.desk_create(row.kind, {f: v for f, v in values.items() if v is not None})
        stage.cast.links.append(Link(link.side, "company", made.kind, made.id, f"namesake of {row.id}"))
        return made.id
