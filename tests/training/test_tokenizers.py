"""Tokenizers: back and forth, saved with a checkpoint, restored from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from trainer.configuration.data import Tokenization, TokenizerConfig
from trainer.errors import TrainerError
from trainer.tokenizers import (
    BPETokenizer,
    CharacterTokenizer,
    Tokenizer,
    build_tokenizer,
    load_tokenizer,
)

from tests.training.runs import SMALL, train_here

TEXT = "the cat sat on the mat, the cat ate\n" * 20 + "naïve – ☃\n"


def _gpt2_folder(folder: Path) -> Path:
    """A folder with GPT-2's two files, as its first release had them."""
    folder.mkdir()
    BPETokenizer.of(TEXT, 300)._inner.model.save(str(folder))
    return folder


def _tokenizers(tmp_path: Path) -> dict[str, Tokenizer]:
    return {
        "character": CharacterTokenizer.of(TEXT),
        "bpe": BPETokenizer.of(TEXT, 300),
        "gpt2": BPETokenizer.pretrained(str(_gpt2_folder(tmp_path / "gpt2"))),
    }


@pytest.mark.parametrize("kind", ["character", "bpe", "gpt2"])
def test_a_text_survives_and_so_does_the_tokenizer(kind: str, tmp_path: Path) -> None:
    tokenizer = _tokenizers(tmp_path)[kind]
    ids = tokenizer.encode(TEXT)
    assert tokenizer.decode(ids) == TEXT
    assert min(ids) >= 0
    assert max(ids) < tokenizer.vocab_size
    saved = tmp_path / "saved"
    saved.mkdir()
    tokenizer.save(saved)
    again = load_tokenizer(saved)
    assert type(again) is type(tokenizer)
    assert again.serialised() == tokenizer.serialised()
    assert again.encode(TEXT) == ids


def test_a_trained_bpe_is_shorter_than_characters_and_knows_any_text() -> None:
    tokenizer = BPETokenizer.of(TEXT, 300)
    assert len(tokenizer.encode(TEXT)) < len(TEXT) / 2
    assert tokenizer.decode(tokenizer.encode("日本 <|endoftext|>")) == "日本 <|endoftext|>"
    assert tokenizer.vocab_size <= 300


def test_auto_is_characters_but_for_a_pretrained_model(tmp_path: Path) -> None:
    auto = TokenizerConfig()
    assert isinstance(build_tokenizer(auto, TEXT, None), CharacterTokenizer)
    folder = _gpt2_folder(tmp_path / "gpt2")
    assert isinstance(build_tokenizer(auto, TEXT, str(folder)), BPETokenizer)


def test_a_character_that_is_not_known_is_named_with_its_place() -> None:
    with pytest.raises(TrainerError, match=r"'d' \(number 3 of the text\).*3 characters"):
        CharacterTokenizer.of("abc").encode("abcd")


def test_a_vocabulary_smaller_than_the_bytes_is_refused() -> None:
    with pytest.raises(TrainerError, match=r"vocab_size is 256.*at least 257"):
        BPETokenizer.of(TEXT, 256)


def test_folders_without_a_tokenizer_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="has no tokenizer"):
        load_tokenizer(tmp_path)
    config = TokenizerConfig(kind=Tokenization.gpt2, name=str(tmp_path))
    with pytest.raises(TrainerError, match=r"neither tokenizer\.json nor vocab\.json"):
        build_tokenizer(config, TEXT, None)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(TrainerError, match="is no tokenizer"):
        load_tokenizer(tmp_path)


def _run(config: str, text: Path, output: Path, *overrides: str) -> None:
    train_here(config, *SMALL, f"data.path={text}", f"output_dir={output}", *overrides)


def test_a_resumed_run_takes_the_tokenizer_of_its_checkpoint_and_not_of_the_data(
    text: Path, tmp_path: Path
) -> None:
    output = tmp_path / "run"
    _run("cfg_bigram", text, output, "steps=2", "data.tokenizer.kind=bpe", "data.tokenizer.vocab_size=290")
    text.write_text("Other words ☃ than those it learned its merges from.\n" * 60, encoding="utf-8")
    _run("cfg_bigram", text, output, "steps=4")
    first, second = (
        load_tokenizer(output / "checkpoints" / f"step_{step:08d}" / "tokenizer").serialised()
        for step in (2, 4)
    )
    assert first == second


def test_a_resumed_run_on_text_with_unknown_characters_is_refused(text: Path, tmp_path: Path) -> None:
    output = tmp_path / "run"
    _run("cfg_bigram", text, output, "steps=2")
    text.write_text(text.read_text() + "☃", encoding="utf-8")
    with pytest.raises(TrainerError, match=r"'☃' .* is not in the tokenizer's vocabulary"):
        _run("cfg_bigram", text, output, "steps=4")


def test_a_resumed_run_with_another_tokenizer_is_refused(text: Path, tmp_path: Path) -> None:
    output = tmp_path / "run"
    _run("cfg_bigram", text, output, "steps=2")
    with pytest.raises(TrainerError, match=r"data\.tokenizer\.kind is bpe, but the checkpoint .* character"):
        _run("cfg_bigram", text, output, "steps=4", "data.tokenizer.kind=bpe")


def test_a_checkpoint_without_a_tokenizer_is_refused(text: Path, tmp_path: Path) -> None:
    output = tmp_path / "run"
    _run("cfg_bigram", text, output, "steps=2")
    (output / "checkpoints" / "step_00000002" / "tokenizer" / "characters.json").unlink()
    with pytest.raises(TrainerError, match=r"damaged: tokenizer/characters\.json"):
        _run("cfg_bigram", text, output, "steps=4", f"checkpoint.path={output}/checkpoints/step_00000002")
