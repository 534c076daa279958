"""A Python file's text in, the launches that it would make out; nothing of it is executed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from copy import copy
from functools import partial
from pathlib import Path

from trainlint.facts.launch import Form, JobFacts, LaunchText, TableEntryError
from trainlint.facts.module import ModuleFacts
from trainlint.facts.value import Known, Unknown
from trainlint.parse.python.launching.commandline import is_command
from trainlint.parse.python.launching.evidence import looks_like_python_launcher
from trainlint.parse.python.launching.frame import Frame, LoopLeft, Raised, Returned, Run
from trainlint.parse.python.launching.imports import Modules, module_frames
from trainlint.parse.python.launching.jobs import jobs_of
from trainlint.parse.python.launching.machine import Interpreter, enter
from trainlint.parse.python.launching.notes import Notes
from trainlint.parse.python.launching.route import MAX_STEPS, Exploration, Route, Yield
from trainlint.parse.python.launching.values import Blueprint, Call, Code, Instance, Table, Value
from trainlint.parse.python.module import read_module
from trainlint.parse.python.scope import Function
from trainlint.parse.shell.state import Text
from trainlint.source import Files, SourceFile, Span


def read_python_launcher(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    """The commands that a program would run, on every way through it that is tried."""
    module = read_module(source)
    if module.problem is not None:
        unread = Unknown(f"it cannot be parsed: {module.problem.message}", module.problem.span)
        return LaunchText(source.display, (), (), form=Form.PYTHON, unverified=(unread,))
    reader = _Reader(module, directory, files)
    complete = reader.read()
    reason = "there are too many ways through this launcher; not all of them are followed"
    unverified = () if complete else (Unknown(reason, Span.at(source.display)),)
    jobs = tuple(sorted(reader.jobs, key=lambda job: (job.span, job.command.span)))
    faults = sorted(reader.faults, key=lambda fault: (fault.span, fault.message))
    if not jobs:
        faults = [fault for fault in faults if fault.certain and looks_like_python_launcher(source)]
    return LaunchText(
        source.display,
        jobs,
        (),
        form=Form.PYTHON,
        shell_problems=tuple(faults),
        unverified=unverified if jobs or faults else (),
    )


class _Reader:
    """Follows the program from its start, then each function that starts programs and was not reached."""

    def __init__(self, module: ModuleFacts, directory: Path, files: Files) -> None:
        self.module = module
        self.directory = directory
        self.files = files
        self.modules = Modules(files, tuple(dict.fromkeys((module.path.parent, directory))))
        self.jobs: list[JobFacts] = []
        self.faults: dict[TableEntryError, None] = {}
        self.entered: set[ast.AST] = set()
        self.seen: set[object] = set()
        self.notes = Notes()

    def read(self) -> bool:
        """Follow everything; whether nothing was left out."""
        left = MAX_STEPS
        start = Exploration(partial(self._follow, root=None))
        left -= start.advance(left // 2)
        explorations = [start]
        functions = list(starting_functions(self.module.tree))
        for index, function in enumerate(functions):
            if function not in self.entered:
                root = function if is_command(function) else _without_defaults(function)
                self.entered.add(root)
                explorations.append(Exploration(partial(self._follow, root=root)))
                left -= explorations[-1].advance(left // (len(functions) - index + 1))
        for exploration in explorations:
            left -= exploration.advance(left)
        return all(exploration.complete for exploration in explorations)

    def _follow(self, route: Route, root: Function | None) -> Yield:
        """Follow one way; what it led to that no other way led to."""
        launches, code = len(self.jobs) + len(self.faults), len(self.entered)
        run = self._run(route)
        frame = Frame(run, self.module)
        here = Span.at(self.module.display)
        frame.variables["__name__"] = Text(("__main__" if root is None else "launcher",), (here,))
        frame.variables["__file__"] = Text((str(self.module.path),), (here,))
        try:
            run.machine.block(self.module.tree.body, frame)
            if root is not None:
                run.starts.clear()
                _enter_root(root, frame)
        except Raised as raised:
            if raised.fault is not None:
                run.faults.append(raised.fault)
        except (Returned, LoopLeft, RecursionError):
            pass
        finally:
            self._keep(run)
        if len(self.jobs) + len(self.faults) > launches:
            return Yield.LAUNCH
        return Yield.CODE if len(self.entered) > code else Yield.NOTHING

    def _run(self, route: Route) -> Run:
        here = Span.at(self.module.display)
        unknown = Unknown("the environment is only known at run time", here)
        runs: list[Run] = []
        run = Run(
            self.files,
            self.directory,
            route,
            Interpreter(),
            Table({}, here, unknown),
            Known(self.directory, here),
            module_frames(lambda: runs[0], self.modules),
            self.notes,
        )
        runs.append(run)
        return run

    def _keep(self, run: Run) -> None:
        self.entered |= run.entered
        self.faults.update(dict.fromkeys(run.faults))
        for start in run.starts:
            given = (start.words, start.place, start.directory, *sorted(start.exported.items(), key=_name))
            if given in self.seen:
                continue
            self.seen.add(given)
            for job in jobs_of(start, run):
                words = tuple((word.parts, word.spans) for word in job.command.words)
                exported = {name: value for name, value in job.exported.items() if _matters(name, job)}
                key = (words, job.command.span, job.directory, *sorted(exported.items(), key=_name))
                if key not in self.seen:
                    self.seen.add(key)
                    self.jobs.append(job)


def _matters(variable: str, job: JobFacts) -> bool:
    """Whether a variable can change what is said of a launch; a shell script may ask for any."""
    return variable == "PYTHONPATH" or any(
        word.raw.endswith((".sh", ".slurm", ".sbatch")) for word in job.command.words
    )


def _name(item: tuple[str, object]) -> str:
    return item[0]


def starting_functions(tree: ast.Module) -> Iterator[Function]:
    """The functions and methods that start a program themselves."""
    for node in ast.walk(tree):
        if isinstance(node, Function) and _STARTS_CALL.search(ast.unparse(node)):
            yield node


_STARTS_CALL = re.compile(
    r"\b(?:run|call|check_call|check_output|Popen|system|popen|main|CommandFunction|getoutput|create_subprocess_\w+"
    r"|(?:exec|spawn)[lv]p?e?|posix_spawnp?)\("
)


def _enter_root(function: Function, frame: Frame) -> None:
    """Follow a function as if somebody called it with arguments that are not known."""
    call = Call(ast.Call(ast.Name(function.name), [], []), frame, "", (), {}, None, frame.place(function))
    owner: Value | None = None
    for statement in frame.module.tree.body:
        if isinstance(statement, ast.ClassDef) and any(_is_same(function, node) for node in statement.body):
            blueprint = frame.find(statement.name)
            owner = Instance(blueprint, {}, call.span) if isinstance(blueprint, Blueprint) else None
    enter(Code(function, frame, owner), call)


def _is_same(function: Function, node: ast.stmt) -> bool:
    """Whether a function is this one, with its defaults or without."""
    return isinstance(node, Function) and node.body is function.body


def _without_defaults(function: Function) -> Function:
    """The function with every parameter required: who calls it may give any value."""
    made, parameters = copy(function), copy(function.args)
    parameters.defaults = []
    parameters.kw_defaults = [None] * len(parameters.kwonlyargs)
    made.args = parameters
    return made
