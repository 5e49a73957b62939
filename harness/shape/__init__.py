"""The shape of both orgs: their own fields, rules, limits and behaviours, as an administrator would have set them up."""

from .apply import apply_side, check_shape
from .grammar import FieldForm, Shape, SideShape
from .load import builtin_shape, load_shape, read_shape

__all__ = ["FieldForm", "Shape", "SideShape", "apply_side", "builtin_shape", "check_shape", "load_shape", "read_shape"]
