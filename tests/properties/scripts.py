"""Strategies for whole shell scripts that start programs: every form of bash that launch scripts use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.properties.script_project import FOLDERS, Scripts
from tests.properties.script_words import ARRAYS, BLANKED, SCALARS, TEXTS, Limits, WordWriter


@dataclass
class Writer(WordWriter):
    """Writes one script by drawing; remembers which names are defined and how deep it stands."""

    functions: list[str] = field(default_factory=list)
    counters: int = 0
    depth: int = 0
    loops: int = 0

    def fresh(self) -> str:
        self.counters += 1
        return f"{self.limits.prefix}n{self.counters}"

    def statement(self) -> str:
        kinds = _SIMPLE if self.depth >= self.limits.depth else _SIMPLE + _COMPOUND
        return self.pick(kinds)(self)

    def body(self, low: int = 1, high: int = 3) -> str:
        self.depth += 1
        found = "\n".join(self.statement() for _ in range(self.number(low, high)))
        self.depth -= 1
        # a body of nothing but comments is a syntax error
        return found if any(line and line[0] != "#" for line in found.split("\n")) else ":"

    def launch(self) -> str:
        program = self.pick(
            ("python train.py", "python train.py", "torchrun --nproc-per-node 2 train.py", "python -m eval")
        )
        before = self.pick(("", "", "", "", "A=1 ", "CUDA_VISIBLE_DEVICES=0,1 ", "PYTHONPATH=. B=$A "))
        after = self.pick(
            (
                "",
                "",
                "",
                "",
                "",
                " # note",
                ' > "$ROOT/out.log"',
                " 2>&1",
                " | tee log",
                " || exit 1",
                " && true",
            )
        )
        return f"{before}{program} {self.words(0, 4)}{after}"

    def launch_from_variable(self) -> str:
        return self.pick(
            (
                'CMD="python train.py $A"\n$CMD k=1',
                'CMD=(python train.py "$A" \'x y\')\n"${CMD[@]}" k=1',
                'CMD=(python train.py)\nCMD+=("${ARGS[@]}")\n"${CMD[@]}"',
                "RUN=python\n$RUN train.py $A",
                'CMD="python train.py k=\'a b\' $A"\neval "$CMD"',
                "PY='env python'\n$PY train.py x",
            )
        )

    def value(self) -> str:
        return self.draw(
            st.one_of(
                st.sampled_from([*TEXTS, "'a b'", '" a  b "', "'*.py'", "x=y", '""', ""]),
                st.builds(self.word),
                st.builds(self.double),
            )
        )

    def assignment(self) -> str:
        operator = self.pick(("=", "=", "=", "+="))
        before = self.pick(("", "", "", "", "export ", "declare " if operator == "=" else ""))
        return f"{before}{self.pick(SCALARS)}{operator}{self.value()}"

    def blanked(self) -> str:
        return f'{self.pick(SCALARS)}="{self.pick(BLANKED)}"'

    def array_assignment(self) -> str:
        name = self.pick(ARRAYS)
        return self.pick(
            (
                f"{name}=({self.words(0, 4)})",
                f"{name}=({self.words(0, 4)})",
                f"{name}+=({self.words(1, 2)})",
                f"{name}+=({self.words(1, 2)})",
                f"{name}=(\n  {self.word()}  # note\n  {self.word()}\n)",
                f"{name}[{self.pick(('0', '1', '3'))}]={self.value()}",
                f"{name}=([2]=x y)",
                f"declare -a {name}=({self.words(0, 2)})",
                f"unset {name}",
                f"{name}=scalar",
                f"{name}+=tail",
            )
        )

    def export(self) -> str:
        return self.pick(
            ("export A", "export B=2", "export A B", "unset A", "export -n A", "unset C", "declare -x C=5")
        )

    def positionals(self) -> str:
        return self.pick((f"set -- {self.words(0, 3)}", 'set -- "$@" z', "shift", 'set -- a "b c" d'))

    def split_at(self) -> str:
        separator = self.pick((",", ":", "/", ""))
        return f"IFS='{separator}'\n{self.launch()}\nunset IFS"

    def change_folder(self) -> str:
        folder = self.pick(FOLDERS)
        return self.pick((f"cd {folder}", f"pushd {folder} > /dev/null", 'cd "$ROOT" && cd conf', "cd -"))

    def there_and_back(self) -> str:
        folder = self.pick(FOLDERS)
        return self.pick(
            (
                f"( cd {folder} && {self.launch()}\n)",
                f"pushd {folder}\n{self.launch()}\npopd",
                f"cd {folder}\n{self.launch()}\ncd - > /dev/null",
            )
        )

    def call(self) -> str:
        if not self.functions:
            return self.launch()
        return f"{self.pick(self.functions)} {self.words(0, 3)}"

    def other_script(self) -> str:
        if self.limits.other is None:
            return self.launch()
        other = self.limits.other
        return self.pick(
            (f"source {other}", f". ./{other} {self.words(1, 2)}", f"bash {other} {self.words(0, 3)}")
        )

    def here_document(self) -> str:
        return self.pick(
            (
                'cat > "$ROOT/made.txt" <<EOF\npython train.py not this\nEOF',
                "cat <<'END' > \"$ROOT/made.txt\"\npython train.py $A\nEND",
                "cat <<-EOF\n\tpython train.py nor this\n\tEOF",
                f"bash <<EOF\npython train.py {self.pick(('$A', 'x', '${B%.*}'))} k=1\nEOF",
                "bash <<'EOF'\nA=5\npython train.py k=$A\nEOF",
                'python train.py - <<< "$A"',
            )
        )

    def ignored(self) -> str:
        return self.pick(
            (
                "# python train.py",
                "echo $A",
                ":",
                "true",
                'mkdir -p "$ROOT/out/x"',
                "sleep 1",
                "wait",
                "",
            )
        )

    # compound statements

    def condition(self) -> str:
        """A condition that the text decides."""
        name, text = self.pick(SCALARS), self.pick(("a", "1", '""', "lr", '"a b"', "$B", '"$C"'))
        return self.pick(
            (
                f'[ -z "${name}" ]',
                f'[ -n "${name}" ]',
                f'[ "${name}" = {text if text not in ("$B",) else "x"} ]',
                f'[ "${name}" != "{self.literal()}" ]',
                f"[[ ${name} == {text} ]]",
                f"[[ ${name} == {self.pick(('a*', '*b', '?', '[0-9]*', '*/*'))} ]]",
                f'[[ "${name}" != {text} ]]',
                f"[[ -z ${name} || ${name} == a* ]]",
                f"[[ -n ${name} && ! ${name} == 1 ]]",
                f"[[ ${name} =~ ^[0-9]+$ ]]",
                f'test -n "${name}"',
                f"(( {self.expression()} ))",
                f"[ {self.number(0, 3)} {self.pick(('-gt', '-eq', '-lt', '-ne', '-ge', '-le'))} 2 ]",
                f"[ $# {self.pick(('-gt', '-eq', '-lt'))} 1 ]" if self.inside else "true",
                "[ ${#ARGS[@]} -gt 1 ]",
                '[[ -f "$ROOT/train.py" ]]',
                "[ -d $ROOT/conf ]",
                "[ -e nowhere ]" if self.limits.arguments else '[ -e "$ROOT"/x.py ]',
                "! true",
                "false",
                "[ 1 -eq 1 ] && [ 2 -lt 1 ]",
                f'[ -z "${{{name}:-}}" ]',
                f"[[ -v {name} ]]",
            )
        )

    def conditional(self) -> str:
        elif_part = f"elif {self.condition()}; then\n{self.body()}\n" if self.number(0, 2) == 0 else ""
        else_part = f"else\n{self.body()}\n" if self.number(0, 1) else ""
        return f"if {self.condition()}; then\n{self.body()}\n{elif_part}{else_part}fi"

    def short_conditional(self) -> str:
        operator = self.pick(("&&", "||"))
        return self.pick(
            (
                f"{self.condition()} {operator} {self.launch()}",
                f"{self.condition()} && A=yes || A=no",
                f"{self.condition()} {operator} {{ {self.launch()}\n}}",
            )
        )

    def choice(self) -> str:
        subject = self.pick(('"$A"', "$B", "${C:-a}", "a", '"$1"' if self.inside else "$LR"))
        branches = []
        for _ in range(self.number(1, 3)):
            patterns = " | ".join(
                self.pick(("a", "b", "1", "*b*", "lr", '""', "[0-9]*", "a*", "'a b'", "$B"))
                for _ in range(self.number(1, 2))
            )
            opening, closing = self.pick(("", "(")), self.pick((";;", ";;", ";;", ";&", ";;&"))
            branches.append(f"  {opening}{patterns}) {self.body(1, 2)}\n  {closing}")
        if self.number(0, 1):
            branches.append(f"  *) {self.body(1, 1)} ;;".replace(" ;;", "\n  ;;"))
        lines = "\n".join(branches)
        return f"case {subject} in\n{lines}\nesac"

    def looped(self) -> str:
        """The body of a loop, perhaps left early."""
        self.loops += 1
        found = self.body(1, 2)
        self.loops -= 1
        leave = self.pick(("break", "continue", "break", "continue", "break 2" if self.loops else "break"))
        early = self.pick(
            ("", "", "", f"{self.condition()} && {leave}\n", f"if {self.condition()}; then {leave}; fi\n")
        )
        return early + found

    def over_words(self) -> str:
        name = self.pick(("A", "B", "LR", "item"))
        items = self.pick(
            (
                self.words(0, 3),
                "1 2",
                "{1..3}",
                '"${ARGS[@]}"',
                "${list[@]}",
                "$(seq 2)",
                "$A",
                "a 'b c'",
                "*.py",
                "${!ARGS[@]}",
            )
        )
        do = self.pick(("; do", "\ndo"))
        return f"for {name} in {items}{do}\n{self.looped()}\ndone"

    def over_arguments(self) -> str:
        if not self.inside:
            return self.over_words()
        source = self.pick(("", ' in "$@"'))
        return f"for A{source}; do\n{self.looped()}\ndone"

    def counted(self) -> str:
        name = self.fresh()
        step = self.pick((f"{name}++", f"{name}+=2", f"++{name}", f"{name} = {name} + 1"))
        return f"for (({name}=0; {name}<{self.number(1, 4)}; {step})); do\nA=${name}\n{self.looped()}\ndone"

    def while_counting(self) -> str:
        name = self.fresh()
        condition, step = self.pick(
            (
                (f"[ ${name} -lt 3 ]", f"{name}=$(({name} + 1))"),
                (f"(( {name} < 2 ))", f"(({name}++))"),
                (f"[[ ${name} -le 2 ]]", f"let {name}+=1"),
            )
        )
        return f"{name}=0\nwhile {condition}; do\n{step}\n{self.looped()}\ndone"

    def until_counting(self) -> str:
        name = self.fresh()
        return f"{name}=2\nuntil [ ${name} -eq 0 ]; do\n(( {name}-- ))\n{self.looped()}\ndone"

    def function(self) -> str:
        name = f"{self.limits.prefix}f{len(self.functions)}"
        outer, loops, depth = self.inside, self.loops, self.depth
        self.inside, self.loops = True, 0
        local = self.pick(
            ("", "", "local A=$1\n", "local B\n", 'local A="$1" LR=5\n', 'local -a list=("$@")\n', "shift\n")
        )
        body = self.body(1, 3)
        leave = self.pick(("", "", "", "\nreturn 0", "\nreturn 1"))
        self.inside, self.loops, self.depth = outer, loops, depth
        self.functions.append(name)
        head = self.pick((f"{name}() {{", f"function {name} {{", f"{name} ()\n{{"))
        return f"{head}\n{local}{body}{leave}\n}}\n{name} {self.words(0, 3)}"

    def subshell(self) -> str:
        return f"(\n{self.body()}\n)"

    def group(self) -> str:
        return f"{{\n{self.body()}\n}}" + self.pick(("", ' > "$ROOT/log"', " 2>&1 | tee log"))

    def start(self) -> str:
        """Variables that the environment may have are set or removed, so that the text tells all."""
        scalars = [
            self.pick((f"{name}={self.literal()}", f"unset {name}", f"{name}='{self.literal()}'"))
            for name in SCALARS
        ]
        arrays = [self.pick((f"{name}=()", f"{name}=({self.words(0, 3)})")) for name in ARRAYS]
        return "\n".join(["cd .\nn=4 ref=A ARGS=() list=()\nunset CMD", *scalars, *arrays])

    def script(self, start: str = "") -> str:
        head = self.pick(("#!/bin/bash\n", "", "#!/usr/bin/env bash\n"))
        lines = [self.statement() for _ in range(self.number(1, self.limits.statements))]
        return head + start + "\n".join([*lines, self.launch()]) + "\n"


Step = Callable[[Writer], str]

_SIMPLE: tuple[Step, ...] = (
    Writer.launch,
    Writer.launch,
    Writer.launch,
    Writer.launch_from_variable,
    Writer.assignment,
    Writer.assignment,
    Writer.blanked,
    Writer.array_assignment,
    Writer.export,
    Writer.positionals,
    Writer.split_at,
    Writer.change_folder,
    Writer.there_and_back,
    Writer.call,
    Writer.other_script,
    Writer.here_document,
    Writer.ignored,
    Writer.short_conditional,
)
_COMPOUND: tuple[Step, ...] = (
    Writer.conditional,
    Writer.choice,
    Writer.over_words,
    Writer.over_arguments,
    Writer.counted,
    Writer.while_counting,
    Writer.until_counting,
    Writer.function,
    Writer.subshell,
    Writer.group,
)


@st.composite
def scripts(draw: st.DrawFn, given_arguments: bool = False) -> Scripts:
    """Two scripts of which the first may start or read the second.

    Without arguments every launch is told by the text alone; with them conditions may hang on the arguments.
    """
    other = Writer(draw, Limits(depth=1, statements=2, arguments=given_arguments, prefix="o"))
    main = Writer(draw, Limits(arguments=given_arguments, other="other.sh"))
    texts = [main.script(f"export ROOT=$(pwd)\n{main.start()}\n"), other.script(f"{other.start()}\n")]
    arguments = (
        draw(st.lists(st.sampled_from(["a", "k=v", "x y", "1"]), max_size=3)) if given_arguments else []
    )
    return Scripts(texts[0], texts[1], tuple(arguments))
