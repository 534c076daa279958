"""Steps that define a parser in, the facts of the finished parser out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from trainlint.facts.arguments import (
    COMMAND,
    Argument,
    ArgumentAction,
    CommandLineFacts,
    ExclusiveGroup,
    ParserKind,
    Subcommands,
)
from trainlint.facts.value import Unknown
from trainlint.source import Span


@dataclass(slots=True, eq=False)
class Draft:
    """An argument that may still change."""

    argument: Argument


@dataclass(slots=True, eq=False)
class ExclusiveDraft:
    """A mutually exclusive group that is still being filled."""

    required: bool | None
    certain: bool
    members: list[Draft] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class CommandsBuilder:
    """Subcommands that are still being defined; `names` keeps the parser of each name and alias.

    `place` is how many positional arguments stand in front of them.
    """

    span: Span
    dest: str | None
    metavar: str | None
    required: bool | None
    certain: bool
    place: int = 0
    names: dict[str, ParserBuilder] = field(default_factory=dict)
    open: Unknown | None = None


@dataclass(slots=True, eq=False)
class ParserBuilder:
    """A parser that is still being defined.

    `opaque` says that code does something to it that cannot be read: then nothing is known of it.
    """

    span: Span
    kind: ParserKind = ParserKind.ARGPARSE
    prefix_chars: str = "-"
    from_file: str = ""
    abbreviates: bool | None = True
    drafts: list[Draft] = field(default_factory=list)
    exclusive: list[ExclusiveDraft] = field(default_factory=list)
    commands: CommandsBuilder | None = None
    open: Unknown | None = None
    opaque: Unknown | None = None
    #: What the program gets of arguments that are not given and state no default, where it is not None.
    unstated: Unknown | None = None
    suppresses: bool = False

    def add(self, argument: Argument, group: ExclusiveDraft | None = None) -> Draft:
        """Define an argument; of two definitions of one option the later holds what names are its own."""
        if argument.default is None and not argument.suppressed:
            initial = argument.initial if self.unstated is None else self.unstated
            argument = replace(argument, initial=initial, suppressed=self.suppresses)
        for draft in self.drafts:
            if set(draft.argument.names) & set(argument.names):
                argument = self._again(draft, argument)
        draft = Draft(argument)
        self.drafts = [entry for entry in self.drafts if entry.argument.names or not entry.argument.unknown]
        self.drafts.append(draft)
        if group is not None:
            group.members.append(draft)
        return draft

    def _again(self, draft: Draft, argument: Argument) -> Argument:
        """A second definition of an option: on the branches of a condition either may hold."""
        old = draft.argument
        kept = tuple(name for name in old.names if name not in argument.names)
        draft.argument = replace(old, names=kept, required=False)
        if not kept:
            self.drafts.remove(draft)
        if old.certain and argument.certain:
            return argument
        same = replace(old, span=argument.span, certain=argument.certain, names=argument.names) == argument
        if same:
            return replace(argument, certain=False)
        reason = Unknown(f"`{argument.display}` is defined in two ways", argument.span)
        return replace(argument, certain=False, nargs=reason, choices=None, unknown=reason)

    def inherit(self, parent: ParserBuilder) -> None:
        """`parents=[…]`: the arguments and groups that the parent has by now."""
        for draft in parent.drafts:
            self.drafts.append(draft)
        self.exclusive += parent.exclusive
        self.commands = self.commands or parent.commands
        self.open = self.open or parent.open
        self.opaque = self.opaque or parent.opaque

    def copy(self) -> ParserBuilder:
        """A deep copy."""
        new = {draft: Draft(draft.argument) for draft in self.drafts}
        groups = [
            ExclusiveDraft(group.required, group.certain, [new[m] for m in group.members if m in new])
            for group in self.exclusive
        ]
        return replace(self, drafts=list(new.values()), exclusive=groups)

    def facts(self) -> CommandLineFacts:
        """What the parser accepts as it stands now."""
        arguments = [draft.argument for draft in self.drafts]
        positionals = [argument for argument in arguments if not argument.is_option]
        commands = self._commands()
        if commands is not None and self.commands is not None:
            positionals.insert(self.commands.place, _choice_of(commands))
        return CommandLineFacts(
            self.kind,
            self.span,
            options=tuple(argument for argument in arguments if argument.is_option),
            positionals=tuple(positionals),
            exclusive=tuple(
                ExclusiveGroup(tuple(m.argument for m in group.members), group.required, group.certain)
                for group in self.exclusive
            ),
            subcommands=commands,
            open=self.open,
            prefix_chars=self.prefix_chars,
            from_file=self.from_file,
            abbreviates=self.abbreviates,
        )

    def _commands(self) -> Subcommands | None:
        made = self.commands
        if made is None:
            return None
        names = ",".join(made.names)
        display = made.metavar or made.dest or "{" + names + "}"
        parsers = tuple((name, builder.facts()) for name, builder in made.names.items())
        return Subcommands(made.dest, display, made.required, parsers, made.span, made.open, made.certain)

    @property
    def trouble(self) -> Unknown | None:
        """Why nothing is known of this parser or of one of its commands."""
        inner = self.commands.names.values() if self.commands is not None else ()
        return self.opaque or next((found for builder in inner if (found := builder.trouble)), None)


def _choice_of(commands: Subcommands) -> Argument:
    """The positional argument that chooses a command."""
    choices = None if commands.open is not None else tuple(name for name, _ in commands.parsers)
    return Argument(
        (),
        commands.dest or "command",
        commands.span,
        commands.display,
        action=ArgumentAction.CUSTOM,
        nargs=COMMAND,
        choices=choices,
        required=commands.required,
        certain=commands.certain,
    )
