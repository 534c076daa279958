"""A simple command and a world in: variables, folders and files changed, functions run, programs noted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from trainlint.facts.launch import Word
from trainlint.facts.value import Known, Unknown
from trainlint.parse.programs import starts_program
from trainlint.parse.shell.assign import assign, assigned, declare
from trainlint.parse.shell.builtins import apply_builtin, enter
from trainlint.parse.shell.cells import separators
from trainlint.parse.shell.commands import assigned_name, assigned_value, swallowing
from trainlint.parse.shell.expand import expand, expand_assignment
from trainlint.parse.shell.pieces import Output, Token
from trainlint.parse.shell.reading import read_line
from trainlint.parse.shell.script.calls import call, evaluate_words, source_script
from trainlint.parse.shell.script.conditions import decide_classic
from trainlint.parse.shell.script.documents import run_document
from trainlint.parse.shell.script.evaluation import Evaluation
from trainlint.parse.shell.script.syntax import Simple
from trainlint.parse.shell.script.world import Flow, Hidden, Script, Status, World, forget
from trainlint.parse.shell.state import Shell, Text, text_of
from trainlint.parse.shell.text import ShellText
from trainlint.record import record
from trainlint.source import Span

_DECLARING = frozenset(("export", "declare", "typeset", "readonly", "local"))
_HIDING = frozenset(("local", "declare", "typeset"))
_WRITING = frozenset((">", ">>", ">|", "&>", "&>>"))
#: Programs whose end answers a question: both answers are followed.
_ASKING = frozenset(
    (
        "grep",
        "egrep",
        "fgrep",
        "rg",
        "pgrep",
        "diff",
        "cmp",
        "which",
        "type",
        "hash",
        "command",
        "expr",
        "pidof",
        "nc",
        "ping",
        "mountpoint",
        "id",
        "getent",
        "lsof",
        "nvidia-smi",
        "conda-env",
        "tmux",
        "screen",
        "squeue",
        "lsmod",
        "curl",
    )
)
#: Programs that may bring any file.
_FETCHING = re.compile(
    r"git (?:clone|checkout|pull|submodule|lfs|fetch|reset)|(?:wget|curl|tar|unzip|rsync|scp|gsutil|aws"
    r"|gcloud|rclone|gdown|huggingface-cli|hf|azcopy|s5cmd|kaggle|7z|gunzip)\b"
)
_ALL_ARGUMENTS = re.compile(r"`\$(?:[@*]|\{[@*][^}]*\})` is known only to the running shell")
#: Programs that start others in a way that is not followed.
_SPREADING = frozenset(("xargs", "parallel", "watch", "find", "ssh", "pdsh", "tmux", "screen"))


@record
class Call:
    """A simple command whose words are known as far as they are."""

    run: Evaluation
    script: Script
    world: World
    words: tuple[Word, ...]
    tokens: tuple[Token, ...]
    span: Span


def simple(run: Evaluation, script: Script, node: Simple, world: World) -> list[World]:
    """Run one command."""
    source = script.source
    run.world = world
    _write(script, node, world)
    tokens = node.words
    split = next((i for i, token in enumerate(tokens) if assigned(token, source) is None), len(tokens))
    if split == len(tokens):
        for token in tokens:
            assign(world.shell, source, token)
        asks = any(isinstance(piece, Output) for token in tokens for piece in token.pieces)
        return [world.ended(Status.MEANT if asks else Status.SUCCESS)]
    if tokens[split].text in _DECLARING:
        _hide(world, script, tokens[split:])
        declare(world.shell, source, tokens[split].text, tokens[split + 1 :])
        return [world.ended(Status.SUCCESS)]
    if tokens[split].text in ("[", "test"):
        return decide_classic(source, tokens[split + 1 :], world)
    return _command(run, script, node, split, world)


def _command(run: Evaluation, script: Script, node: Simple, split: int, world: World) -> list[World]:
    source = script.source
    prefix = [expand_assignment(token, source, world.shell) for token in node.words[:split]]
    words: list[Word] = []
    for token in node.words[split:]:
        made = swallowing(expand(token, source, world.shell), token, node.glue, source)
        words += _where_written(made) if words and token.pieces else made
    if not words:
        return [world.ended(Status.SUCCESS)]
    name = words[0].text.value if isinstance(words[0].text, Known) else ""
    span = source.span(node.start, node.end)
    if definition := world.functions.get(name):
        for token in node.words[:split]:
            assign(world.shell, source, token)
        return call(run, definition, world, words[1:], span)
    builtin = _BUILTINS.get(name)
    if builtin is not None:
        given = Call(run, script, world, tuple(words), node.words[split:], span)
        return builtin(given)
    if name == "read" and _reads_here(node, source, words, prefix, world.shell):
        return [world.ended(Status.SUCCESS)]
    if apply_builtin(world.shell, words):
        _leave_missing_folder(world, words)
        unclear = name in ("cd", "pushd") and isinstance(world.shell.directory, Unknown)
        return [world.ended(Status.MEANT if unclear or name == "read" else Status.SUCCESS)]
    return _program(run, script, node, (*prefix, *words), world)


def _reads_here(
    node: Simple, source: ShellText, words: Sequence[Word], prefix: Sequence[Word], shell: Shell
) -> bool:
    """Whether `read` takes a here-string that is known, and so has been done."""
    lines = [redirect for redirect in node.redirects if redirect.operator == "<<<"]
    if len(lines) != 1 or len(node.redirects) > 1:
        return False
    given = next((assigned_value(word) for word in prefix if assigned_name(word) == "IFS"), None)
    between = separators(shell) if given is None else given.value if isinstance(given, Known) else None
    line = text_of(expand_assignment(lines[0].target, source, shell))
    return between is not None and read_line(shell, words, line, between)


def _leave_missing_folder(world: World, words: Sequence[Word]) -> None:
    """A folder that is not there may be on the machine that runs the script, or be made on the way."""
    directory = world.shell.directory
    if (
        isinstance(directory, Known)
        and words[0].raw == "cd"
        and not world.shell.files.is_dir(directory.value)
    ):
        reason = f"the folder `{world.shell.files.display(directory.value)}` is not on this machine"
        world.shell.directory = Unknown(reason, directory.span)


def _where_written(words: Sequence[Word]) -> list[Word]:
    """The words, those that are wholly what variables hold blamed at the place where that is written."""
    found = []
    for word in words:
        if word.spans and word.spans[0] is word.span:
            found.append(word)
            continue
        text, place = word.text, Text(word.parts, word.spans).span if word.parts else word.span
        inside = (word.span.line, word.span.column) <= (
            place.line,
            place.column,
        ) and place.file == word.span.file
        inside &= (place.end_line, place.end_column) <= (word.span.end_line, word.span.end_column)
        if isinstance(text, Known) and text.value and not inside and not word.swallowed and place.line:
            word = Word(text.value, place, word.parts, word.spans)
        found.append(word)
    return found


def _program(
    run: Evaluation, script: Script, node: Simple, words: Sequence[Word], world: World
) -> list[World]:
    """A program of its own: noted when it is a launch; what it leaves behind is noted, too."""
    span = script.source.span(node.start, node.end)
    line = " ".join(word.raw for word in words[:3])
    first = words[0].text
    if starts_program(words):
        run.start(_without_arguments(words), span, world)
    elif isinstance(first, Unknown):
        run.doubt(f"which program is started is not known: {first.reason}", words[0].span)
    elif first.value in _SPREADING and any(starts_program(words[index:]) for index in range(1, len(words))):
        run.doubt(f"what `{first.value}` starts is not followed", span)
    run_document(run, script, node, words, world, span)
    world.fetches |= bool(_FETCHING.match(line))
    if isinstance(first, Known) and first.value in ("tee", "touch", "cp", "mv", "ln"):
        _note_written(world, [word for word in words[1:] if not word.raw.startswith("-")])
    return [
        world.ended(Status.UNKNOWN if isinstance(first, Known) and first.value in _ASKING else Status.MEANT)
    ]


def _without_arguments(words: Sequence[Word]) -> Sequence[Word]:
    """The words without all arguments of a script that is read alone: they stand for none, too."""
    return [word for word in words if not (word.splits and _ALL_ARGUMENTS.match(_reason(word)))]


def _reason(word: Word) -> str:
    text = word.text
    return text.reason if isinstance(text, Unknown) and len(word.parts) == 1 else ""


def _write(script: Script, node: Simple, world: World) -> None:
    """Note the files that the redirections of a command make."""
    for redirect in node.redirects:
        if redirect.operator in _WRITING:
            _note_written(world, expand(redirect.target, script.source, world.shell))


def _note_written(world: World, words: Sequence[Word]) -> None:
    directory = world.shell.directory
    for word in words:
        text = word.text
        if isinstance(text, Known) and isinstance(directory, Known):
            world.written |= {world.shell.files.absolute(directory.value / text.value)}


def _hide(world: World, script: Script, tokens: Sequence[Token]) -> None:
    """Note what the `local` variables of a function hide, to bring it back at its end."""
    if not world.frames or tokens[0].text not in _HIDING or any(token.text == "-g" for token in tokens):
        return
    frame = dict(world.frames[-1])
    for token in tokens[1:]:
        target = assigned(token, script.source)
        name = target.name if target else token.text
        shell = world.shell
        frame.setdefault(
            name, Hidden(shell.variables.get(name), name in shell.removed, name in shell.exported)
        )
    world.frames = (*world.frames[:-1], frame)


def _succeed(given: Call) -> list[World]:
    return [given.world.ended(Status.SUCCESS)]


def _fail(given: Call) -> list[World]:
    return [given.world.ended(Status.FAILURE)]


def _leave(flow: Flow) -> Callable[[Call], list[World]]:
    def leave(given: Call) -> list[World]:
        if flow is Flow.RETURN and not given.run.calls:
            return _fail(given)  # bash says so and goes on
        given.world.flow = flow
        text = given.words[1].text if len(given.words) > 1 else None
        known = text.value if isinstance(text, Known) else ""
        if flow in (Flow.BREAK, Flow.CONTINUE):
            given.world.levels = int(known) if known.isdecimal() else 1
            return [given.world.ended(Status.SUCCESS)]
        if text is None:
            return [given.world]
        status = Status.UNKNOWN if not known.isdecimal() else Status.FAILURE if int(known) else Status.SUCCESS
        return [given.world.ended(status)]

    return leave


def _getopts(given: Call) -> list[World]:
    """Whether there is another option is not known; neither is which."""
    names = [*(word.literal_prefix for word in given.words[2:3]), "OPTARG", "OPTIND"]
    forget(given.world, names, "`${}` is an option that the script is given", given.span)
    return [given.world.ended(Status.UNKNOWN)]


def _source(given: Call) -> list[World]:
    return source_script(given.run, given.world, given.words, given.span)


def _eval(given: Call) -> list[World]:
    return evaluate_words(given.run, given.world, given.words[1:], given.span)


def _exec(given: Call) -> list[World]:
    """`exec program` is the last thing that a shell does."""
    if len(given.words) == 1:
        return _succeed(given)
    if starts_program(given.words):
        given.run.start(_without_arguments(given.words), given.span, given.world)
    elif isinstance(given.words[1].text, Unknown):
        given.run.doubt("which program is started is not known", given.words[1].span)
    given.world.flow = Flow.EXIT
    return [given.world]


def _shift(given: Call) -> list[World]:
    before = given.world.shell.positional
    apply_builtin(given.world.shell, given.words)
    given.world.asked = None
    moved = given.world.shell.positional is not before or isinstance(before, Unknown)
    return [given.world.ended(Status.SUCCESS if moved else Status.FAILURE)]


def _set(given: Call) -> list[World]:
    apply_builtin(given.world.shell, given.words)
    if not isinstance(given.world.shell.positional, Unknown):
        given.world.asked = None
    return _succeed(given)


def _pushd(given: Call) -> list[World]:
    before = given.world.shell.directory
    apply_builtin(given.world.shell, given.words)
    given.world.pushed = (*given.world.pushed, before)
    return [given.world.ended(Status.MEANT)]


def _popd(given: Call) -> list[World]:
    world = given.world
    if world.pushed:
        enter(world.shell, world.pushed[-1])
        world.pushed = world.pushed[:-1]
    else:
        apply_builtin(world.shell, given.words)
    return [world.ended(Status.MEANT)]


_BUILTINS: dict[str, Callable[[Call], list[World]]] = {
    ":": _succeed,
    "true": _succeed,
    "false": _fail,
    "exit": _leave(Flow.EXIT),
    "return": _leave(Flow.RETURN),
    "break": _leave(Flow.BREAK),
    "continue": _leave(Flow.CONTINUE),
    "getopts": _getopts,
    "source": _source,
    ".": _source,
    "eval": _eval,
    "exec": _exec,
    "shift": _shift,
    "set": _set,
    "pushd": _pushd,
    "popd": _popd,
}
