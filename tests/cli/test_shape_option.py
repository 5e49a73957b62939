"""`--shape` and `shape:` of the connector file reach the run; what does not fit is exit code 64."""

from __future__ import annotations

from pathlib import Path

import pytest
from syncproof.cli import invoke

Captured = pytest.CaptureFixture[str]
CONNECTOR = "connector: own\nshape: orgs.yaml\nstart: {command: [python3, -c, pass]}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orgs.yaml").write_text("crm:\n  switches: {no_such: 1}\n")
    return tmp_path


def test_a_shape_that_does_not_fit_starts_nothing(folder: Path, capsys: Captured) -> None:
    assert invoke(["run", "--shape", "orgs.yaml"]) == 64
    assert "orgs.yaml:2: salesforce has no switch `no_such`" in capsys.readouterr().err


def test_the_connector_file_may_name_the_shape(folder: Path, capsys: Captured) -> None:
    (folder / "connector.yaml").write_text(CONNECTOR)

    assert invoke(["run", "--connector", "connector.yaml"]) == 64
    assert "orgs.yaml:2: salesforce has no switch" in capsys.readouterr().err


def test_a_shape_that_a_connector_file_names_must_exist(folder: Path, capsys: Captured) -> None:
    (folder / "orgs.yaml").unlink()
    (folder / "connector.yaml").write_text(CONNECTOR)

    assert invoke(["validate", "connector.yaml"]) == 64
    assert "connector.yaml:2: there is no shape file" in capsys.readouterr().err


def test_a_shape_file_is_recognised_and_validated(folder: Path, capsys: Captured) -> None:
    (folder / "orgs.yaml").write_text("based_on: built-in\nma: {subscriptions: [Offers]}\n")

    assert invoke(["validate", "orgs.yaml"]) == 0
    assert "orgs.yaml: shape 0 fields, 0 metadata documents" in capsys.readouterr().out


def test_a_mapping_is_checked_against_the_shape_that_is_given(folder: Path, capsys: Captured) -> None:
    from syncproof.mapping.load import default_mapping_path

    (folder / "orgs.yaml").write_text("crm: {switches: {trim_strings: false}}\n")

    assert invoke(["mapping", "check", str(default_mapping_path())]) == 0
    assert invoke(["mapping", "check", str(default_mapping_path()), "--shape", "orgs.yaml"]) == 1
    assert "Segment__c" in capsys.readouterr().out
