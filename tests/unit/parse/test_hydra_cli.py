"""Our reading of Hydra's command line against Hydra's own argparse parser."""

from __future__ import annotations

import contextlib
import io

import pytest
from hydra._internal.utils import get_args_parser
from hypothesis import given, settings
from hypothesis import strategies as st

from trainlint.facts.launch import Word
from trainlint.facts.value import Known, Unknown
from trainlint.parse.hydra_cli import read_arguments
from trainlint.source import Span


def word(text: str) -> Word:
    span = Span("jobs.txt", 1, 1, 1, 1 + len(text))
    return Word(text, span, (text,), (span,))


def hydra_reads(tokens: list[str]) -> dict[str, object] | None:
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            return vars(get_args_parser().parse_args(tokens))
        except SystemExit:
            return None


def text_of(value: object) -> str | None:
    return value.value if isinstance(value, Known) else None


TOKENS = st.sampled_from(
    [
        *("a=1", "+b=2", "~c", "x/y=z", "-1", "-", "", "a b", "-a b", "--foo", "-x", "-cn", "-cnx", "-cn=x"),
        *("--config-name", "--config-name=x", "--config-n", "--config", "--config-dir", "-cd", "-cp", "-m"),
        *("--multirun", "--multi", "-c", "-cjob", "-c=job", "--cfg", "job", "--cfg=job", "--cfg=no", "-mr"),
        *("--info", "-i", "--info=all", "searchpath", "-p", "--resolve", "--resolve=1", "-h", "-r", "--re"),
    ]
)


@settings(max_examples=1500, derandomize=True, deadline=None)
@given(st.lists(TOKENS, max_size=6))
def test_reads_arguments_as_argparse_does(tokens: list[str]) -> None:
    if any(token.startswith("--v") for token in tokens):
        return
    expected = hydra_reads(tokens)
    got = read_arguments([word(token) for token in tokens])
    by_argparse = [entry for entry in got.refused if entry.hydra.startswith("error: ")]
    assert (expected is None) == bool(by_argparse), (expected, got)
    if expected is not None:
        assert [text_of(entry.text) for entry in got.overrides] == expected["overrides"]
        assert text_of(got.config_name) == expected["config_name"]
        assert text_of(got.config_path) == expected["config_path"]
        assert text_of(got.config_dir) == expected["config_dir"]
        assert got.multirun == expected["multirun"]


def test_override_behind_a_later_option_is_refused_in_the_parser_s_words() -> None:
    got = read_arguments([word("a=1"), word("-cn"), word("x"), word("b=2")])
    assert [entry.hydra for entry in got.refused] == ["error: unrecognized arguments: b=2"]


@pytest.mark.parametrize("parts", [("-cn=", "?"), ("--config-name=", "?")])
def test_unknown_part_of_a_value_leaves_the_option_known(parts: tuple[str, str]) -> None:
    span = Span("jobs.txt", 1, 1, 1, 9)
    unknown = Unknown("$NAME is set by the environment", span)
    got = read_arguments([Word("-cn=$NAME", span, (parts[0], unknown), (span, span))])
    assert got.config_name == unknown
    assert not got.refused


def test_a_word_that_is_wholly_unknown_counts_as_an_override_and_is_said() -> None:
    span = Span("jobs.txt", 1, 1, 1, 9)
    unknown = Unknown("$EXTRA is set by the environment", span)
    got = read_arguments([Word("$EXTRA", span, (unknown,), (span,)), word("a=1")])
    assert len(got.overrides) == 2
    assert got.unverified == (unknown,)


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (["-m", "--cfg", "job"], "Only one of --run, --multirun"),
        (["a=1", "--resolve"], "The --resolve flag can only be used"),
    ],
)
def test_options_that_exclude_one_another(tokens: list[str], words: str) -> None:
    got = read_arguments([word(token) for token in tokens])
    assert [words in entry.hydra for entry in got.refused] == [True]
