"""What bash reads we read, and what it refuses we refuse: every text is put to the real bash, too."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from trainlint.parse.shell.script.grammar import parse
from trainlint.parse.shell.script.syntax import Parsed
from trainlint.parse.shell.text import FileText
from trainlint.source import SourceFile

VALID = (
    "if [[ -z $A ]] then b; fi",
    "if (( 1 )) then b; fi",
    "if ( a ) then b; fi",
    "while { a; } do b; done",
    "{ { a; } }",
    "if a; then if b; then c; fi fi",
    "case a in b) { c; } esac",
    "a; b & c",
    "A=1 B=2\nA=1 python x.py",
    "if a; then b; elif c; then d; else e; fi",
    "if a\nthen\n  b # comment\nfi",
    "while a; do b; done < file > out",
    "until a\ndo\nb\ndone",
    "for x in a b c; do echo $x; done",
    "for x in $(ls *.py) # comment\ndo echo; done",
    "for x; do echo; done",
    "for x\ndo echo\ndone",
    "for ((i = 0; i < 3; i++)); do echo; done",
    "for ((;;)) { break; }",
    "case $1 in a|b) x;; (c) y;& *) z;; esac",
    'case "$1" in\n  -h|--help) x ;;\n  "a b") ;;\n  *.py)\n    y\nesac',
    "case x in a) b ;;& *) c ;& esac",
    "f() { a; }",
    "f ()\n{\n a\n}",
    "function f { a; }",
    "function f() ( a )",
    "a-b.c() { a; } > out",
    "{ a; b; } 2>&1 | tee c",
    "(cd a && b) && c || d",
    "! a | b",
    "time -p a",
    "! [[ a == b ]]",
    "[[ $a == b* && ( -n $c || ! -z $d ) ]]",
    '[[ "$a" =~ ^(x|y)+$ ]] && b',
    "[[ -f a\n&& -f b ]]",
    "((a++)); ((b = a > 1 ? (2) : 3))",
    "((a); b)",
    "a=(1 2 # comment\n 3)\nb+=(4)",
    "cat <<EOF\nif $x ( ' \"\nEOF\nb",
    "cat <<'E O' | b && c\nx\nE O\nd",
    "cat <<-EOF\n\tx\n\tEOF\nb",
    "cat <<A <<B\n1\nA\n2\nB\nc",
    'cat <<< "x y" > z',
    "a &&\n\n b ||\n c",
    "a |\n b",
    "a \\\n  b \\\n  c",
    "echo if then fi done esac } in",
    "echo {a,b} x{1..3} a=b",
    "select x in a b; do c; done",
    "a > >(tee b) 2> >(tee c >&2)",
    "a <(b) <(c)",
    "x=$(case a in (b) c;; esac)",
    "x=$(( (1) / #a ))\n",
    "x=$(( 1 << 2 ))\n((x = 1 << y))\nz=(a # it's\n b)",
    "x=$(a # it's\n)",
    "x=$(a <<EOF\n)\nEOF\n)",
    "echo a#b ${x#y} ${#x} $# # c",
    "a;\n\n\nb\n",
    "# only a comment",
    "",
    "&> a b",
    "> a",
    "if (a); then (b); fi",
    "if ((1)); then b; fi",
    "{ a; }; { b\n}",
    "trap 'rm -f x' EXIT; set -- \"$@\" x",
)
INVALID = (
    "if a; then b",
    "if a; b; fi",
    "if a; then fi",
    "while a; do done",
    "for x in a; echo; done",
    "for x in a; do echo",
    "fi",
    "a; done",
    "a || ",
    "a | | b",
    "&& a",
    "a ;; b",
    "a ; ; b",
    "case x in a) b",
    "case x in a b) c;; esac",
    "f() a",
    "f(a) { b; }",
    "{ a",
    "( a",
    "a )",
    "echo (a)",
    "a='b",
    'a="b $(c)',
    "[[ a",
    "{ }",
    "( )",
    "a >",
    "a > | b",
    "echo $(a",
    "then a",
    "if a; then b; else fi",
    "if a; then b; fi fi",
    "while a; do b; fi",
    "x=(a b",
    "a & & b",
    "} a",
)


def read(text: str) -> Parsed:
    """The text as we read it."""
    return parse(FileText(SourceFile(Path("s.sh"), "s.sh", text)), 0, len(text))


def refused_by_bash(text: str) -> bool:
    """Whether bash refuses the text without running it."""
    return (
        subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False).returncode
        != 0
    )


@pytest.mark.parametrize("text", VALID)
def test_what_bash_reads_is_read(text: str) -> None:
    parsed = read(text)
    assert not refused_by_bash(text)
    assert (parsed.refusals, parsed.problems) == ((), ())


@pytest.mark.parametrize("text", INVALID)
def test_what_bash_refuses_is_refused(text: str) -> None:
    parsed = read(text)
    assert refused_by_bash(text)
    assert parsed.refusals or parsed.problems


def test_nesting_without_end_is_given_up() -> None:
    text = "(" * 5000 + "a" + ")" * 5000
    assert read(text.replace("(", "( ").replace(")", " )")).too_deep


def test_a_comment_behind_a_backslash_is_noted() -> None:
    parsed = read("a \\\n  # b\n  c\n# d\n")
    assert [comment.cuts for comment in parsed.comments] == [True, False]
