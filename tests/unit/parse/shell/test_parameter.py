"""What parameters stand for: what is known, what is not, and where known text is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.parse.shell.support import shell_in, texts_of, words_of
from trainlint.facts.value import Unknown

CASES = {
    "a default stands for what nothing sets": ("p ${V:-d} ${V-d} ${1:-e}", ["d", "d", "e"]),
    "what nothing sets is known only to the environment": ("p $V", ["?*"]),
    "quoted, it is one word": ('p "$V"', ["?"]),
    "an alternative needs a value": ('p x${V:+y} "${1+z}"', ["x", ""]),
    "every login has a home": ("p ${HOME:-x}", ["?*"]),
    "an unset variable is empty": ('unset V; p x$V "$V"', ["x", ""]),
    "part of a value may be known": ("V=a$U; p ${V:+set} ${V:-d}", ["set", "?*"]),
    "an unknown value may be empty": ("V=$U; p ${V:+set} ${V+set}", ["?*", "set"]),
    "arguments are any number of words": ('p "$@" x $@', ["?*", "x", "?*"]),
    "arguments in an array are any number": (
        'A=("$@" b); p "${A[@]}" ${A[0]} ${#A[@]}',
        ["?*", "b", "?*", "?*"],
    ),
    "what is behind them is counted from the end": ('A=("$@" b); p "${A[-1]}"', ["b"]),
    "known arguments": ('set -- a "b c"; p $# "$@" ${2%c}', ["2", "a", "b c", "b"]),
    "shift": ("set -- a b; shift; p $1 $#", ["b", "1"]),
    "an associative array has no order": (
        'declare -A M=([a]=1 [b]=2); p "${M[@]}" ${M[b]} ${#M[@]}',
        ["?*", "2", "2"],
    ),
    "a variable that names another": ('T=x.y; N=T; p "${!N}" ${!N#x}', ["x.y", ".y"]),
    "a value to come": ('V=$(date); p "run_$V" ${#V}', ["?", "?*"]),
    "an integer attribute": ("declare -i N=1+1; N+=2; p $N; N=N*2; p $N", ["8"]),
    "appended to the environment's": ('V+=x; p "$V"', ["?"]),
    "letters of other languages": ("V=é; p ${V^^}", ["?*"]),
    "division by zero": ("p $((1/0))", ["?*"]),
    "a counter": ("N=1; let N+=2; p $N $((N*2))", ["3", "6"]),
    "read input": ("read -r V; p $V", ["?*"]),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_values(text: str, expected: list[str]) -> None:
    assert texts_of(text) == expected


def test_default_is_assigned() -> None:
    shell = shell_in()
    texts_of("p ${V:=d}", shell)
    assert texts_of("p $V", shell) == ["d"]


def test_uses_of_what_nothing_sets_are_noted() -> None:
    shell = shell_in()
    words_of("A=1; p $A $B ${C:-d} ${D+x} ${E%x} $HOME $PWD $1 $?", shell)
    assert [(reading.name, reading.span.column) for reading in shell.readings] == [("B", 11), ("E", 29)]


def test_deep_nesting_is_left_to_the_shell() -> None:
    text = "${V:-" * 300 + "x" + "}" * 300
    assert texts_of(f"p {text}") == ["?*"]


def test_an_endless_value_of_a_number_is_not_followed() -> None:
    assert texts_of("A=B+B B=A+A; p $((A))") == ["?*"]
    assert texts_of(f"p $(({'(' * 3000}1{')' * 3000}))") == ["?*"]


def place(text: str, part: str) -> tuple[int, int]:
    """Line and column to blame for a stretch of the last word."""
    word = words_of(text)[-1]
    known = word.text
    assert not isinstance(known, Unknown)
    start = known.value.index(part)
    span = word.span_of(start, start + len(part))
    return span.line, span.column


PLACES = {
    "a split value": ('ARGS="lr=1 arch.hiden=4"\np $ARGS', "arch.hiden", (1, 12)),
    "an element": ('A=(lr=1\n  arch.hiden=4)\np "${A[@]}"', "arch.hiden", (2, 3)),
    "appended": ('V="a=1"\nV+=" b=2"\np $V', "b=2", (2, 6)),
    "the word of a default": ("p ${V:-key=1}", "key", (1, 8)),
    "a part of a word": ('N=wide\np "arch=$N"', "wide", (1, 3)),
    "what is left of a value": ("F=conf/big.yaml\nF=${F#conf/}\np ${F%.yaml}", "big", (1, 8)),
    "a value through another": ("A=key=1\nB=$A\np $B", "key", (1, 3)),
    "a replacement": ("A=a_b\nB=x\np ${A/_/$B}", "x", (2, 3)),
    "upper case": ("A=ab\np ${A^^}", "AB", (1, 3)),
    "two values side by side": ("A=ab\nB=cd\np $A$B", "bc", (3, 3)),
    "an escape in between": ('A="x\\"yz"\np "$A"', "yz", (1, 7)),
    "the output of echo": ("A=ab\np $(echo $A)", "ab", (1, 3)),
}


@pytest.mark.parametrize(("text", "part", "expected"), PLACES.values(), ids=PLACES.keys())
def test_text_keeps_its_place(text: str, part: str, expected: tuple[int, int]) -> None:
    assert place(text, part) == expected


OUTPUTS = {
    "pwd": ("p $(pwd) `pwd`", ["FOLDER", "FOLDER"]),
    "cd and pwd": ('p "$(cd conf && pwd)"', ["FOLDER/conf"]),
    "the folder of a script": (
        'S=conf/a.yaml; p "$(cd -- "$(dirname -- "$S")" &>/dev/null && pwd)"',
        ["FOLDER/conf"],
    ),
    "dirname": ("p $(dirname a/b/c) $(dirname a) $(dirname /a) $(dirname a//)", ["a/b", ".", "/", "."]),
    "basename": ("p $(basename a/b.py .py) $(basename b.py) $(basename /)", ["b", "b.py", "/"]),
    "realpath": (
        "p $(realpath conf/../conf/a.yaml) $(readlink -f conf)",
        ["FOLDER/conf/a.yaml", "FOLDER/conf"],
    ),
    "a path that is not there": ("p $(realpath none/x)", ["?*"]),
    "seq": ("p $(seq 3) $(seq 2 2 5) $(seq 1 100000)", ["1", "2", "3", "2", "4", "?*"]),
    "printf": (
        "p $(printf '%s' a) $(printf '%s_%s\\n' a b) $(printf '%d' 1) $(printf '%.2f' 1)",
        ["a", "a_b", "1", "?*"],
    ),
    "echo": ('p "$(echo -n a  "b  c")" $(echo $V)', ["a b  c", "?*"]),
    "other programs": ("p $(date) $(cat x) `git rev-parse HEAD`", ["?*", "?*", "?*"]),
    "pipes": (
        "p $(echo a,b | cut -d, -f2 | tr b c) $(echo 1,2 | tr , '\\n' | wc -l) $(echo a | sort)",
        ["c", "2", "?*"],
    ),
    "a file": ("p $(< x)", ["?*"]),
    "a subshell changes nothing outside": ("N=1; p $(echo $((N++))) $N", ["1", "1"]),
}


@pytest.mark.parametrize(("text", "expected"), OUTPUTS.values(), ids=OUTPUTS.keys())
def test_outputs(text: str, expected: list[str], tmp_path: Path) -> None:
    folder = tmp_path.resolve()
    (folder / "conf").mkdir()
    (folder / "conf" / "a.yaml").touch()
    expected = [word.replace("FOLDER", str(folder)) for word in expected]
    assert texts_of(text, shell_in(folder)) == expected


ARRAYS = {
    "keys and holes": ('A=([2]=c [0]=a); A[5]=f; unset A[0]; p "${A[@]}" ${!A[@]}', ["c", "f", "2", "5"]),
    "appended": ('A=(a); A+=("b c"); A[0]+=x; p "${A[@]}"', ["ax", "b c"]),
    "comments and lines": ("A=(a # first\n b\n)\np ${A[@]}", ["a", "b"]),
    "a key that is not known": ('A=(a b); A[$U]=x; p "${A[@]}"', ["?*"]),
    "blanks in the key": ('A=(a b); A[0 + 1]=x; p "${A[@]}"', ["?*"]),
    "local makes a variable empty": ('V=a; local V; p "$V"', [""]),
    "a quoted declaration": ('export "V=a b"; p "$V"', ["a b"]),
    "a slice": ('A=(a b c d); p "${A[@]:1:2}" "${A[@]: -1}"', ["b", "c", "d"]),
    "each element": ('A=(a.py b.py); p "${A[@]%.py}" "${A[@]/#/x}"', ["a", "b", "xa.py", "xb.py"]),
}


@pytest.mark.parametrize(("text", "expected"), ARRAYS.values(), ids=ARRAYS.keys())
def test_arrays(text: str, expected: list[str]) -> None:
    assert texts_of(text) == expected


OPTIONS = {
    "patterns off": ("set -f; p conf/*; set +f; p conf/*", ["conf/a.yaml"]),
    "no file names": ("set -o noglob; p conf/*", ["conf/*"]),
    "patterns that match nothing vanish": ("shopt -s nullglob; p x* a", ["?*", "a"]),
    "another name": ("V=1; declare -n R=V; R=2; p $V", ["?*"]),
    "printed into a variable": ("printf -v V '%03d' 7; p $V", ["007"]),
}


PARTLY_KNOWN = {
    "a suffix": ('V="$U/a.yaml"; p "${V%.yaml}" "${V%.*}" "${V%x}"', ["?/a", "?/a", "?"]),
    "a prefix": ('V="conf/$U"; p "${V#conf/}" "${V#*/}" "${V##*f}"', ["?", "?", "?"]),
    "a file name": (
        'V="$U/b/a.yaml"; p "${V##*/}" $(basename "$V" .yaml) "$(dirname "$V")"',
        ["a.yaml", "a", "?/b"],
    ),
    "no slash that is known": (
        'V="$U.yaml"; p "${V##*/}" "$(basename "$V")" "$(dirname "$V")"',
        ["?", "?", "?"],
    ),
    "the root perhaps": ('V="$U/a"; p "$(dirname "$V")"', ["?"]),
}


@pytest.mark.parametrize(("text", "expected"), PARTLY_KNOWN.values(), ids=PARTLY_KNOWN.keys())
def test_what_is_known_of_a_text_of_which_part_is_not(text: str, expected: list[str]) -> None:
    words = words_of(text)
    shown = ["".join(part if isinstance(part, str) else "?" for part in word.parts) for word in words]
    assert shown == expected


@pytest.mark.parametrize(("text", "expected"), OPTIONS.values(), ids=OPTIONS.keys())
def test_options_of_the_shell(text: str, expected: list[str], tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "a.yaml").touch()
    assert texts_of(text, shell_in(tmp_path)) == expected


GROWTH = {
    "doubled": "A=xxxxxxxxxx\n" + "A=$A$A\n" * 60 + "p $A",
    "an array": "A=(a b c)\n" + 'A=("${A[@]}" "${A[@]}")\n' * 60 + 'p "${A[@]}"',
    "replaced": "A=aaaaaaaaaa\n" + "A=${A//a/aaaaaaaaaa}\n" * 60 + "p $A",
    "in one word": "A=" + "x" * 9000 + "\np " + "$A" * 9000,
    "many stars": "A=" + "a" * 3000 + "\np ${A%%*a*a*a*a*b}",
}


@pytest.mark.parametrize("text", GROWTH.values(), ids=GROWTH.keys())
def test_what_grows_without_end_is_left_to_the_shell(text: str) -> None:
    assert set(texts_of(text)) == {"?*"}
