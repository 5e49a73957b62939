"""The population made to measure: records that fit a user's own mapping and the shape of their own orgs.

Built-in records carry the default mapping's fields. For every field rule that those do not feed, a value is made that
both fields can hold, that means the same on both sides by the mapping's own conversion, and that tells whose it is.
"""

from .fit import Fitting

__all__ = ["Fitting"]
