"""What can be wrong with a query, in Salesforce's words (research: salesforce.md section 2).

Inside the engine every refusal is a `LocatedError` that knows a position at most; the one place that knows the text
(`run_query`) turns it into the `SoqlError` that the REST part answers with.
"""

from __future__ import annotations

# How much of the offending line Salesforce quotes on either side of the caret; recorded excerpts vary around this.
EXCERPT_CHARS = 40

_COLUMN_ADVICE = (
    " If you are attempting to use a custom field, be sure to append the '__c' after the custom field name."
    " Please reference your WSDL or the describe call for the appropriate names."
)
_ENTITY_ADVICE = (
    " If you are attempting to use a custom object, be sure to append the '__c' after the entity name."
    " Please reference your WSDL or the describe call for the appropriate names."
)
_RELATIONSHIP_ADVICE = (
    " If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship"
    " name. Please reference your WSDL or the describe call for the appropriate names."
)


class SoqlError(Exception):
    """A query that Salesforce refuses: ``code`` and ``message`` are the vendor's, ``hint`` is ours (may be empty)."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.hint = hint


class LocatedError(Exception):
    """A refusal inside the engine; ``at`` is the offset in the query text, or None if the vendor names no place."""

    def __init__(
        self, message: str, *, code: str = "MALFORMED_QUERY", at: int | None = None, lexical: bool = False, hint: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.at = at
        self.lexical = lexical
        self.hint = hint

    def in_query(self, text: str) -> SoqlError:
        """Return the vendor's form: the offending line with a caret, row and column, then the message."""
        if self.at is None:
            return SoqlError(self.code, self.message, self.hint)
        start = text.rfind("\n", 0, self.at) + 1
        end = text.find("\n", self.at)
        line = text[start : end if end >= 0 else len(text)].replace("\t", " ").replace("\r", " ")
        column = self.at - start
        row = text.count("\n", 0, self.at) + 1
        excerpt, caret = _excerpt(line, column)
        message = self.message
        shown = column + 1
        if self.lexical:
            # The lexer counts columns from 0 and the frame repeats its number (recorded: "Column:106 line 1:106").
            shown = column
            message = f"line {row}:{column} {message}"
        framed = f"\n{excerpt}\n{' ' * caret}^\nERROR at Row:{row}:Column:{shown}\n{message}"
        return SoqlError(self.code, framed, self.hint)


def _excerpt(line: str, column: int) -> tuple[str, int]:
    """Return the part of a line around ``column``, cut at blanks, and where the caret stands in it."""
    start = 0
    if column > EXCERPT_CHARS:
        blank = line.find(" ", column - EXCERPT_CHARS, column)
        start = blank + 1 if blank >= 0 else column - EXCERPT_CHARS
    end = len(line)
    if end - column > EXCERPT_CHARS:
        blank = line.rfind(" ", column + 1, column + EXCERPT_CHARS)
        end = blank if blank >= 0 else column + EXCERPT_CHARS
    return line[start:end].rstrip(), column - start


def unexpected_token(text: str, at: int, *, hint: str = "") -> LocatedError:
    """Return the refusal of a token that cannot stand where it stands."""
    return LocatedError(f"unexpected token: '{text}'", at=at, hint=hint)


def no_such_column(name: str, kind: str, at: int) -> LocatedError:
    """Return the refusal of a field that does not exist or is hidden by field-level security (Mautic keys on it)."""
    return LocatedError(f"No such column '{name}' on entity '{kind}'.{_COLUMN_ADVICE}", code="INVALID_FIELD", at=at)


def no_such_entity(name: str, at: int) -> LocatedError:
    """Return the refusal of an unknown sObject in FROM."""
    return LocatedError(f"sObject type '{name}' is not supported.{_ENTITY_ADVICE}", code="INVALID_TYPE", at=at)


def no_such_relationship(name: str, at: int, *, hint: str = "") -> LocatedError:
    """Return the refusal of an unknown parent relationship in a field path."""
    message = f"Didn't understand relationship '{name}' in field path.{_RELATIONSHIP_ADVICE}"
    return LocatedError(message, code="INVALID_FIELD", at=at, hint=hint)


def no_such_children(name: str, at: int) -> LocatedError:
    """Return the refusal of an unknown child relationship in the FROM of a subquery."""
    hint = "mocked are Tasks and Events" if name.lower() in ("openactivities", "activityhistories") else ""
    return LocatedError(
        f"Didn't understand relationship '{name}' in FROM part of query call.{_RELATIONSHIP_ADVICE}",
        code="INVALID_TYPE",
        at=at,
        hint=hint,
    )


def wrong_literal(field: str, wanted: str, at: int) -> LocatedError:
    """Return the refusal of a value whose type is not the field's; text types want quotes, all others want none."""
    quoted = wanted in ("string", "id", "reference")
    tail = "should be enclosed in quotes" if quoted else "should not be enclosed in quotes"
    return LocatedError(
        f"value of filter criterion for field '{field}' must be of type {wanted} and {tail}", code="INVALID_FIELD", at=at
    )


def wrong_operator(message: str, at: int) -> LocatedError:
    """Return the refusal of an operator that the field's type does not know."""
    return LocatedError(message, code="INVALID_QUERY_FILTER_OPERATOR", at=at)
