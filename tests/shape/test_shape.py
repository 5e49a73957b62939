"""The shape file: read, checked with its lines, put onto the dialects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel, ConfigDict
from syncproof.errors import InputError
from syncproof.mapping.load import default_mapping_path, load_mapping
from syncproof.sandbox import Sandbox, fitting_shape, try_shape
from syncproof.shape import apply_side, builtin_shape, load_shape
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.schema import FieldType
from syncproof_mocks.world import World

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def do(text: str) -> Path:
        path = tmp_path / "shape.yaml"
        path.write_text(text)
        return path

    return do


def problems(call: Callable[[], object], folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        call()
    return [str(p).replace(str(folder), "HERE") for p in caught.value.problems]


def tried(path: Path) -> Callable[[], object]:
    return lambda: try_shape(load_shape(path), load_mapping(default_mapping_path()))


class Motto(BaseModel):
    """A declaration that only these tests know."""

    model_config = ConfigDict(extra="forbid")
    text: str
    shout: bool = False


class Talkative(Salesforce):
    """A Salesforce that takes mottos and metadata of its own kind."""

    declarations: ClassVar[Mapping[str, type[BaseModel]]] = {"mottos": Motto}

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.mottos: list[str] = []
        self.documents: list[object] = []

    def declare(self, what: str, entry: Any) -> None:
        if "!" in entry.text:
            raise ValueError("a motto does not shout")
        self.mottos.append(f"{what}: {entry.text}")

    def take_metadata(self, document: Any) -> tuple[str, ...]:
        if "fields" not in document:
            raise ValueError("no `fields` in it")
        self.documents.append(document)
        return ("Contact",)


def test_a_field_of_the_users_org_exists_and_nothing_of_the_built_in_shape_does(write: Write) -> None:
    shape = load_shape(write("crm:\n  fields:\n    Contact:\n      - {name: Tier__c, label: Tier, type: picklist,"
                             " vendor_type: picklist, restricted: true, options: [gold, {value: s, label: Silver}]}\n"))
    crm = Salesforce(World(1))

    apply_side(shape, "crm", crm)

    tier = crm.schema("Contact")["Tier__c"]
    assert (tier.type, [(o.value, o.label) for o in tier.options]) == (FieldType.PICKLIST, [("gold", "gold"), ("s", "Silver")])
    assert "Segment__c" not in crm.schema("Contact")


def test_a_shape_may_be_based_on_the_built_in_one(write: Write) -> None:
    shape = load_shape(write("based_on: built-in\ncrm: {switches: {trim_strings: false}}\n"))

    with Sandbox(load_mapping(default_mapping_path()), shape=shape) as sandbox:
        assert "Segment__c" in sandbox.crm.schema("Contact")
        assert sandbox.crm.settings["trim_strings"] is False
        sandbox.renew(2)
        assert sandbox.crm.settings["trim_strings"] is False, "a fresh world has the same shape"


def test_declarations_and_metadata_reach_the_dialect_in_the_order_of_the_file(write: Write, tmp_path: Path) -> None:
    (tmp_path / "contact.json").write_text('{"fields": []}')
    shape = load_shape(write("crm:\n  metadata: [contact.json]\n  mottos:\n    - {text: a}\n    - {text: b}\n"))
    crm = Talkative(World(1))

    apply_side(shape, "crm", crm)

    assert (crm.mottos, crm.documents) == (["mottos: a", "mottos: b"], [{"fields": []}])


def test_every_entry_that_a_dialect_refuses_is_told_with_its_line(write: Write, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    path = write("crm:\n  metadata: [other.json]\n  mottos:\n    - {text: a!}\n    - {text: x, shuot: true}\n    - {text: ok}\n"
                 "  fields:\n    Nope:\n      - {name: A__c, label: A, type: text, vendor_type: string}\n")

    found = problems(lambda: apply_side(load_shape(path), "crm", Talkative(World(1))), tmp_path)

    assert [p.split(": ")[0].rpartition(":")[2] for p in found] == ["2", "9", "4", "5"]
    assert "no `fields` in it" in found[0]
    assert "has no kind `Nope`" in found[1]
    assert "does not shout" in found[2]
    assert "Did you mean `shout`?" in found[3]


def test_both_systems_complain_at_once(write: Write, tmp_path: Path) -> None:
    path = write("crm: {switches: {trim_string: true}}\nma:\n  workflow: []\n")

    found = problems(tried(path), tmp_path)

    assert found[0].startswith("HERE/shape.yaml:1: salesforce has no switch `trim_string`")
    assert found[1].startswith("HERE/shape.yaml:3: hubspot knows no `workflow`.")


def test_what_is_wrong_in_one_section_hides_nothing_of_another(write: Write, tmp_path: Path) -> None:
    path = write("crm:\n  switches: {trim_string: true}\n  fields: {Contakt: []}\nma:\n  subscriptions: Offers\n  workflows:\n")

    found = problems(lambda: fitting_shape(path, load_mapping(default_mapping_path())), tmp_path)

    assert [p.split(": ")[0].rpartition(":")[2] for p in found] == ["5", "2", "6"]
    assert "did you mean `trim_strings`?" in found[1]
    assert "`workflows` is empty" in found[2]


def test_a_kind_that_was_mistyped_gets_its_nearest(write: Write, tmp_path: Path) -> None:
    path = write("crm:\n  fields:\n    Contakt:\n      - {name: A__c, label: A, type: text, vendor_type: string}\n")

    assert problems(tried(path), tmp_path) == ["HERE/shape.yaml:4: salesforce has no kind `Contakt`. Did you mean `Contact`?"]


@pytest.mark.parametrize("text", ['{"name": "Contact", "fields": []}', '{"results": []}'])
def test_metadata_in_place_of_a_shape_file_is_told_for_what_it_is(tmp_path: Path, text: str) -> None:
    (tmp_path / "contact.json").write_text(text)

    assert "this is metadata of a vendor" in problems(lambda: load_shape(tmp_path / "contact.json"), tmp_path)[0]


def test_metadata_that_is_null_is_not_left_out_in_silence(write: Write, tmp_path: Path) -> None:
    (tmp_path / "nothing.json").write_text("null")

    assert len(problems(tried(write("crm: {metadata: [nothing.json]}\n")), tmp_path)) == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- a\n", "HERE/shape.yaml:1: a shape file is keys and values."),
        ("crmm: {}\n", "HERE/shape.yaml:1:"),
        ("crm: {metadata: [missing.json]}\n", "HERE/shape.yaml:1: missing.json: cannot be read"),
        ("ma:\n  metadata: [bad.json]\n", "HERE/shape.yaml:2: bad.json: is not JSON"),
        ("crm:\n  fields:\n    Contact:\n      - {name: A__c, label: A, type: txet, vendor_type: string}\n", "HERE/shape.yaml:4:"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_meant_is_refused(write: Write, tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "bad.json").write_text("{")

    assert problems(lambda: load_shape(write(text)), tmp_path)[0].startswith(complaint)


def test_the_built_in_shape_is_what_the_default_mapping_needs() -> None:
    mapping = load_mapping(default_mapping_path())
    try_shape(builtin_shape(), mapping)

    with Sandbox(mapping, shape=builtin_shape()) as sandbox:
        for obj in mapping.objects:
            for rule in obj.fields:
                assert rule.crm in sandbox.crm.schema(obj.crm), rule.crm
