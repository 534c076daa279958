"""Runs our composer on a case: files and command line in, our compositions out."""

from __future__ import annotations

from pathlib import Path

from tests.properties.case import Case, Plain
from trainlint.chain.imports import Library
from trainlint.chain.script import read_script
from trainlint.compose.api import compose
from trainlint.compose.request import ComposeRequest, Provider, SearchEntry
from trainlint.facts.config import Composition, ConfigList, ConfigMap, ConfigNode, ConfigScalar
from trainlint.facts.launch import Word
from trainlint.facts.schema import StoredConfig
from trainlint.facts.script import ScriptFacts
from trainlint.facts.value import Known, Value
from trainlint.source import Files, Span


def run_ours(case: Case, root: Path) -> tuple[Composition, ...]:
    """What our composer makes of a case whose files are at `root`."""
    return compose(request_of(case, root), Files(root))


def request_of(case: Case, root: Path) -> ComposeRequest:
    """The case as the chain would ask for it."""
    here = Span.at("jobs.txt")
    entries = [(case.config_path, "main")]
    entries += [(case.config_dir, "command-line")] if case.config_dir is not None else []
    return ComposeRequest(
        search_path=tuple(
            SearchEntry(Provider.FILE, text, Known(root / text, here), role, here) for text, role in entries
        ),
        config_name=Known(case.config_name, here),
        overrides=tuple(word(text, line) for line, text in enumerate(case.overrides, 1)),
        multirun=case.multirun,
        environment=environment_of(case),
        import_path=(root,),
        directory=Known(root, here),
        span=here,
        version_base=Known(case.version_base, here),
        stored=stored_configs(case, root),
    )


def stored_configs(case: Case, root: Path) -> tuple[StoredConfig, ...]:
    """What the script registers, as we read it."""
    if not case.schemas:
        return ()
    (root / "app.py").write_text(case.schemas, encoding="utf-8")
    facts = read_script(Library(Files(root)).resolver((root,)), root / "app.py", directory=root)
    assert isinstance(facts, ScriptFacts)
    return facts.stored


def environment_of(case: Case) -> dict[str, Value[str]]:
    """The variables that the launch is known to have."""
    return {name: Known(value, Span.at("jobs.txt")) for name, value in case.environment.items()}


def word(text: str, line: int) -> Word:
    """An override as the shell hands it over, one to a line."""
    span = Span("jobs.txt", line, 1, line, 1 + len(text))
    return Word(text, span, (text,), (span,))


def plain(node: ConfigNode | None) -> Plain:
    """A composed node as containers and scalars; what is unknown stays as it is."""
    if isinstance(node, ConfigMap):
        return {key: plain(child) for key, child in node.children.items()}
    if isinstance(node, ConfigList):
        return [plain(item) for item in node.items]
    return node.value if isinstance(node, ConfigScalar) else node
