"""A hand-written result with everything in it: all verdicts, all kinds of findings, and text that means harm."""

from __future__ import annotations

from typing import Any

from syncproof.model import (
    Blame,
    CheckResult,
    Finding,
    RunResult,
    ScenarioResult,
    Severity,
    Sides,
    SyncSummary,
    TimelineEntry,
    UnmockedCall,
    Verdict,
)
from tests.renderers.sample_numbers import with_harm, with_numbers

PEOPLE = (
    "p0001 Zofia Bodera", "p0002 Łukasz Żółć", "p0003 Jiří Dvořák", "p0004 Ana Conceição", "p0005 Hans Größe", "p0006 Mary O'Neil",
    "p0007 Wanda Śnieg", "p0008 Petr Novák", "p0009 Inês Simões", "p0010 Uwe Weiß", "p0011 Ola Gęś", "p0012 Kim Lee",
)
HOSTILE = (
    "<script>alert('x')</script>", "\"quoted\" & 'single' </title></style><img src=x onerror=alert(1)>", "\u202egnp.exe", "👩‍👩‍👧 Zoë",
    "x" * 10_240, None, ["a", "<b>b</b>", None], "`code` | *star* _under_ [link](javascript:alert(1)) # @all https://evil.example",
    "line\nbreak\r\n\x1b[31mred\x00", "]]>&amp;{{ 7*7 }}{% raw %}", "",
)


def reproduce(scenario: str) -> str:
    """Return the command of one scenario."""
    return f"syncproof run {scenario} --seed 4711 --connector connector.yaml"


def sample() -> RunResult:
    """Return the sample that `reports/sample/` shows."""
    scenarios = (consent(), overwrite(), with_numbers(sample_sync()), quiet(), unset())
    return RunResult(
        "0.1.0", 4711, Verdict.FAIL,
        {"name": "acme-sync", "command": ["node", "acme-sync.js", "--once"], "network": "direct", "file": "connector.yaml"},
        {"crm": "salesforce", "ma": "hubspot"}, scenarios, "acme-mapping.xlsx",
        ("acme-mapping.xlsx!Contacts!B7: HubSpot has no property `birthdate`. Did you mean `date_of_birth`?",),
        "2026-11-22T05:50:00+00:00", 47.2,
    )


def hostile() -> RunResult:
    """Return a result in which every text that comes from outside is hostile."""
    findings = tuple(
        Finding(
            f"FIELD-00{n % 9}", f"message {text}", list(Severity)[n % 3], ("crm", "ma", None)[n % 3], str(text), str(text), str(text), text,
            HOSTILE[n - 1], str(text) if n % 2 else "truncated", n, str(text), str(text), n, Sides(text, text, text, text),
            Blame(str(text), n, str(text), n, str(text), str(text)), (str(text), "and then"), (n, n + 1), str(text),
        )
        for n, text in enumerate(HOSTILE, start=1)
    )
    worst = " ".join(str(text) for text in HOSTILE)
    texts = tuple(str(text) for text in HOSTILE)
    scenario = ScenarioResult(
        worst[:80], worst, Verdict.FAIL, worst, (CheckResult(worst, texts, Verdict.FAIL, 3, findings, worst),), findings,
        f"syncproof run '{HOSTILE[0]}' --connector \"`touch x`\"", texts, texts,
        (SyncSummary(1, None, worst, 1.0, 0, 9, 4, 3, 2, worst, worst),),
        tuple(TimelineEntry(n, n, kind, text, text, 500, text, n % 2 == 0)
              for n, (kind, text) in enumerate(zip(("request", "edit", "step", "fault", worst) * 2, texts[1:], strict=True))),
        texts, texts, tuple(UnmockedCall(text, text, 2) for text in texts), texts, texts, 3, dict.fromkeys(texts, 7),
        tuple({"field": text, "winner": text, "direction": text, "changed": text, "to": text, "verdict": text, "reason": text,
               "person": text, "crm": text, "crm_expected": HOSTILE[0]} for text in texts),
        ({"person": worst, "key": worst, "system": worst, "seconds": 3, "requests": [1, 2]},),
        tuple(
            {"person": text, "key": text, "state": text, "crm": {"state": text, "times": {"at": text, "source": text}},
             "ma": {"state": "withdrawn", "times": {}}, "evidence_lost": [text], "deliverability": text, "lifecycle": text,
             "said": [{"seq": 1, "side": text, "key": text, "what": text, "proved": True, "by": text, "times": {"at": text, "source": text}}],
             "turns": [{"seq": 2, "side": text, "actor": text, "from": text, "to": text, "request": text}]}
            for text in (*texts, worst)
        ),
        seconds=2.0, connector_seconds=1.0,
        skipped_rules=dict.fromkeys(texts, worst), assumed_notes=dict.fromkeys(texts, worst),
    )
    return RunResult(
        worst, 1, Verdict.FAIL, {"name": worst, "command": list(texts), "network": worst}, {"crm": worst, "ma": worst}, (with_harm(scenario, texts),), worst,
        texts, worst, 3.0,
    )


def empty() -> RunResult:
    """Return the result of a run without a scenario."""
    return RunResult("0.1.0", 1, Verdict.UNKNOWN, {"name": "acme-sync"}, {"crm": "salesforce", "ma": "hubspot"}, (), "m.yaml")


def consent() -> ScenarioResult:
    """A scenario in which people who refused are turned into people who agreed."""
    lifted = tuple(
        Finding(
            "CONS-001",
            f"{person} refused email/newsletter, yet the MA turned from withdrawn to granted by #{61 + n} PATCH "
            f"/crm/v3/objects/contacts/{301 + n}, without a newer yes by the person with proof.",
            Severity.CRITICAL, "ma", "contact", person, "email/newsletter", "withdrawn", "granted", "refusal_lifted", 62 + n, "B001",
            str(301 + n), 1, Sides("granted", "withdrawn", "granted", "granted"),
            Blame("connector", 62 + n, f"#{61 + n} PATCH /crm/v3/objects/contacts/{301 + n} -> 200", 31,
                  "#31 GET /services/data/v62.0/query -> 200"),
            (f"{person} said no to email/newsletter at #12.", f"The connector then wrote granted by #{61 + n}."), (31, 61 + n),
        )
        for n, person in enumerate(PEOPLE[:3])
    )
    exposure = tuple(
        {"person": person, "key": "email/newsletter", "system": system, "state": "granted", "requests": [40, 41, 42, 43, 44, 45, 46, 47, 48],
         "request_count": 23, "closed": closed, "from_seq": 12, "to_seq": 88, "times": {"seconds": seconds}}
        for person, system, closed, seconds in ((PEOPLE[0], "crm", False, 8121.4), (PEOPLE[4], "ma", True, 0.82))
    )
    checks = (
        CheckResult("refusal_survives", ("CONS-001",), Verdict.FAIL, 36, lifted),
        CheckResult("scope_of_consent", ("CONS-003",), Verdict.PASS, 12),
        CheckResult("no_duplicates", ("IDENT-001",), Verdict.PASS, 0, reason="nothing to look at in this scenario"),
        CheckResult("owners_right", ("OWNER-001",), Verdict.UNKNOWN, 0, (), "the check crashed: KeyError: 'OwnerId' (owners_right, line 31)"),
    )
    return scenario(
        "consent/opt_out_in_ma_survives_push", "An opt-out in the MA survives a push from the CRM", Verdict.FAIL, "3 findings", checks,
        lifted, classes=("B001", "B008"), people=12, timeline=consent_timeline(), exposure=exposure, consents=consent_rows(),
        assumed=("hubspot.subscription_status_default",),
        assumed_notes={"hubspot.subscription_status_default": "somebody who never said anything counts as not subscribed"},
        calls={"query": 4, "batch_read_contacts": 2, "update_contact": 12, "token": 2},
    )


def consent_rows() -> tuple[dict[str, Any], ...]:
    """The ledger of one whose refusal was lifted, one who was heard late, one whose proof was lost, one of whom nothing is to be told."""
    def row(person: str, state: str, crm: str, ma: str, **rest: Any) -> dict[str, Any]:
        sides = {side: {"state": held, "times": {"at": None, "source": None}} for side, held in (("crm", crm), ("ma", ma))}
        usual = {"said": [], "turns": [], "evidence_lost": [], "deliverability": "ok", "lifecycle": "active"}
        return {"person": person, "key": "email/newsletter", "state": state, **sides, **usual, **rest}

    yes = {"seq": -1, "side": "crm", "key": "email/newsletter", "what": "yes", "proved": True, "by": "seed",
           "times": {"at": "2025-10-04T09:49:47Z", "source": "web form"}}
    no = {"seq": 12, "side": "ma", "key": "email/newsletter", "what": "no", "proved": False, "by": "person",
          "times": {"at": "2026-11-22T12:48:31Z", "source": None}}
    said = {"seq": 12, "side": "ma", "actor": "ma_user", "from": "granted", "to": "withdrawn", "request": None}
    lifted = {"seq": 61, "side": "ma", "actor": "connector", "from": "withdrawn", "to": "granted", "request": "PATCH /crm/v3/objects/contacts/301"}
    return (
        row(PEOPLE[3], "granted", "granted", "granted", said=[yes]),
        row(PEOPLE[4], "withdrawn", "withdrawn", "withdrawn", said=[no], turns=[said], deliverability="invalid"),
        row(PEOPLE[6], "granted", "granted", "claimed", said=[yes], evidence_lost=["ma"]),
        row(PEOPLE[0], "withdrawn", "granted", "granted", said=[yes, no], turns=[said, lifted]),
    )


def consent_timeline() -> tuple[TimelineEntry, ...]:
    """A timeline with steps, an edit, a fault, a long run of ordinary requests and guilty ones."""
    lines = [
        TimelineEntry(10, 1_000, "step", "", "step opt_out"),
        TimelineEntry(12, 1_020, "edit", "hubspot", "contact 301: hs_email_optout_1", None, "ma_user"),
        TimelineEntry(14, 1_050, "fault", "", "fault armed rate_limited"),
        TimelineEntry(15, 1_100, "sync_start", "", "sync start 1"),
        TimelineEntry(16, 1_400, "request", "salesforce", "POST /services/oauth2/token", 200, "connector"),
        TimelineEntry(31, 1_600, "request", "salesforce", "GET /services/data/v62.0/query?q=SELECT Id, Email FROM Contact", 200, "connector", True),
    ]
    lines += [
        TimelineEntry(32 + n, 1_700 + 40 * n, "request", "hubspot", f"GET /crm/v3/objects/contacts/{301 + n}", 429 if n == 9 else 200, "connector")
        for n in range(29)
    ]
    lines += [
        TimelineEntry(61 + n, 3_000 + 50 * n, "request", "hubspot", f"PATCH /crm/v3/objects/contacts/{301 + n}", 200, "connector", True)
        for n in range(3)
    ]
    return (*lines, TimelineEntry(88, 8_200_000, "sync_end", "", "sync end 1"))


def overwrite() -> ScenarioResult:
    """The matrix with a wrong winner, a blank that overwrote, and a cell that could not be judged."""
    phone = tuple(
        Finding(
            "FIELD-002", f"{person}: phone in the MA is `+48 22 555 01 {n:02d}`, expected `+48 22 555 77 {n:02d}`: the wrong side won "
            "(both changed; winner crm).",
            Severity.MAJOR, "ma", "contact", person, "phone", f"+48 22 555 77 {n:02d}", f"+48 22 555 01 {n:02d}", "wrong_winner", 140 + n,
            "B044", str(301 + n), 1,
            Sides(f"+48 22 555 77 {n:02d}", f"+48 22 555 01 {n:02d}", f"+48 22 555 01 {n:02d}", f"+48 22 555 01 {n:02d}"),
            Blame("ma_user", 20 + n, None, None, None, ""), (f"A person set phone in the MA to `+48 22 555 01 {n:02d}`.",), (),
        )
        for n, person in enumerate(PEOPLE)
    )
    city = Finding(
        "FIELD-003", "p0008 Petr Novák: MailingCity in the CRM is blank, expected `Třebíč`: a blank overwrote the value (blank: keep).",
        Severity.MAJOR, "crm", "contact", PEOPLE[7], "MailingCity", "Třebíč", None, "blank_overwrote_value", 171, "B028", "003A1", 1,
        Sides("Třebíč", None, None, None), Blame("connector", 171, "#170 PATCH /services/data/v62.0/sobjects/Contact/003A1 -> 204"),
        ("The MA never held a city.", "The connector wrote blank to MailingCity."), (170,),
    )
    mangled = Finding(
        "FIELD-008", "p0002 Łukasz Żółć: lastname in the MA is `Å»Ã³Å‚Ä‡`, expected `Żółć`: the characters were mangled.", Severity.MAJOR,
        "ma", "contact", PEOPLE[1], "lastname", "Żółć-Bodera z Krakowa", "Zolc-Bodera z Krakowa", "mangled_encoding", 190, "B071", "302", 1,
        None, Blame("seed"),
    )
    findings = (*phone, city, mangled)
    checks = (CheckResult("fields_agree", ("FIELD-001", "FIELD-002", "FIELD-003", "FIELD-008"), Verdict.FAIL, 240, findings),)
    return scenario(
        "overwrite/contact_matrix", "Every mapped field, changed on either side or both", Verdict.FAIL, "14 findings", checks, findings,
        classes=("B028", "B043", "B044"), people=48, matrix=matrix(), calls={"query": 6, "update_contact": 96, "patch_contact": 44},
        conflict_log=("sync 1: CONFLICT phone of 003A1: both changed, MA wins",),
        left_open=("phone: enforce is not stated, so a stray edit in the MA may stay or be put back",),
        timeline=(TimelineEntry(170, 5_000, "request", "salesforce", "PATCH /services/data/v62.0/sobjects/Contact/003A1", 204, "connector", True),),
    )


def matrix() -> tuple[dict[str, Any], ...]:
    """Four fields by nine columns; one FAIL per kind and one UNKNOWN."""
    columns = [
        ("crm", "value"), ("crm", "cleared"), ("ma", "value"), ("ma", "cleared"), ("crm_then_ma", "value"), ("crm_then_ma", "cleared last"),
        ("ma_then_crm", "value"), ("neither", "value"), ("crm", "blank in the MA"),
    ]
    failing = {("Phone = phone", "crm_then_ma", "value"): "FAIL", ("Phone = phone", "ma_then_crm", "value"): "FAIL",
               ("MailingCity = city", "crm", "blank in the MA"): "FAIL", ("Title = jobtitle", "crm_then_ma", "cleared last"): "UNKNOWN"}
    rows = []
    for field in ("Phone = phone", "MailingCity = city", "Title = jobtitle", "Birthdate = date_of_birth"):
        for number, (changed, to) in enumerate(columns):
            if field.startswith("Birthdate") and to == "blank in the MA":
                continue
            verdict = failing.get((field, changed, to), "PASS")
            row: dict[str, Any] = {
                "field": field, "direction": "both", "winner": "crm", "blank": "keep", "changed": changed, "to": to, "sync": 1,
                "person": PEOPLE[number], "verdict": verdict, "reason": "both changed; winner crm",
            }
            if verdict == "FAIL":
                row |= {"crm_expected": "+48 22 555 77 01", "ma_expected": "+48 22 555 77 01", "crm": "+48 22 555 01 01", "ma": "+48 22 555 77 01"}
            rows.append(row | ({"reason": "no judgement"} if verdict == "UNKNOWN" else {}))
    return tuple(rows)


def sample_sync() -> ScenarioResult:
    """One line of each kind that is easily overlooked: hidden characters, lists, long text, nobody in particular."""
    findings = (
        Finding("IDENT-001", "p0003 Jiří Dvořák has 2 records in the MA after sync 1: contact 303, contact 399.", Severity.MAJOR, "ma",
                "contact", PEOPLE[2], None, 1, 2, "duplicate", 88, "B018", "399", 1, requests=(87,)),
        Finding("FIELD-007", "p0004 Ana Conceição: description in the MA is cut.", Severity.MAJOR, "ma", "contact", PEOPLE[3], "description",
                "Long text " * 1_000, "Long text " * 25, "truncated", 90, "B038", "304", 1),
        Finding("FIELD-006", "p0005 Hans Größe: phone in the CRM holds a no-break space.", Severity.MINOR, "crm", "contact", PEOPLE[4],
                "Phone", "+49 30 123", "+49\u00a030\u202d 123", "format_changed", 91, "B036", "003A5", 1),
        Finding("FIELD-012", "p0006 Mary O'Neil: interests in the MA are {golf, <b>tennis</b>}, expected {golf}: the value was invented.",
                Severity.MAJOR, "ma", "contact", PEOPLE[5], "interests", ["golf"], ["<b>tennis</b>", "golf"], "invented", 92, "B030", "306", 1),
        Finding("STATUS-001", "Sync 1 claims success (ended with exit code 0), but 2 items were refused and 1 fact is missing.",
                Severity.CRITICAL, None, expected="a report of the refused items", found="success", classification="false_success",
                bug_class="B013", sync=1),
    )
    checks = (
        CheckResult("no_duplicates", ("IDENT-001",), Verdict.FAIL, 30, findings[:1]),
        CheckResult("fields_agree", ("FIELD-006", "FIELD-007", "FIELD-012"), Verdict.FAIL, 420, findings[1:4]),
        CheckResult("success_is_true", ("STATUS-001",), Verdict.FAIL, 3, findings[4:]),
    )
    return scenario(
        "sample_sync/all_strata", "A sample of every kind of person arrives whole", Verdict.FAIL, "5 findings", checks, findings,
        people=30, calls={"query": 3, "batch_create_contacts": 3}, classes=("B018", "B038"),
        unsupported=(
            UnmockedCall("hubspot: GET /crm/v3/lists", "nearest supported: GET /crm/v3/lists/{listId}", 2),
            UnmockedCall("salesforce: GET /services/apexrest/Merge", "nothing near is supported"),
        ),
        not_checked=("fields of p0003 Jiří Dvořák: several records of one person on one side",),
        faults=("rate_limited at #21 hubspot update_contact",),
        syncs=(SyncSummary(1, 0, "exited", 1.9, 15, 88, 29, 12, 2, "synced 30 of 30\n\x1b[32mdone\x1b[0m\n<script>alert(1)</script>", "sync-1.log"),),
    )


def quiet() -> ScenarioResult:
    """A PASS, with a skipped rule."""
    checks = (
        CheckResult("second_sync_quiet", ("QUIET-001",), Verdict.PASS, 1),
        CheckResult("fields_agree", ("FIELD-001",), Verdict.PASS, 180),
        CheckResult("refusal_survives", ("CONS-001",), Verdict.PASS, 0, reason="nothing to look at in this scenario"),
    )
    return scenario(
        "idempotence/second_sync_is_quiet", "A second sync with no edits writes nothing", Verdict.PASS, "", checks, (), people=20,
        calls={"query": 8, "search_contacts": 8}, classes=("B051",), skipped={"OWNER-001": "this connector does not map owners"},
        syncs=(SyncSummary(1, 0, "exited", 1.2, 3, 20, 16, 20, 0), SyncSummary(2, 0, "exited", 0.8, 21, 40, 16, 0, 0)),
    )


def unset() -> ScenarioResult:
    """An UNKNOWN: the connector hung."""
    return scenario(
        "faults/server_down", "The connector survives an hour in which the MA is down", Verdict.UNKNOWN,
        "could not be set up: the connector did not end within 120 s", (), (), people=20,
        syncs=(SyncSummary(1, None, "timeout", 120.0, 3, 9, 4, 0, 0, "connecting...\nconnecting...\n", "sync-1.log"),),
        timeline=(TimelineEntry(3, 0, "sync_start", "", "sync start 1"), TimelineEntry(9, 120_000, "sync_end", "", "sync end 1 timeout")),
    )


def scenario(
    id: str, title: str, verdict: Verdict, reason: str, checks: tuple[CheckResult, ...], findings: tuple[Finding, ...], *,
    classes: tuple[str, ...] = (), people: int = 0, timeline: tuple[TimelineEntry, ...] = (), faults: tuple[str, ...] = (),
    syncs: tuple[SyncSummary, ...] = (SyncSummary(1, 0, "exited", 1.9, 15, 88, 29, 12, 0, "synced"),), **rest: Any,
) -> ScenarioResult:
    """Return a scenario result with the usual remainder."""
    skipped = rest.pop("skipped", {})
    return ScenarioResult(
        id, title, verdict, reason, checks, findings, reproduce(id), classes, faults, syncs, timeline, people=people, seconds=2.4,
        connector_seconds=1.9, skipped_rules=skipped, **rest,
    )
