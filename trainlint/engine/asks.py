"""What a user asks of `trainlint parity`, on a command line or in Python, in; the two sides to run out."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from trainlint.engine.sides import ParityError, SideAsk, side_of, trainer_side
from trainlint.parity.bounds import Bounds
from trainlint.parity.golden import Golden, GoldenError, read
from trainlint.parity.launch import Limits
from trainlint.parity.mapping import Given, MappingError, read_mapping
from trainlint.parity.sides import Side
from trainlint.record import record
from trainlint.source import Files, Unreadable

#: Bytes that a run may hold if nobody says otherwise: what leaves the machine some.
MEMORY = min(64 << 30, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 9 // 10)
#: Seconds that a run may take, and its updates if nobody says otherwise.
TIMEOUT = 600.0
STEPS = 10

StrPath = str | os.PathLike[str]
REFERENCE, CANDIDATE = "reference", "candidate"


@record
class OneSide:
    """What is said of one side, or of both: arguments, variables, where it is started, in how many ranks."""

    arguments: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    folder: Path = Path()
    processes: int | None = None


@record
class Request:
    """What is asked for.

    `programs` are the reference and the candidate; one alone where something else is the other side: the
    recording in the file `against`, the bundled trainer with the words in `trainer`, or with `resume_at` the
    program itself without interruption. `mapping` is a file that says which parameters are which. None leaves
    something to the defaults.
    """

    programs: tuple[str, ...]
    both: OneSide = OneSide()
    reference: OneSide = OneSide()
    candidate: OneSide = OneSide()
    python: str = sys.executable
    processes: int | None = None
    steps: int | None = None
    timeout: float = TIMEOUT
    memory: int = MEMORY
    exact: bool = False
    rtol: float | None = None
    compiled: bool = False
    in_place: bool = False
    against: StrPath | None = None
    trainer: tuple[str, ...] | None = None
    resume_at: int = 0
    resume_arguments: tuple[str, ...] = ()
    atol: float | None = None
    mapping: StrPath | None = None


@record
class ParityAsk:
    """The two sides, how many updates of them, within which limits, and what counts as equal.

    A `recording` stands in for runs of the reference. With `resume_at` the candidate is stopped after so many
    updates, and started again where it was with `resume_arguments` added.
    """

    reference: Side
    candidate: Side
    steps: int
    limits: Limits
    bounds: Bounds
    compiled: bool
    in_place: bool
    recording: Golden | None = None
    resume_at: int = 0
    resume_arguments: tuple[str, ...] = ()
    given: tuple[Given, ...] = ()


def asked(request: Request) -> ParityAsk:
    """The sides of a comparison. Raises ParityError where they cannot be started, or make no sense."""
    _refuse(request)
    if request.against is not None:
        (program,) = _programs(request.programs, 1, "beside a recording stands the candidate alone")
        golden = _recording(Path(request.against))
        return _ask(request, golden.trial.side, _side(CANDIDATE, program, request), golden)
    if request.trainer is not None:
        (program,) = _programs(request.programs, 1, "beside the trainer stands the candidate alone")
        return _ask(request, _trainer(request), _side(CANDIDATE, program, request))
    alone = bool(request.resume_at) and len(request.programs) == 1
    if alone:
        _refuse_mapping(request)
    programs = request.programs * 2 if alone else request.programs
    reference, candidate = _programs(programs, 2, "name the reference and the candidate")
    return _ask(request, _side(REFERENCE, reference, request), _side(CANDIDATE, candidate, request))


def asked_alone(request: Request) -> ParityAsk:
    """One program to be watched. Raises ParityError."""
    _refuse_second(request)
    _refuse_mapping(request)
    if request.trainer is not None:
        _programs(request.programs, 0, "beside the trainer stands no other program")
        side = _trainer(request)
    else:
        (program,) = _programs(request.programs, 1, "name the one program that is watched")
        side = _side(REFERENCE, program, request)
    return _ask(request, side, side)


def _refuse(request: Request) -> None:
    others = {"a recording": request.against is not None, "the trainer": request.trainer is not None}
    given = [name for name, is_given in others.items() if is_given]
    if len(given) > 1:
        raise ParityError(f"{' and '.join(given)} are both the reference: give one of them")
    if request.resume_at and given:
        raise ParityError(f"a resumed run is compared with one of a program, not with {given[0]}")
    if request.resume_arguments and not request.resume_at:
        raise ParityError("arguments of a resumed run are given, and no update that it is stopped after")
    if request.against is not None and (request.reference != OneSide() or request.compiled):
        raise ParityError("a recording was started as it says: nothing can be given to the reference alone")


def _refuse_mapping(request: Request) -> None:
    if request.mapping is not None:
        raise ParityError(
            "a mapping says which parameters of two programs are which, and there is one program"
        )


def _refuse_second(request: Request) -> None:
    """What is said of a comparison where there is none."""
    if request.against is not None or request.resume_at or request.resume_arguments:
        raise ParityError("one program alone is watched: no recording and no second run belong to it")
    if request.candidate != OneSide():
        raise ParityError("one program alone is watched: nothing can be given to the candidate")
    if request.exact or request.rtol is not None or request.atol is not None:
        raise ParityError("one program alone is watched: there is nothing that may differ")


def _programs(programs: Sequence[str], count: int, said: str) -> Sequence[str]:
    if len(programs) != count:
        raise ParityError(f"{said}; there are {len(programs)}: {' '.join(programs) or 'none'}")
    return programs


def _ask(request: Request, reference: Side, candidate: Side, golden: Golden | None = None) -> ParityAsk:
    for name, value in (("a relative", request.rtol), ("an absolute", request.atol)):
        if request.exact and value is not None:
            raise ParityError(f"exact allows nothing and {name} tolerance does: give one of them")
    steps = request.steps or (STEPS if golden is None else golden.trial.updates)
    if request.resume_at >= steps:
        raise ParityError(f"a run of {steps} updates that is stopped after {request.resume_at} leaves none")
    return ParityAsk(
        reference=reference,
        candidate=candidate,
        steps=steps,
        limits=Limits(request.timeout, request.memory),
        bounds=Bounds(request.exact, request.rtol, request.atol),
        compiled=request.compiled,
        in_place=request.in_place,
        recording=golden,
        resume_at=request.resume_at,
        resume_arguments=request.resume_arguments,
        given=_mapped(request.mapping),
    )


def _mapped(mapping: StrPath | None) -> tuple[Given, ...]:
    """The lines of a file of names. Raises ParityError."""
    if mapping is None:
        return ()
    source = Files(Path.cwd()).read(Path(os.path.abspath(mapping)))
    if isinstance(source, Unreadable):
        raise ParityError(f"cannot read {source.display}: {source.reason}")
    try:
        return read_mapping(source.text, source.display)
    except MappingError as error:
        raise ParityError(str(error)) from error


def _side(name: str, program: str, request: Request) -> Side:
    return side_of(_side_ask(name, program, request, request.both.arguments))


def _trainer(request: Request) -> Side:
    """The bundled trainer; the arguments of both scripts are not for it."""
    return trainer_side(_side_ask(REFERENCE, "", request, request.trainer or ()))


def _side_ask(name: str, program: str, request: Request, arguments: Sequence[str]) -> SideAsk:
    """What is said of a side: the arguments given come before its own."""
    own = request.reference if name == REFERENCE else request.candidate
    return SideAsk(
        name=name,
        program=program,
        arguments=(*arguments, *own.arguments),
        folder=own.folder,
        variables=(*request.both.variables, *own.variables),
        python=request.python,
        processes=own.processes or request.processes,
    )


def _recording(path: Path) -> Golden:
    try:
        return read(path)
    except GoldenError as error:
        raise ParityError(str(error)) from error
