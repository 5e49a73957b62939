"""An ideal synchroniser inside the process: it follows the mapping to the letter, and can be told to sin.

It works on the stores through the same desks and write paths as a connector's requests would, with the connector as
the actor and one exchange per record, so that checks see what they see of a real one. Each sin is one deviation that
a check must catch; without one nothing may be found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from syncproof.drivers import Ended
from syncproof.mapping.grammar import Direction, FieldRule, ObjectMapping, Side, Winner
from syncproof.mapping.meaning import excluded, neutral, stored
from syncproof.sandbox import Sandbox
from syncproof_mocks.consent import ConsentKey, ConsentProof, ConsentState
from syncproof_mocks.journal import Actor, Row
from syncproof_mocks.wire import Request

from tests.ideal_follows import follow, rules_of


@dataclass
class Ideal:
    """Called like a connector: once per sync. ``sin(name, value)`` hooks let a test spoil one decision."""

    sins: frozenset[str] = frozenset()
    exit_code: int = 0
    base: dict[tuple[str, str], tuple[Any, Any]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    spoil: Callable[[FieldRule, Side, Any], Any] | None = None
    says: str = "done"
    refused: bool = False

    def __call__(self, sandbox: Sandbox, number: int) -> Ended:
        self.refused = False
        sandbox.call(lambda: self._sync(sandbox))
        return Ended(self.exit_code or int(self.refused), "exited", 0.01, self.says.encode())

    def _sync(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        for side in Side:
            dialect = sandbox.on(side)
            entry = dialect.journal.open_exchange(dialect.name, Actor.CONNECTOR, "GET", "/ideal", "", {}, b"")
            entry.status, entry.operation = 200, "ideal.read"
            for kind in dialect.store.kinds:
                for row in dialect.store.rows(kind):
                    dialect.served(row)
            dialect.journal.close_exchange()
        follow(self)
        for obj in sandbox.mapping.objects:
            self._object(obj)

    # -- records ------------------------------------------------------------------------------------

    def _object(self, obj: ObjectMapping) -> None:
        crm, ma = self.sandbox.crm, self.sandbox.ma
        for row in list(crm.store.rows(obj.crm)):
            self._crm_row(obj, row)
        if "ma_to_crm" in obj.creates:
            linked = set(self.links.values())
            for row in list(ma.store.rows(obj.ma)):
                if row.id not in linked and not self._crm_match(obj, row):
                    self._create(obj, Side.CRM, row)
        if obj.deletes.crm_to_ma == "archive" and "keep_deleted" not in self.sins:
            for crm_id, ma_id in list(self.links.items()):
                gone = crm.store.get(obj.crm, crm_id, deleted=True)
                if gone is not None and gone.deleted and ma.store.get(obj.ma, ma_id):
                    self._write(Side.MA, lambda ma_id=ma_id: ma.desk_delete(obj.ma, ma_id))
                    del self.links[crm_id]  # who is brought back is a newcomer again
        if obj.erases.crm_to_ma == "erase" and "keep_erased" not in self.sins:
            for crm_id, ma_id in list(self.links.items()):
                mine = any(r.record_id == crm_id and r.kind == obj.crm for r in self.sandbox.world.journal.changes())
                if mine and crm.store.get(obj.crm, crm_id, deleted=True) is None and ma.store.get(obj.ma, ma_id):
                    self._write(Side.MA, lambda ma_id=ma_id: ma.desk_erase(obj.ma, ma_id))

    def _crm_row(self, obj: ObjectMapping, row: Row) -> None:
        if excluded(obj, Side.CRM, row.values, self.sandbox.world.clock.now()) and "take_everybody" not in self.sins:
            return
        ma = self.sandbox.ma
        if row.id in self.links:
            there = ma.store.get(obj.ma, self.links[row.id])
            if there is None and "resurrect" in self.sins:
                self._create(obj, Side.MA, row)
            if there is not None:
                self._pair(obj, row, there)
            return
        found = self._ma_match(obj, row)
        if found is None:
            if "lose_people" not in self.sins and "crm_to_ma" in obj.creates:
                self._create(obj, Side.MA, row)
        elif found.id not in self.links.values():
            self.links[row.id] = found.id
            self._pair(obj, row, found)

    def _ma_match(self, obj: ObjectMapping, row: Row) -> Row | None:
        key = obj.match[0]
        value = str(row.values.get(key.crm) or "").strip().casefold()
        for there in self.sandbox.ma.store.rows(obj.ma):
            keys = {str(there.values.get(key.ma) or "").strip().casefold(), *self.sandbox.ma.addresses(there)}
            if value and value in keys:
                return there
        return None

    def _crm_match(self, obj: ObjectMapping, row: Row) -> bool:
        key = obj.match[0]
        value = str(row.values.get(key.ma) or "").strip().casefold()
        return any(
            str(r.values.get(key.crm) or "").strip().casefold() == value
            for o in self.sandbox.mapping.objects if o.ma == obj.ma for r in self.sandbox.crm.store.rows(o.crm)
        )

    def _create(self, obj: ObjectMapping, target: Side, row: Row) -> None:
        values: dict[str, Any] = {}
        towards = Direction.CRM_TO_MA if target is Side.MA else Direction.MA_TO_CRM
        for rule in rules_of(self, obj):
            is_key = any(k.crm == rule.crm for k in obj.match)
            if rule.consent is None and (is_key or rule.direction in (Direction.BOTH, towards)):
                value = neutral(rule, target.other, row.values.get(rule.field_on(target.other)))
                values[rule.field_on(target)] = self._stored(rule, target, value)
        if target is Side.CRM:
            values.setdefault("Company", "[not provided]")
            values["Company"] = values["Company"] or "[not provided]"
            values["LastName"] = values.get("LastName") or "[not provided]"
        owner = self._owner(obj, target, row)
        if owner:
            values[obj.owner.crm if target is Side.CRM else obj.owner.ma] = owner  # type: ignore[union-attr]
        dialect = self.sandbox.on(target)
        values = self._taken(target, obj.kind_on(target), str(values.get("email")), {k: v for k, v in values.items() if v is not None})
        if "resurrect" in self.sins and target is Side.MA:
            made = self._create_by_api(values)
        else:
            made = self._write(target, lambda: dialect.desk_create(obj.kind_on(target), values))
        crm_row, ma_row = (row, made) if target is Side.MA else (made, row)
        self.links[crm_row.id] = ma_row.id
        self._company(obj, crm_row, ma_row)
        self._consents(obj, crm_row, ma_row)
        self._remember(obj, crm_row, ma_row)

    def _create_by_api(self, values: dict[str, Any]) -> Row:
        """Create a contact as a connector's request would: the screen refuses an erased address, the API does not."""
        ma = self.sandbox.ma
        headers = {"authorization": f"Bearer {ma.credentials()['token']}", "content-type": "application/json"}
        body = orjson.dumps({"properties": values})
        request = Request("POST", "/crm/v3/objects/contacts", "", headers, body, "http://127.0.0.1")
        matched = ma.router.match(request.method, request.segments)
        assert matched is not None
        request.params = matched[1]
        entry = ma.journal.open_exchange(ma.name, Actor.CONNECTOR, "POST", request.path, "", headers, body)
        response = matched[0].handler(ma, request)
        ma.journal.close_exchange()
        entry.status, entry.operation = response.status, matched[0].id
        assert response.status == 201, response.body
        made = ma.store.get("contacts", orjson.loads(response.body)["id"])
        assert made is not None
        return made

    def _owner(self, obj: ObjectMapping, target: Side, row: Row) -> str | None:
        if obj.owner is None or target is Side.CRM:
            return None
        crm, ma = self.sandbox.crm, self.sandbox.ma
        email = crm.owner_email(crm.store.snapshot(), row.values.get(obj.owner.crm))
        for there in ma.store.rows(ma.owner_kind):
            if str(there.values.get(ma.owner_email_field) or "").casefold() == email:
                return there.id
        return None

    def _company(self, obj: ObjectMapping, crm_row: Row, ma_row: Row) -> None:
        crm, ma = self.sandbox.crm, self.sandbox.ma
        account = crm.store.get("Account", str(crm_row.values.get("AccountId"))) if obj.company else None
        if obj.company is None or account is None or "ignore_companies" in self.sins:
            return
        if not account.values.get(obj.company.match.crm):
            return  # nothing tells which company of the MA it is
        for there in list(ma.store.rows("companies")):
            same = there.values.get(obj.company.match.ma) == account.values.get(obj.company.match.crm)
            if same != ("wrong_company" in self.sins) and there.id not in ma.associated("contacts", ma_row.id, "companies"):
                self._write(Side.MA, lambda there=there: ma.seed_company_link("contacts", ma_row.id, there.id))
                return

    # -- fields -------------------------------------------------------------------------------------

    def _pair(self, obj: ObjectMapping, crm_row: Row, ma_row: Row) -> None:
        changes: dict[Side, dict[str, Any]] = {Side.CRM: {}, Side.MA: {}}
        for rule in rules_of(self, obj):
            if rule.consent is not None or rule.direction is Direction.NONE:
                continue
            now = (neutral(rule, Side.CRM, crm_row.values.get(rule.crm)), neutral(rule, Side.MA, ma_row.values.get(rule.ma)))
            wanted = self._decide(rule, self.base.get((crm_row.id, rule.name)), now, crm_row, ma_row)
            for side, old, new in ((Side.CRM, now[0], wanted[0]), (Side.MA, now[1], wanted[1])):
                if old != new:
                    changes[side][rule.field_on(side)] = self._stored(rule, side, new)
        owner = self._owner(obj, Side.MA, crm_row)
        if owner and obj.owner and ma_row.values.get(obj.owner.ma) != owner:
            changes[Side.MA][obj.owner.ma] = owner
        for side, row in ((Side.CRM, crm_row), (Side.MA, ma_row)):
            if changes[side]:
                dialect, taken = self.sandbox.on(side), self._taken(side, row.kind, row.id, changes[side])
                self._write(side, lambda d=dialect, r=row, c=taken: d.desk_edit(r.kind, r.id, c))
        crm_now, ma_now = self.sandbox.crm.store.get(obj.crm, crm_row.id), self.sandbox.ma.store.get(obj.ma, ma_row.id)
        assert crm_now and ma_now
        self._company(obj, crm_now, ma_now)
        self._consents(obj, crm_now, ma_now)
        self._remember(obj, crm_now, ma_now)

    def _taken(self, side: Side, kind: str, what: str, values: dict[str, Any]) -> dict[str, Any]:
        """Return what the system takes of it; a word that its list does not have is refused, and owned up to."""
        schema = self.sandbox.on(side).schema(kind)
        words = {name: {o.value for o in i.options} for name, i in schema.items() if i.restricted and i.options}
        bad = [n for n, v in values.items() if v and n in words and not set(str(v).split(";")) <= words[n]]
        for name in bad:
            self.refused = True
            entry = self._write(side, lambda: self.sandbox.on(side).journal.exchange)
            entry.status = 400
            entry.refused.append((what, "INVALID_OPTION", f"{values[name]} was not one of the allowed options"))
        return {name: value for name, value in values.items() if name not in bad}

    def _stored(self, rule: FieldRule, side: Side, value: Any) -> Any:
        if rule.max_length is not None and isinstance(value, str):
            value = value[: rule.max_length].strip()
        raw = stored(rule, side, value, self.sandbox.on(side).name)  # type: ignore[arg-type]
        return self.spoil(rule, side, raw) if self.spoil else raw

    def _decide(self, rule: FieldRule, base: tuple[Any, Any] | None, now: tuple[Any, Any], crm_row: Row, ma_row: Row) -> tuple[Any, Any]:
        crm, ma = now
        if rule.direction is Direction.CRM_TO_MA:
            if base is not None and base[0] == crm and (rule.enforce != "always" or base == now):
                return now
            return (crm, ma if crm is None and rule.blank != "clear" else crm)
        if rule.direction is Direction.MA_TO_CRM:
            if base is not None and base[1] == ma and (rule.enforce != "always" or base == now):
                return now
            return (crm if ma is None and rule.blank != "clear" else ma, ma)
        if crm == ma:
            return now
        if base is None:
            return self._first(rule, now)
        crm_changed, ma_changed = base[0] != crm, base[1] != ma
        if not crm_changed and not ma_changed:
            return now
        if crm_changed and ma_changed:
            side = self._winner(rule, now, crm_row, ma_row)
        else:
            side = Side.CRM if crm_changed else Side.MA
        value = crm if side is Side.CRM else ma
        if value is None and rule.blank != "clear":
            return now if not (crm_changed and ma_changed) else ((ma, ma) if side is Side.CRM else (crm, crm))
        return (value, value)

    @staticmethod
    def _first(rule: FieldRule, now: tuple[Any, Any]) -> tuple[Any, Any]:
        crm, ma = now
        value = ma if crm is None else crm if ma is None else (ma if rule.winner in (Winner.MA, Winner.MA_UNLESS_BLANK) else crm)
        return (value, value)

    def _winner(self, rule: FieldRule, now: tuple[Any, Any], crm_row: Row, ma_row: Row) -> Side:
        if "wrong_winner" in self.sins:
            return Side.MA if rule.winner in (Winner.CRM, Winner.CRM_UNLESS_BLANK) else Side.CRM
        if rule.winner is Winner.CRM_UNLESS_BLANK:
            return Side.CRM if now[0] is not None else Side.MA
        if rule.winner is Winner.MA_UNLESS_BLANK:
            return Side.MA if now[1] is not None else Side.CRM
        if rule.winner is Winner.LATEST:
            return self._later(rule, crm_row, ma_row)
        return Side.MA if rule.winner is Winner.MA else Side.CRM

    def _later(self, rule: FieldRule, crm_row: Row, ma_row: Row) -> Side:
        stamps = {}
        for side, row in ((Side.CRM, crm_row), (Side.MA, ma_row)):
            for change in self.sandbox.world.journal.changes():
                if change.record_id == row.id and change.kind == row.kind and rule.field_on(side) in change.fields:
                    stamps[side] = change.at_ms
        return Side.CRM if stamps.get(Side.CRM, 0) > stamps.get(Side.MA, 0) else Side.MA

    def _remember(self, obj: ObjectMapping, crm_row: Row, ma_row: Row) -> None:
        for rule in rules_of(self, obj):
            self.base[crm_row.id, rule.name] = (
                neutral(rule, Side.CRM, crm_row.values.get(rule.crm)), neutral(rule, Side.MA, ma_row.values.get(rule.ma)),
            )

    # -- consents -----------------------------------------------------------------------------------

    def _consents(self, obj: ObjectMapping, crm_row: Row, ma_row: Row) -> None:
        if "ignore_consents" in self.sins:
            return
        for rule in obj.fields:
            if rule.consent is None:
                continue
            key = ConsentKey(rule.consent.channel, rule.consent.purpose)
            if key.purpose != "*" and self._refuses_everything(obj, crm_row, ma_row, key):
                continue
            here, there = self._mark(Side.CRM, crm_row, key), self._mark(Side.MA, ma_row, key)
            if "lift_refusals" in self.sins and there[0].refuses and not here[0].refuses:
                self._say(Side.MA, ma_row, key, True, ConsentProof("2026-01-01T00:00:00Z", "import"))
            elif here[0].refuses and not there[0].refuses:
                newer = _proved(there[0]) and (there[1] or "") > (here[1] or "9")  # a no without a date is never outdated
                self._say(Side.CRM if newer else Side.MA, crm_row if newer else ma_row, key, newer, self._proof(there) if newer else None)
            elif there[0].refuses and not here[0].refuses and "no_way_back" not in self.sins:
                newer = _proved(here[0]) and (here[1] or "") > (there[1] or "9")
                self._say(Side.MA if newer else Side.CRM, ma_row if newer else crm_row, key, newer, self._proof(here) if newer else None)
            elif _proved(here[0]) and not there[0].permits and key.purpose != "*":
                self._say(Side.MA, ma_row, key, True, self._proof(here))
            elif _proved(there[0]) and not here[0].permits and key.purpose != "*":
                self._say(Side.CRM, crm_row, key, True, self._proof(there))
            elif "silence_is_yes" in self.sins and there[0] is ConsentState.UNKNOWN and key.purpose != "*":
                self._say(Side.MA, ma_row, key, True, ConsentProof("2026-01-01T00:00:00Z", "default"))

    def _refuses_everything(self, obj: ObjectMapping, crm_row: Row, ma_row: Row, key: ConsentKey) -> bool:
        wide = ConsentKey(key.channel, "*")
        crm_now = self.sandbox.crm.store.get(obj.crm, crm_row.id) or crm_row
        return self._mark(Side.CRM, crm_now, wide)[0].refuses or self._mark(Side.MA, ma_row, wide)[0].refuses

    @staticmethod
    def _proof(mark: tuple[ConsentState, str | None, str | None]) -> ConsentProof:
        return ConsentProof(mark[1] or "", mark[2] or "other system")

    def _mark(self, side: Side, row: Row, key: ConsentKey) -> tuple[ConsentState, str | None, str | None]:
        dialect = self.sandbox.on(side)
        rows = [row]
        if side is Side.MA:
            found = dialect.store.get("consents", str(row.values.get("email") or "").casefold())
            rows = [found] if found else []
        for r in rows:
            for mark in dialect.consents(r):
                if mark.key == key:
                    return mark.state, mark.at, mark.source
        return ConsentState.UNKNOWN, None, None

    def _say(self, side: Side, row: Row, key: ConsentKey, grant: bool, proof: ConsentProof | None) -> None:
        dialect = self.sandbox.on(side)
        if side is Side.CRM and key.purpose == "*" and grant:
            return
        self._write(side, lambda: dialect.desk_consent(row.kind, row.id, key, grant=grant, proof=proof))

    def _write(self, side: Side, do: Callable[[], Any]) -> Any:
        dialect = self.sandbox.on(side)
        journal = dialect.journal
        entry = journal.open_exchange(dialect.name, Actor.CONNECTOR, "PATCH", "/ideal", "", {}, b"")
        entry.status, entry.operation = 200, "ideal.write"
        try:
            with journal.acting(Actor.CONNECTOR):
                return do()
        finally:
            journal.close_exchange()


def _proved(state: ConsentState) -> bool:
    return ConsentState.GRANTED <= state <= ConsentState.CONFIRMED
