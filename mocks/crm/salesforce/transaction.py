"""All or nothing inside one request: what was written since a savepoint can be made never to have happened."""

from __future__ import annotations

from ...journal import Change
from .org import Org


class Savepoint:
    """A moment inside one request. `rollback` leaves neither the changes nor any entry of them.

    A request is answered in one piece, so nobody has seen what is undone: the changes leave the journal together
    with the store, and what remains there is the truth. The refusals stay noted in the exchange.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._seq = len(org.journal)
        exchange = org.journal.exchange
        self._served = len(exchange.served) if exchange is not None else 0

    def rollback(self) -> None:
        """Undo every change since the savepoint. Ids that were given out are not given again, as on a real org."""
        entries = self._org.journal.entries
        assert all(isinstance(e, Change) and e.system == self._org.name for e in entries[self._seq :])
        self._org.store.rewind(self._seq)
        del entries[self._seq :]
        exchange = self._org.journal.exchange
        if exchange is not None:
            del exchange.served[self._served :]


def as_flag(value: object) -> bool:
    """Return a flag that callers send as a boolean or as text (`"allOrNone": "false"`)."""
    return value is True or (isinstance(value, str) and value.lower() == "true")
