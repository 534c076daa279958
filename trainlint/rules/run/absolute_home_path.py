"""Looks at the paths of a command and of its configs, yields those inside one person's home."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.config import ConfigScalar, InclusionKind
from trainlint.facts.launch import Form, Word
from trainlint.facts.settings import HostSettings
from trainlint.facts.value import Unknown, UnknownValueError
from trainlint.regex import regex
from trainlint.rules.base import Finding, inclusion_story, rule
from trainlint.source import Span

_HOME = regex(r"(?<![\w.}])(?P<path>(?:/home/|/Users/|~)(?P<name>[A-Za-z][\w.-]*)/[^\s,;:'\"\]})]+)")
_ENTERED = regex(r"\bcd\s+[\"']?(?P<path>/(?:home|Users)/(?P<name>[A-Za-z][\w.-]*)(?:/[^\s;&|\"']*)?)")
#: Accounts that images of machines and containers come with: their homes are nobody's own.
_COMMON = frozenset(
    {
        *("ubuntu", "ec2-user", "azureuser", "centos", "debian", "admin", "sagemaker-user", "jovyan"),
        *("runner", "vscode", "coder", "gitpod", "codespace", "docker", "ray", "app", "appuser", "root"),
        *("user", "username", "shared", "Shared", "public", "data"),
    }
)
#: Texts that describe a machine of their own, or that only show how it could be done.
_OTHERS = (Form.DOCKERFILE, Form.WORKFLOW, Form.MARKDOWN, Form.RST)


@rule(
    "TL514",
    "absolute-home-path",
    severity=Severity.WARNING,
    link=LinkKind.DATA,
    needs=("job", "launch", "home_texts", "settings"),
)
def absolute_home_path(chain: Chain) -> Iterator[Finding]:
    """A job or config names a path inside one person's home."""
    if chain.job.form in _OTHERS:
        return
    host, seen = chain.settings.host, set()
    for word in (*chain.job.command.words, *chain.launch.arguments):
        for span, found in _in_word(word):
            if span not in seen and _somebodys(found, host):
                seen.add(span)
                yield _finding(found, span, ())
    entered = _ENTERED.search(chain.job.text)
    if entered is not None and _somebodys(entered, host):
        yield _finding(entered, chain.job.span, ())
    for leaf in _written_leaves(chain):
        for found in _HOME.finditer(str(leaf.value)):
            if _somebodys(found, host):
                yield _finding(found, leaf.origin.span, inclusion_story(leaf.origin.inclusion))
    for owner in filter(None, map(_unknown_owner, chain.launch.arguments)):
        raise UnknownValueError(owner)


def _in_word(word: Word) -> Iterator[tuple[Span, re.Match[str]]]:
    text = "".join(part if isinstance(part, str) else "}" for part in word.parts)
    for found in _HOME.finditer(text):
        yield word.span_of(found.start("path"), found.end("path")), found


def _unknown_owner(word: Word) -> Unknown | None:
    """What only the environment knows of a word: in whose home it is."""
    for before, part in pairwise(word.parts):
        if isinstance(before, str) and before.endswith(("/home/", "/Users/")) and isinstance(part, Unknown):
            return part
    return None


def _written_leaves(chain: Chain) -> Iterator[ConfigScalar]:
    """The texts of the project's own configs, those of the command left out."""
    for leaf in chain.home_texts:
        given = leaf.origin.inclusion.kind is InclusionKind.OVERRIDE
        if not given and not leaf.origin.span.file.startswith("/"):
            yield leaf


def _somebodys(found: re.Match[str], host: HostSettings | None) -> bool:
    """Whether a path is in a home of one person's own, and on no machine that the settings describe."""
    name, path = found["name"], found["path"]
    if name in _COMMON or "your" in name.lower():
        return False
    described = () if host is None else (*host.exists, *(prefix for prefix, _ in host.seen_at))
    return not any(path == prefix or path.startswith(prefix.rstrip("/") + "/") for prefix in described)


def _finding(found: re.Match[str], span: Span, story: tuple[Note, ...]) -> Finding:
    return Finding(
        span,
        f"`{found['path']}` lies in the home of `{found['name']}`",
        help="write it relative to the project, or let each machine say it: `$DATA`, `${oc.env:DATA}`",
        runtime="for anybody else, and on any other machine, it is not there: No such file or directory",
        chain=story,
    )
