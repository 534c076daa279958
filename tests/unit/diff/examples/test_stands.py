"""What stands for a tokenizer and for other things of libraries."""

import pytest

from trainlint.diff.examples.stands import asked, attribute, may_be, text_of, tokens_of
from trainlint.diff.examples.traces import Stand, UnclearError, key_of

TURNS = [{"role": "user", "content": "hi"}, {"from": "gpt", "value": "ho"}]


def test_tokens_of_joined_texts_are_joined_tokens() -> None:
    assert tokens_of("ab") + tokens_of("c") == tokens_of("abc")
    assert text_of(tokens_of("a rook")) == "a rook"
    with pytest.raises(UnclearError):
        text_of(["a"])


def test_arguments_that_change_tokens_leave_a_mark() -> None:
    plain = asked("()", ("hi",), {})
    assert (
        plain
        == asked("()", (), {"text": "hi"})
        == asked("()", ("hi",), {"padding": False, "truncation": None})
    )
    assert plain != asked("()", ("hi",), {"add_special_tokens": False})
    cut = asked("()", ("hi",), {"truncation": True, "max_length": 8})
    assert cut != asked("()", ("hi",), {"truncation": True, "max_length": 16})
    assert asked("()", ("hi",), {"padding": True}) == asked("()", ("hi",), {"padding": "longest"})
    both = asked("()", (["a", "b"],), {})
    assert isinstance(both, dict)
    assert len(both["input_ids"]) == 2


def test_templates() -> None:
    text = asked("apply_chat_template", (TURNS,), {"tokenize": False})
    assert text == "<bos><begin>user\nhi<end>\n<begin>gpt\nho<end>\n"
    assert text == asked("apply_chat_template", (TURNS,), {"tokenize": False, "add_generation_prompt": False})
    assert text != asked("apply_chat_template", (TURNS,), {"tokenize": False, "add_generation_prompt": True})
    assert text != asked("apply_chat_template", (TURNS,), {"tokenize": False, "enable_thinking": False})
    other = asked("apply_chat_template", (TURNS,), {"tokenize": False}, ("a", "<s>"))
    assert str(other).startswith("<s>")
    assert asked("apply_chat_template", (TURNS,), {}) == tokens_of(str(text))


def test_other_answers_are_told_apart_by_their_arguments() -> None:
    assert asked("batch_decode", ([1],), {}) == asked("batch_decode", ([1],), {})
    assert asked("batch_decode", ([1],), {}) != asked("batch_decode", ([2],), {})
    assert attribute(Stand("t"), "eos_token") == "<eos>"
    assert attribute(Stand("t"), "pad_token_id") != attribute(Stand("t"), "eos_token_id")


def test_a_mark_may_be_written_out() -> None:
    assert may_be("hi<eos>", "hi</s>")
    assert not may_be("hi<eos>", "hi")
    assert not may_be("hi", "hi</s>")


def test_the_order_of_keys_does_not_matter() -> None:
    assert key_of({"a": 1, "b": 2}) == key_of({"b": 2, "a": 1})
    assert key_of((1, 2)) == key_of([1, 2])
    assert key_of({"a", "b"}) == key_of({"b", "a"})
    assert key_of(True) != key_of(1)
