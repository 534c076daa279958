"""A command with a here-document in, what a shell makes of it when the command is one out."""

from __future__ import annotations

from collections.abc import Sequence

from trainlint.facts.launch import Word
from trainlint.facts.value import Known
from trainlint.parse.launcher.names import program_name
from trainlint.parse.shell.cells import Reader
from trainlint.parse.shell.expand import expand_assignment
from trainlint.parse.shell.operands import scan_here
from trainlint.parse.shell.pieces import Stretch
from trainlint.parse.shell.script.calls import fresh, run_text
from trainlint.parse.shell.script.evaluation import MAX_CALLS, Evaluation
from trainlint.parse.shell.script.spliced import SplicedText
from trainlint.parse.shell.script.syntax import HereDocument, Redirect, Simple
from trainlint.parse.shell.script.world import Script, World
from trainlint.parse.shell.state import Text, text_of
from trainlint.source import Span

_SHELLS = frozenset(("bash", "sh", "dash"))
_SCRIPTS = (".sh", ".bash", ".slurm", ".sbatch", ".py")


def run_document(
    run: Evaluation, script: Script, node: Simple, words: Sequence[Word], world: World, span: Span
) -> None:
    """Run the lines that a command such as `bash <<EOF` or `sbatch <<EOF` is given."""
    inputs = [redirect for redirect in node.redirects if redirect.operator in ("<<", "<<-", "<<<")]
    if not inputs or not _reads_commands(words) or len(run.calls) >= MAX_CALLS:
        return
    text = _text(script, inputs[-1], world)
    if text is None:
        return
    run.calls.append(span)
    run_text(run, SplicedText(text, span), fresh(world, "bash", span))
    run.calls.pop()


def _reads_commands(words: Sequence[Word]) -> bool:
    """Whether a command is a shell that is given neither a script nor a text."""
    texts = [word.text.value if isinstance(word.text, Known) else word.raw for word in words]
    if any(
        text.endswith(_SCRIPTS) or text in ("-c", "--wrap") or text.startswith("--wrap=") for text in texts
    ):
        return False
    names = [program_name(text) for text in texts]
    if names[0] == "sbatch":
        return True
    at = next((index for index, name in enumerate(names) if name in _SHELLS), None)
    return at is not None and names[0] != "ssh" and all(text.startswith("-") for text in texts[at + 1 :])


def _text(script: Script, redirect: Redirect, world: World) -> Text | None:
    source = script.source
    if redirect.operator == "<<<":
        return text_of(expand_assignment(redirect.target, source, world.shell))
    document = script.documents.get(redirect.target.start)
    return _lines(script, document, world) if document is not None else None


def _lines(script: Script, document: HereDocument, world: World) -> Text:
    source = script.source
    if document.quoted:
        span = source.span(document.start, document.end)
        return Text.at(source.text[document.start : document.end], span)
    pieces = scan_here(source, document.start, document.end)
    return Reader(source, world.shell).joined(pieces, Stretch(document.start, document.end))
