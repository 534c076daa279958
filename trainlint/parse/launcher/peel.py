"""A job in, the launch that it makes out: launchers peeled one by one down to the Python program."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from trainlint.facts.launch import (
    JobFacts,
    LauncherUse,
    LaunchFacts,
    OptionAfterScript,
    ScriptReference,
    ShellCall,
    ShellSyntaxError,
    Word,
)
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.launcher.effects import apply_options, processes
from trainlint.parse.launcher.names import launcher_named, launcher_names, module_launcher, program_name
from trainlint.parse.launcher.options import Given, Parsed, parse_options
from trainlint.parse.launcher.script import import_roots, resolve_file, resolve_module, resolve_shell
from trainlint.parse.launcher.state import Peeling
from trainlint.parse.launcher.table import Launcher, Meaning, Starts
from trainlint.parse.launcher.torch_table import TORCHRUN
from trainlint.parse.programs import is_helper, is_launch_command
from trainlint.parse.shell.commands import Started, assigned_name, assigned_value, run
from trainlint.parse.shell.outputs import simple_output
from trainlint.parse.shell.scanner import scan
from trainlint.parse.shell.state import Shell, variables_of
from trainlint.parse.shell.text import WordText
from trainlint.regex import regex
from trainlint.source import Files, Span

if TYPE_CHECKING:
    from trainlint.parse.shell.script.evaluation import Start

#: More launchers than this inside one another are no command that a person wrote.
_MAX_NESTING = 32
#: Switches of Python that may stand before `-m`.
_BEFORE_MODULE = regex(r"-[uBEIOsSq]+")
#: Programs inside which paths of this machine mean nothing.
_CONTAINERS = frozenset(("docker", "podman", "singularity", "apptainer"))


#: The launches that were read last, since each is asked for several times in a row.
_RECENT: dict[int, tuple[JobFacts, Files, LaunchFacts]] = {}
_MAX_RECENT = 64


def peel(job: JobFacts, files: Files, environment: Mapping[str, Value[str]] | None = None) -> LaunchFacts:
    """The launch of a job; `environment` is what is known of the variables it starts with."""
    if environment is not None:
        return _peeled(job, files, environment)
    known = _RECENT.get(id(job))
    if known is not None and known[0] is job and known[1] is files:
        return known[2]
    launch = _peeled(job, files, None)
    if len(_RECENT) >= _MAX_RECENT:
        _RECENT.clear()
    _RECENT[id(job)] = (job, files, launch)
    return launch


def _peeled(job: JobFacts, files: Files, environment: Mapping[str, Value[str]] | None) -> LaunchFacts:
    state = Peeling(files, dict(environment or {}) | dict(job.exported), job.directory)
    state.written, state.fetches, state.program = job.written, job.fetches, job.program or 0
    words: Sequence[Word] | None = job.command.words
    for _ in range(_MAX_NESTING):
        if words is None:
            break
        words = _step(state, words)
    else:
        state.doubt("launchers are nested too deeply", job.span)
    _options_after_script(state)
    return LaunchFacts(
        job=replace(job, problems=(*job.problems, *state.text_problems)) if state.text_problems else job,
        launchers=tuple(state.uses),
        environment=state.environment,
        directory=state.directory,
        import_path=import_roots(state.script, state.directory, state.environment, files),
        script=state.script,
        arguments=tuple(state.arguments),
        world_size=state.world or Known(1, job.span),
        problems=tuple(state.problems),
        unverified=tuple(state.unverified),
        shell=state.shell,
        idle=state.idle,
        programs=state.programs,
    )


def _step(state: Peeling, words: Sequence[Word]) -> Sequence[Word] | None:
    """Peel one launcher; the words of the command inside it, None when there is no further one."""
    while words and (name := assigned_name(words[0])) is not None:
        state.environment[name] = assigned_value(words[0])
        words = words[1:]
    if not words:
        return None
    text = words[0].text
    if isinstance(text, Unknown):
        state.unverified.append(text)
        return _interpreter(state, words) or _beyond(state, words)
    launcher = launcher_named(text.value)
    if launcher is not None:
        return _launch(state, launcher, words)
    if text.value.endswith(".py"):
        return _file(state, words)
    if text.value.endswith((".sh", ".bash", ".slurm", ".sbatch")):
        return _shell_script(state, words, copied=False)
    return _other_program(state, words, text.value)


def _other_program(state: Peeling, words: Sequence[Word], text: str) -> Sequence[Word] | None:
    name = program_name(text)
    near = difflib.get_close_matches(name, launcher_names(), n=1, cutoff=0.8)
    hint = f"; the nearest is `{near[0]}`" if near else ""
    state.doubt(f"`{name}` is not a launcher that is known here{hint}", words[0].span)
    if name in _CONTAINERS:
        state.directory = Unknown(f"the folders inside `{name}` are not known", words[0].span)
    inside = _beyond(state, words)
    state.idle = inside is None and name not in _CONTAINERS and not near
    return inside


def _interpreter(state: Peeling, words: Sequence[Word]) -> Sequence[Word] | None:
    """`$PYTHON -m module` with `python` in the first place: no other kind of program is called so."""
    options = itertools.takewhile(lambda word: _BEFORE_MODULE.fullmatch(word.raw), words[1:])
    position = 1 + sum(1 for _ in options)
    if position >= len(words) or words[position].raw != "-m":
        return None
    state.world = Unknown("how many processes run is not known", words[0].span)
    python = Known("python", words[0].span)
    return [replace(words[0], raw=python.value, parts=(python.value,), spans=(python.span,)), *words[1:]]


def _beyond(state: Peeling, words: Sequence[Word]) -> Sequence[Word] | None:
    """Behind a program that we do not know: the next launcher or script, if there is one."""
    state.world = Unknown("how many processes run is not known", words[0].span)
    for index, word in enumerate(words[1:], 1):
        text = word.text
        if isinstance(text, Known) and (text.value.endswith(".py") or launcher_named(text.value)):
            return words[index:]
    return None


def _launch(state: Peeling, launcher: Launcher, words: Sequence[Word]) -> Sequence[Word] | None:
    parsed = Parsed(launcher)
    parse_options(words, 1, parsed)
    followed = True
    for subcommand in launcher.subcommands:
        followed = followed and parsed.rest < len(words) and words[parsed.rest].raw == subcommand
        if followed:
            parse_options(words, parsed.rest + 1, parsed)
    parsed.rest += launcher.positionals
    state.uses.append(LauncherUse(launcher.name, tuple(parsed.listed), words[0].span))
    state.problems += parsed.problems
    state.unverified += parsed.unverified
    if not followed or _given(parsed, Meaning.NO_PROGRAM):
        state.idle = not any(word.raw.endswith((".py", ".sh")) for word in words)
        return _end(state, f"this call of `{launcher.name}` starts no program that is read", words[0].span)
    apply_options(state, parsed)
    if launcher.processes:
        state.world = processes(parsed, state.environment, words[0].span)
    rest = words[parsed.rest :]
    if launcher.assignments:
        rest = _environment_words(state, rest)
    return _inside(state, parsed, words[0], rest)


def _inside(state: Peeling, parsed: Parsed, first: Word, rest: Sequence[Word]) -> Sequence[Word] | None:
    """What a launcher starts, by its options and the words behind them."""
    launcher = parsed.launcher
    if launcher.refuses_dashes and launcher.starts is Starts.SCRIPT:
        rest = _behind_argparse(rest)
    if (text := _given(parsed, Meaning.TEXT)) is not None:
        if text.option.takes:
            return _shell_text(state, text.word, text.skip)
        return _shell_text(state, rest[0], 0) if rest else _end(state, "no command is given", first.span)
    if _given(parsed, Meaning.CODE):
        state.idle = True
        return _end(state, "code given with `-c` is not read", first.span)
    if (module := _given(parsed, Meaning.MODULE)) is not None:
        if module.option.takes:
            return _module(state, module.value or Known("", first.span), module.word, rest)
        return _module(state, rest[0].text, rest[0], rest[1:]) if rest else _nothing(state, parsed, first)
    if not rest:
        return _nothing(state, parsed, first)
    if rest[0].raw == ":":
        return _end(state, "the parts of a heterogeneous job are not followed", rest[0].span)
    if launcher.starts is Starts.SHELL:
        return _shell_script(state, rest, copied=launcher.name == "sbatch")
    if launcher.starts is Starts.SCRIPT and not _given(parsed, Meaning.NO_PYTHON):
        return _file(state, rest)
    return rest


def _behind_argparse(words: Sequence[Word]) -> Sequence[Word]:
    """The script and its arguments: argparse takes a `--` behind the script as its own and drops it."""
    return [words[0], *words[2:]] if len(words) > 1 and words[1].raw == "--" else words


def _nothing(state: Peeling, parsed: Parsed, first: Word) -> Sequence[Word] | None:
    return _end(state, f"`{parsed.launcher.name}` is given no program", first.span)


def _end(state: Peeling, reason: str, span: Span) -> Sequence[Word] | None:
    """Note why nothing further is followed."""
    state.doubt(reason, span)
    return None


def _given(parsed: Parsed, meaning: Meaning) -> Given | None:
    return next((given for given in reversed(parsed.given) if given.option.meaning is meaning), None)


def _environment_words(state: Peeling, words: Sequence[Word]) -> Sequence[Word]:
    """The words behind the `NAME=VALUE` ones of `env`, which go to the environment."""
    while words and "=" in words[0].literal_prefix:
        state.environment[words[0].literal_prefix.partition("=")[0]] = assigned_value(words[0])
        words = words[1:]
    return words


def _file(state: Peeling, words: Sequence[Word]) -> Sequence[Word] | None:
    word = words[0]
    if word.raw == "-":
        state.idle = True
        return _end(state, "a program read from standard input is not known", word.span)
    script, doubt = resolve_file(word.text, state.directory, state.files, word.span)
    state.found(script)
    state.arguments = words[1:]
    if doubt is not None:
        state.unverified.append(doubt)
    return None


def _shell_script(state: Peeling, words: Sequence[Word], *, copied: bool) -> Sequence[Word] | None:
    found = resolve_shell(words[0].text, state.directory, state.files, words[0].span)
    if isinstance(found, Path):
        state.shell = ShellCall(found, tuple(words[1:]), copied, words[0].span)
        return _end(state, f"`{words[0].raw}` starts no program that is read", words[0].span)
    if isinstance(found, ScriptReference):
        state.found(found)
    else:
        state.unverified.append(found)
    return None


def _module(state: Peeling, text: Value[str], word: Word, rest: Sequence[Word]) -> Sequence[Word] | None:
    launcher = module_launcher(text.value) if isinstance(text, Known) else None
    if launcher is not None:
        return _launch(state, launcher, [word, *rest])
    roots = import_roots(None, state.directory, state.environment, state.files)
    span = text.span
    script, doubt = resolve_module(text, state.directory, roots, state.files, span)
    state.found(script)
    state.arguments = rest
    if doubt is not None:
        state.unverified.append(doubt)
    return None


def _shell_text(state: Peeling, word: Word, skip: int) -> Sequence[Word] | None:
    """The command inside a text that another shell reads again."""
    source = WordText.of(word, skip)
    scanned = scan(source, 0, len(source.text))
    shell = Shell(
        state.files,
        state.directory,
        variables_of(state.environment),
        frozenset(state.environment),
        output=simple_output,
    )
    started, problems = run(shell, source, scanned.tokens)
    faults = [*scanned.problems, *problems]
    inner: Sequence[Started | Start] | None = _run_as_script(source, shell) if faults else None
    if inner is None:
        inner = started
        state.text_problems += faults
    launches = [start for start in inner if is_launch_command(start.command.words)]
    launches = launches or [start for start in inner if not is_helper(start.command.words)]
    if not launches:
        return _end(state, "the command text starts no program that is read", word.span)
    state.programs = max(state.programs, len(launches))
    chosen = launches[min(state.program, len(launches) - 1)]
    state.directory, state.environment = chosen.directory, dict(chosen.exported)
    return chosen.command.words


def _run_as_script(source: WordText, shell: Shell) -> Sequence[Start] | None:
    """What a text with more in it than commands (`f() { …; }`) starts; None when it is no script either."""
    from trainlint.parse.shell.script.evaluate import evaluate

    evaluated = evaluate(source, 0, len(source.text), shell)
    faulty = any(isinstance(problem, ShellSyntaxError) for problem in evaluated.problems)
    return None if faulty else evaluated.started


def _options_after_script(state: Peeling) -> None:
    """Note launcher options among the script's arguments."""
    if state.script is None:
        return
    used = [launcher for use in state.uses if (launcher := launcher_named(use.name)) is not None]
    script = state.script.text.value if isinstance(state.script.text, Known) else "the script"
    for word in state.arguments:
        name = word.literal_prefix.partition("=")[0]
        if not name.startswith("--"):
            continue
        owner = next((launcher for launcher in (*used, TORCHRUN) if name in launcher.distinct), None)
        if owner is not None:
            state.problems.append(OptionAfterScript(owner.name, name, script, word.span_of(0, len(name))))
