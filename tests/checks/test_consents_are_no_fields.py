"""A consent is said with its own step: an edit of the field behind it would leave the oracle without the act."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.errors import SetupError
from tests.ideal import Ideal
from tests.staging import play


@pytest.mark.parametrize("field", ["HasOptedOutOfEmail", "DoNotCall"])
def test_an_edit_of_a_consent_is_refused_whether_or_not_the_mapping_names_it(field: str) -> None:
    scenario: dict[str, Any] = {
        "population": {"total": 2, "kinds": {"customer": 2}, "consent": {"subscribed": 2}},
        "steps": [{"edit": {"side": "crm", "set": {field: True}}}, "sync"],
    }

    with pytest.raises(SetupError, match="use the steps `opt_out` and `opt_in`"):
        play(scenario, Ideal())
