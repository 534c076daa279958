"""The text of a policy pack in, its rules with checked expressions and every fault of it out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import replace

from trainlint.diagnostic import Severity
from trainlint.facts.settings import SettingsProblem
from trainlint.facts.yaml import YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar
from trainlint.parse.yaml import read_config
from trainlint.policy.expression import Expression, ExpressionError, parse_expression
from trainlint.policy.vocabulary import VOCABULARY
from trainlint.record import record
from trainlint.source import SourceFile, Span

_CODE = re.compile(r"[A-Z]{2,8}[0-9]{3}")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_HOLE = re.compile(r"\{([^{}]*)\}")
#: The prefix of trainlint's own rules.
_TAKEN = "TL"
_PACK_KEYS = ("pack", "applies", "rules")
_KEYS = ("id", "name", "severity", "summary", "message", "help", "applies", "when", "require")


@record
class PackRule:
    """One rule of a pack: where `applies` (the pack's and its own) and `when` hold, `require` has to.

    `common` is the pack's `applies`. `message` alternates text and the expressions that stand in braces in
    it. `span` is the place of the id, `summary` what lists of rules say of it.
    """

    code: str
    name: str
    severity: Severity
    message: tuple[str | Expression, ...]
    help: str | None
    applies: tuple[Expression, ...]
    when: Expression | None
    require: Expression
    span: Span
    name_span: Span
    common: Expression | None = None
    summary: str | None = None


@record
class Pack:
    """A pack: its rules in the order of the file; `title` is how a finding speaks of it.

    `shipped` says that it comes with trainlint, whose documentation has a page for each of its rules.
    """

    file: str
    title: str
    rules: tuple[PackRule, ...]
    summary: str
    shipped: bool = False


class _FaultError(Exception):
    """A fault of one rule; `ahead` is the text in front of it inside its scalar."""

    def __init__(self, problem: SettingsProblem, ahead: str = "") -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.ahead = ahead

    def placed(self, source: SourceFile) -> SettingsProblem:
        """The problem; in a text of several lines it moves behind what stands in front of it."""
        span = self.problem.span
        if not self.ahead or span.line == span.end_line:
            return self.problem
        start, end = source.offset(span.line, span.column), source.offset(span.end_line, span.end_column)
        if source.text[start : start + 1] in ("|", ">"):
            start = source.offset(span.line + 1, 1)
        left = sum(not character.isspace() for character in self.ahead)
        for offset in range(start, end):
            if not source.text[offset].isspace():
                if left == 0:
                    return replace(self.problem, span=source.span(offset, end))
                left -= 1
        return self.problem


def read_pack(source: SourceFile, title: str) -> tuple[Pack, tuple[SettingsProblem, ...]]:
    """The rules of a pack without faults, and the faults of the others."""
    text = read_config(source)
    problems = [
        SettingsProblem(problem.span, problem.message, "write valid YAML") for problem in text.problems
    ]
    problems += [
        SettingsProblem(entry.span, f"the key `{entry.key}` is written twice", f"see {entry.first}")
        for entry in text.duplicates
    ]
    if problems:
        return Pack(source.display, title, (), ""), tuple(problems)
    entries = {str(entry.key): entry for entry in (*text.body.entries, *filter(None, [text.defaults]))}
    summary = _scalar_text(entries["pack"].node) if "pack" in entries else source.path.stem
    rules: list[PackRule] = []
    for key, entry in entries.items():
        if key not in _PACK_KEYS:
            problems.append(_unknown(entry, _PACK_KEYS))
    common: Expression | None = None
    try:
        common = _expression(entries, "applies")
    except _FaultError as fault:
        problems.append(fault.placed(source))
    listed = entries["rules"].node if "rules" in entries else None
    if not isinstance(listed, YamlList):
        place = entries["rules"].key_span if "rules" in entries else Span.at(source.display)
        problems.append(SettingsProblem(place, "a pack has a list of `rules`", "write `rules:` and a list"))
        listed = YamlList((), Span.at(source.display))
    for node in listed.items:
        found = _read_rule(source, node, rules, common)
        if isinstance(found, PackRule):
            rules.append(found)
        else:
            problems.append(found)
    return Pack(source.display, title, tuple(rules), summary), tuple(problems)


def _read_rule(
    source: SourceFile, node: YamlNode, before: list[PackRule], common: Expression | None
) -> PackRule | SettingsProblem:
    try:
        return _rule(node, before, common)
    except _FaultError as fault:
        return fault.placed(source)


def _rule(node: YamlNode, before: list[PackRule], common: Expression | None) -> PackRule:
    if not isinstance(node, YamlMap):
        raise _fault(node.span, "a rule is a mapping", "write `id:`, `name:`, `message:` and `require:`")
    entries = {str(entry.key): entry for entry in node.entries}
    for key, entry in entries.items():
        if key not in _KEYS:
            raise _FaultError(_unknown(entry, _KEYS))
    code, name = _text(entries, "id", node), _text(entries, "name", node)
    _check_code(code, entries["id"].node.span, before)
    if any(rule.name == name for rule in before):
        raise _fault(entries["name"].node.span, f"the name `{name}` is used twice", "give each rule its own")
    if not _NAME.fullmatch(name):
        raise _fault(
            entries["name"].node.span, f"`{name}` is no name of a rule", "write small words joined by `-`"
        )
    return PackRule(
        code=code,
        name=name,
        severity=_severity(entries),
        message=tuple(_message(_text(entries, "message", node), entries["message"].node.span)),
        help=_text(entries, "help", node) if "help" in entries else None,
        applies=tuple(filter(None, (common, _expression(entries, "applies")))),
        when=_expression(entries, "when"),
        require=_required(entries, node),
        span=entries["id"].node.span,
        name_span=entries["name"].node.span,
        common=common,
        summary=_text(entries, "summary", node) if "summary" in entries else None,
    )


def _check_code(code: str, span: Span, before: list[PackRule]) -> None:
    if not _CODE.fullmatch(code) or code.startswith(_TAKEN):
        raise _fault(
            span,
            f"`{code}` is no id of a pack's rule",
            f"write a prefix of your own, other than {_TAKEN}, and three digits: TRM001",
        )
    if any(rule.code == code for rule in before):
        raise _fault(span, f"the id `{code}` is used twice", "give each rule an id of its own")


def _severity(entries: dict[str, YamlEntry]) -> Severity:
    if "severity" not in entries:
        return Severity.ERROR
    text = _scalar_text(entries["severity"].node)
    if text not in [severity.value for severity in Severity]:
        span = entries["severity"].node.span
        raise _fault(span, f"`{text}` is no severity", "write error, warning or info")
    return Severity(text)


def _required(entries: dict[str, YamlEntry], node: YamlMap) -> Expression:
    found = _expression(entries, "require")
    if found is None:
        raise _fault(node.span, "a rule needs `require`", "write the expression that has to hold")
    return found


def _expression(entries: dict[str, YamlEntry], key: str) -> Expression | None:
    if key not in entries:
        return None
    node = entries[key].node
    return _parsed(_scalar_text(node), node.span)


def _parsed(text: str, span: Span) -> Expression:
    found = parse_expression(text, VOCABULARY, VOCABULARY)
    if isinstance(found, ExpressionError):
        place = span
        if span.line == span.end_line and span.end_column - span.column == len(text):
            start = min(span.column + found.offset, span.end_column)
            place = Span(span.file, span.line, start, span.line, span.end_column)
        problem = SettingsProblem(place, found.message, "docs/packs.md lists what an expression may hold")
        raise _FaultError(problem, text[: found.offset])
    return found


def _message(text: str, span: Span) -> Iterator[str | Expression]:
    """The text with the expressions in its braces."""
    position = 0
    for hole in _HOLE.finditer(text):
        if hole.start() > position:
            yield text[position : hole.start()]
        yield _parsed(hole.group(1), span)
        position = hole.end()
    if position < len(text):
        yield text[position:]


def _text(entries: dict[str, YamlEntry], key: str, node: YamlMap) -> str:
    if key not in entries:
        raise _fault(node.span, f"a rule needs `{key}`", f"write `{key}: …`")
    text = _scalar_text(entries[key].node)
    if not text:
        raise _fault(entries[key].node.span, f"`{key}` is empty", "write a text")
    return text


def _scalar_text(node: YamlNode) -> str:
    return str(node.value).strip() if isinstance(node, YamlScalar) and node.value is not None else ""


def _fault(span: Span, message: str, remedy: str) -> _FaultError:
    return _FaultError(SettingsProblem(span, message, remedy))


def _unknown(entry: YamlEntry, known: tuple[str, ...]) -> SettingsProblem:
    close = difflib.get_close_matches(str(entry.key), known, n=1)
    hint = f"; the nearest is `{close[0]}`" if close else ""
    return SettingsProblem(
        entry.key_span, f"there is no key `{entry.key!s}`{hint}", f"the keys here are {', '.join(known)}"
    )
