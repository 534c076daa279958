"""What is asked of a tokenizer or of another thing of a library in, a value that stands for the answer out.

A tokenizer makes one number of each letter, so that the tokens of two joined texts are the joined tokens; a
template marks each turn with its role. Arguments that change the answer leave a mark in it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Mapping

from trainlint.diff.examples.traces import Stand, UnclearError
from trainlint.diff.library import signature

#: Tokens of letters begin here: they are no lengths or places.
LETTERS = 5_000
_BEGIN = 4_001
_TEXTS = {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>"}
#: What a call of a tokenizer takes anyway, and what does not change its tokens.
_USUAL: dict[str, object] = {
    "padding": False,
    "truncation": False,
    "max_length": None,
    "add_special_tokens": True,
    "return_attention_mask": None,
    "return_tensors": None,
    "verbose": True,
}
Answer = Callable[[tuple[object, ...], Mapping[str, object]], object]


def may_be(one: str, other: str) -> bool:
    """Whether a text may be the other one, if what marks its beginning or end is written out there."""
    pattern = "|".join(map(re.escape, _TEXTS.values()))
    pieces = re.split(pattern, one)
    return len(pieces) > 1 and re.fullmatch(".+".join(map(re.escape, pieces)), other, re.DOTALL) is not None


def attribute(owner: Stand, name: str) -> object:
    """An attribute of something of a library."""
    if name in _TEXTS:
        return _TEXTS[name]
    if name.endswith("_token_id"):
        return 4_100 + zlib.crc32(name.encode()) % 500
    return Stand(f"{owner.name}.{name}")


def asked(
    name: str, given: tuple[object, ...], named: Mapping[str, object], wanted: Iterable[str] = ()
) -> object:
    """What a method of something of a library gives; `()` is the call of the thing itself.

    A conversation begins with the mark that the code looks for among the texts that are `wanted`.
    """
    if name == "apply_chat_template":
        begin = next((text for text in wanted if text[:1] + text[-1:] in ("<>", "[]")), _TEXTS["bos_token"])
        return _templated(begin, given, named)
    answer = _ANSWERS.get(name)
    if answer is not None:
        return answer(given, named)
    known = signature(f".{name}")
    order = [*known][: len(given)]
    values = dict(zip(order, given, strict=False)) | dict(named)
    kept = {key: value for key, value in values.items() if known.get(key, ...) != value}
    rest = given[len(order) :]
    return Stand(
        f"{name}({', '.join([*map(repr, rest), *(f'{key}={kept[key]!r}' for key in sorted(kept))])})"
    )


def tokens_of(text: str) -> list[int]:
    """The tokens of a text, without those around it."""
    return [LETTERS + ord(letter) for letter in text]


def text_of(tokens: object) -> str:
    """The text of some tokens."""
    if not isinstance(tokens, list) or not all(isinstance(token, int) for token in tokens):
        raise UnclearError
    letters = [token - LETTERS for token in tokens]
    return "".join(chr(letter) if 0 <= letter < 0x110000 else f"<{letter + LETTERS}>" for letter in letters)


def _encoded(given: tuple[object, ...], named: Mapping[str, object]) -> list[int]:
    text, *rest = given or (named.get("text"),)
    if not isinstance(text, str) or rest:
        raise UnclearError
    marks = _marks({key: value for key, value in named.items() if key != "text"})
    begin = [_BEGIN] if named.get("add_special_tokens", True) else []
    return [*begin, *tokens_of(text), *marks]


def _marks(named: Mapping[str, object]) -> list[int]:
    """What shows that a call of a tokenizer is given other arguments."""
    meant: dict[str, object] = {}
    for key, value in named.items():
        value = {"padding": "longest", "truncation": "longest_first"}.get(key) if value is True else value
        if key in _USUAL and (value == _USUAL[key] or value is None or not value):
            continue
        if key not in ("return_attention_mask", "return_tensors", "verbose"):
            meant[key] = value
    return [zlib.crc32(f"{key}={meant[key]!r}".encode()) % 900 + 3_000 for key in sorted(meant)]


def _tokenized(given: tuple[object, ...], named: Mapping[str, object]) -> dict[str, object]:
    text, *rest = given or (named.get("text"),)
    if rest:
        raise UnclearError
    others = {key: value for key, value in named.items() if key != "text"}
    if isinstance(text, list):
        tokens: list[object] = [_encoded((one,), others) for one in text]
        return {"input_ids": tokens, "attention_mask": [[1] * len(_listed(one)) for one in tokens]}
    single = _encoded((text,), others)
    return {"input_ids": single, "attention_mask": [1] * len(single)}


def _listed(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def _templated(begin: str, given: tuple[object, ...], named: Mapping[str, object]) -> object:
    values = dict(zip(("conversation",), given, strict=False)) | dict(named)
    turns = values.pop("conversation", None)
    tokenize, prompts = values.pop("tokenize", True), values.pop("add_generation_prompt", False)
    usual = signature(".apply_chat_template")
    others = {key: values[key] for key in sorted(values) if usual.get(key, ...) != values[key]}
    if not isinstance(turns, list) or len(given) > 1 or not isinstance(prompts, bool):
        raise UnclearError
    shown = "".join(map(_turn, turns)) + ("<begin>assistant\n" if prompts else "")
    text = begin + shown + (repr(others) if others else "")
    return tokens_of(text) if tokenize else text


def _turn(turn: object) -> str:
    if not isinstance(turn, dict):
        raise UnclearError
    role, content = turn.get("role", turn.get("from")), turn.get("content", turn.get("value"))
    if isinstance(content, str) and isinstance(role, str):
        return f"<begin>{role}\n{content}<end>\n"
    return f"<begin>{role!r}\n{content!r}<end>\n"


def _decoded(given: tuple[object, ...], named: Mapping[str, object]) -> str:
    return text_of(given[0] if given else named.get("token_ids"))


_ANSWERS: dict[str, Answer] = {
    "()": _tokenized,
    "encode": _encoded,
    "decode": _decoded,
}
