"""What an administrator does to properties while the portal is in use: one is archived, a list changes.

Source: research `hubspot.md` 1.7 (properties: archived ones are neither shown nor writable; the vendor's own cannot be
archived). HubSpot's limits on who may edit a property bind users, not the access tokens of apps, and a property is only
ever required on a screen: `hide`, `lock` and `require` are refused here.
"""

from __future__ import annotations

from dataclasses import replace

from ...dialect import DeskError
from .catalogue import Property, archived_copy
from .definitions import put
from .portal import Portal, iso_ms


def reshape(dialect: Portal, kind: str, name: str, change: str, value: str) -> None:
    """Change one property as `Dialect.reshape` says. Raises DeskError for what the settings page does not offer."""
    kind = dialect.object_type(kind).kind
    prop = dialect.catalogue(kind).by_name.get(name)
    if prop is None:
        raise DeskError(f"{kind} have no property {name}")
    now = iso_ms(dialect.clock.now_ms())
    if change == "remove":
        if prop.hubspot_defined:
            raise DeskError(f"{name} is a HubSpot defined property and cannot be deleted")
        put(dialect, kind, archived_copy(prop, now))
    elif change in ("add_value", "remove_value"):
        put(dialect, kind, replace(_with_list(prop, change, value), updated_at=now))
    else:
        raise DeskError(f"`{change}` of a HubSpot property binds people at the screen, not a connector's token")


def _with_list(prop: Property, change: str, value: str) -> Property:
    if prop.type != "enumeration":
        raise DeskError(f"{prop.name} has no list of options")
    is_known = value in prop.allowed
    if is_known == (change == "add_value"):
        raise DeskError(f"{prop.name} {'has' if is_known else 'has no'} option {value!r}")
    if change == "add_value":
        return prop.with_options((*prop.options, (value, value, False)))
    return prop.with_options(tuple(o for o in prop.options if o[0] != value))
