"""What verdicts, classifications and severities mean, in the words of the person who must decide about a go-live."""

from __future__ import annotations

from collections.abc import Sequence

from .legible import one_line, plural
from .model import Finding, RunResult, Severity, Strike, Verdict
from .unchecked import gaps

# classification -> (what happened, what it leads to: "people who ... can ...")
_WORDS: dict[str, tuple[str, str]] = {
    "lost_update": ("the change never arrived", "changes that people make get lost"),
    "wrong_winner": ("the wrong side won", "newer or better data is replaced with the wrong side's"),
    "blank_overwrote_value": ("a blank overwrote the value", "known values are wiped out by blanks"),
    "value_not_cleared": ("the value was not cleared", "values that were removed live on"),
    "dropped": ("the value never arrived", "values go missing on the way"),
    "format_changed": ("the format was changed", "values change their format"),
    "truncated": ("the value was cut", "long values are cut"),
    "mangled_encoding": ("the characters were mangled", "names and addresses get garbled"),
    "shifted_date": ("the date was shifted", "dates move to another day"),
    "another_persons_value": ("it holds another person's value", "one person's data ends up with another"),
    "two_people_mixed": ("the record holds values of two people", "two people are taken for one"),
    "another_fields_value": ("it holds another field's value", "values end up in the wrong field"),
    "edit_overwritten": ("an edit was written over without a reason", "edits are undone by writes that had no reason"),
    "older_edit": ("the value of an older edit came back", "newer edits are undone by what was known of older ones"),
    "invented": ("the value was invented", "values appear that nobody entered"),
    "choice_lost": ("some of the chosen values are gone", "choices that people made get lost"),
    "number_changed": ("the number is another one", "amounts and scores change"),
    "phone_changed": ("the phone number is another one", "people cannot be called any more"),
    "lost_with_a_refused_value": ("it was left out with a refused value", "one bad value keeps a whole record from arriving"),
    "sent_in_a_wrong_form": ("it was sent in a form the system refuses", "right values are refused for their form"),
    "placeholder": ("a placeholder was written", "words that mean nothing stand for known values"),
    "wrong_direction": ("the side that is only read from was written to", "the master system is overwritten"),
    "refusal_lifted": ("a refusal was turned into a yes", "people who refused mail can be mailed again"),
    "refusal_not_spread": ("a refusal did not reach the other system", "people who refused mail can still be mailed"),
    "consent_invented": ("silence was turned into consent", "people who never agreed can be mailed"),
    "consent_not_spread": ("a proved yes did not arrive", "people who agreed are not reached"),
    "scope_widened": ("a refusal lost its scope", "a no to one thing is taken for something else"),
    "refusal_invented": ("a refusal was invented", "people who agreed are shut out"),
    "evidence_lost": ("the proof of a consent got lost", "nobody can prove that people agreed"),
    "evidence_altered": ("the proof of a consent was altered", "consents are dated or explained wrongly"),
    "refused_unnoticed": ("a refused consent went unnoticed", "both systems differ about consents and nobody knows"),
    "bounce_as_refusal": ("a bounce was taken for a refusal", "people with a new address are never reached again"),
    "mail_by_sync": ("the sync itself had mail sent", "people get mail that nobody meant to send"),
    "consent_echoed": ("one word about a consent was written again", "evidence of consents is replaced by copies of it"),
    "erased_sent_again": ("an erased person's data was sent again", "data of erased people is submitted again and again"),
    "erasure_not_spread": ("an erasure did not reach the other system", "people who asked to be forgotten are kept"),
    "mailed_against_refusal": ("somebody who had refused was mailed", "people who refused mail are mailed"),
    "mailed_without_consent": ("somebody who never agreed was mailed", "people who never agreed are mailed"),
    "not_mailed": ("somebody who may be mailed was left out", "people who agreed are not reached"),
    "mailed_twice": ("one person got the same mail twice", "people get the same mail twice"),
    "mailed_too_often": ("one person got too many mails", "people are mailed more often than the rule allows"),
    "deleted": ("a living record disappeared", "records of living people disappear"),
    "merge_not_followed": ("a merge was not followed", "people who were merged are mailed twice"),
    "written_to_the_gone": ("writes go to a record that is no more", "changes that people make get lost"),
    "partner_of_a_lost_field_changed": ("a field that went took its partner's values along", "values that people entered are destroyed"),
    "deletion_not_spread": ("a deletion did not reach the other system", "deleted records live on"),
    "resurrected": ("a deleted or erased person came back", "people who were deleted or erased come back"),
    "duplicate": ("one person has several records", "people get duplicated"),
    "missing_record": ("the record never arrived", "people are missing on the other side"),
    "kept_out_came_in": ("somebody who must stay out came in", "people who must not be synchronised are"),
    "made_where_forbidden": ("a record was made where the mapping allows none", "records are made where the mapping allows none"),
    "wrong_owner": ("the record has the wrong owner", "records go to the wrong salesperson"),
    "sensitive_crossed": ("a sensitive field crossed over", "data leaves the system it must stay in"),
    "unmapped_field_written": ("a field outside the mapping was written", "fields change that nobody mapped"),
    "credential_in_address": ("a credential stands in an address", "credentials leak into logs"),
    "credential_printed": ("a credential was printed", "credentials leak into logs"),
    "person_printed": ("a person's data was printed", "personal data leaks into logs"),
    "never_called": ("it never called this system", "nothing is synchronised at all"),
    "other_host": ("it asked for a host outside both systems", "people's data can go to somebody else"),
    "failed": ("a sync failed", "synchronisation stops"),
    "processes_left": ("it left processes running", "stray processes pile up and sync behind your back"),
    "false_success": ("it claimed success for refused data", "data is lost while the connector reports success"),
    "never_rests": ("it wrote to and fro, or the same again and again", "traffic never ends, and the API's quota is used up"),
    "not_quiet": ("a sync with nothing to do wrote", "records are rewritten without a reason"),
    "assertion": ("a check of your own failed", "your own checks do not hold"),
}

VERDICT_WORDS = {
    Verdict.PASS: "every check ran and found nothing; those that had nothing to look at are listed, for they prove nothing",
    Verdict.FAIL: "at least one finding: something your rules forbid happened",
    Verdict.UNKNOWN: "not proved either way: a check crashed, nothing settled, or there was nothing to look at; never a pass",
}
SEVERITY_WORDS = {
    Severity.CRITICAL: "illegal, or cannot be undone",
    Severity.MAJOR: "data is wrong",
    Severity.MINOR: "a nuisance",
}
VERDICT_MARKS = {Verdict.PASS: "✓", Verdict.FAIL: "✗", Verdict.UNKNOWN: "?"}


def known_classifications() -> frozenset[str]:
    """Return every classification that has words of its own."""
    return frozenset(_WORDS)


def damage(classification: str) -> str:
    """Return what happened, in words; a classification without words of its own is read out."""
    if not classification:
        return "the rule was broken"
    return _WORDS[classification][0] if classification in _WORDS else one_line(classification.replace("_", " "), 80)


def consequence(classification: str) -> str:
    """Return what a classification leads to, or an empty text when that is not known."""
    return _WORDS[classification][1] if classification in _WORDS else ""


def aftermath(strike: Strike) -> str:
    """Return what the connector did after a fault, without times: `repeated the same request as #41 -> 200`."""
    following = f"#{strike.next_seq} {one_line(strike.next_request, 200)} -> {strike.next_status}"
    told = {
        "repeated": f"repeated the same request as #{strike.next_seq} -> {strike.next_status}",
        "signed_in_and_repeated": f"signed in again and repeated the same request as #{strike.next_seq} -> {strike.next_status}",
        "went_on": f"did not repeat it in this sync; its next request there was {following}",
        "left": f"made no further request there in this sync; its next one was {following}",
        "stopped": "made no further request in this sync",
    }[strike.did]
    again = f"; sync {strike.again_in} made the same request again" if strike.again_in is not None else ""
    return f"{told}{again}"


def meaning(result: RunResult) -> str:
    """Return the one sentence that tells QA what the verdict means for a go-live."""
    scenarios = result.scenarios
    if not scenarios:
        return "Nothing was run, so nothing is proved."
    unjudged = sum(s.verdict is Verdict.UNKNOWN for s in scenarios)
    findings = [f for s in scenarios for f in s.findings]
    if result.verdict is Verdict.UNKNOWN:
        return f"Not proved: {_of(unjudged, len(scenarios))} could not be judged, which is not a pass; each scenario says why."
    if result.verdict is Verdict.PASS:
        # Whoever prints this sentence prints the gaps below it.
        rest = "; what was not checked is listed below" if gaps(result) else ""
        return f"Nothing speaks against this connector in {plural(len(scenarios), 'scenario')}{rest}."
    tail = f" {_of(unjudged, len(scenarios)).capitalize()} could not be judged." if unjudged else ""
    return _failing(findings) + tail


def _failing(findings: Sequence[Finding]) -> str:
    worst = next((s for s in Severity if any(f.severity is s for f in findings)), None)
    if worst is None:
        return "Do not go live: a scenario failed."
    of_worst = [f for f in findings if f.severity is worst]
    advice = "Fix it, or accept it in writing" if worst is Severity.MINOR else "Do not go live"
    told = f"{advice}: {plural(len(of_worst), f'{worst} finding')}"
    counted: dict[str, int] = {}
    began: dict[str, int] = {}
    for finding in of_worst:
        if words := consequence(finding.classification):
            counted[words] = counted.get(words, 0) + 1
            began[words] = began.get(words, 0) + (finding.follows is None)
    # What began the trouble before what came after it. Equal counts keep the order of the findings: no chance in it.
    leading = sorted(counted, key=lambda words: (-began[words], -counted[words]))[:3]
    return f"{told}: {'; '.join(leading)}." if leading else f"{told}."


def _of(number: int, total: int) -> str:
    if number == total:
        return "the only scenario" if total == 1 else f"all {total} scenarios"
    return f"{number} of {total} scenarios"
