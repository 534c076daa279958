"""A CSV of conversations in, tokens and labels out; only answers have labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from datasets import Dataset
from transformers import PreTrainedTokenizerBase

from trainer.configuration.data import DataConfig
from trainer.data.conversations import Conversation, read_conversations
from trainer.errors import TrainerError
from trainer.sft.template import Message, has_chat_template, messages_of, rendered

#: The label of a token that is read and not learned.
IGNORED = -100


@dataclass(frozen=True, kw_only=True)
class Example:
    """One conversation, from the rows of the file to what the model is trained on."""

    conversation: Conversation
    text: str
    input_ids: list[int]
    #: As long as `input_ids`: the token itself inside an answer, IGNORED elsewhere.
    labels: list[int]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """The examples of one split, and what was decided about them."""

    examples: list[Example]
    notes: tuple[str, ...] = ()

    def as_dataset(self, limit: int | None = None) -> Dataset:
        """The columns that `trl` takes as they are, of the first `limit` examples."""
        kept = self.examples[:limit]
        return Dataset.from_dict(
            {"input_ids": [each.input_ids for each in kept], "labels": [each.labels for each in kept]}
        )


def prepare_dataset_from_csv(
    tokenizer: PreTrainedTokenizerBase, file_path: Path, split: str, config: DataConfig
) -> Prepared:
    """The `train` or `val` conversations of a file, formatted, tokenised, with labels on answers alone.

    The tail of the file, a share of `data.val_fraction`, is `val`. Conversations longer than
    `data.block_size` are cut at their end; one that has no answer before that is left out. Raises
    TrainerError for a tokenizer without a chat template, bad rows, and templates that do not let one see
    where answers lie.
    """
    if not has_chat_template(tokenizer):
        raise TrainerError(
            "the tokenizer has no chat template yet: "
            "get_chat_template sets one before a data set is formatted"
        )
    chosen = _part(read_conversations(file_path, config.columns), split, config.val_fraction)
    whole = [encoded(tokenizer, conversation) for conversation in chosen]
    cut = [_cut(example, config.block_size) for example in whole]
    # The first token is never predicted: its label counts for nothing.
    kept = [example for example in cut if any(label != IGNORED for label in example.labels[1:])]
    if not kept:
        raise TrainerError(
            f"no conversation of the {split} split of {file_path} has an answer in its first "
            f"{config.block_size} tokens: raise data.block_size"
        )
    return Prepared(examples=kept, notes=_notes(split, whole, len(whole) - len(kept), config.block_size))


def encoded(tokenizer: PreTrainedTokenizerBase, conversation: Conversation) -> Example:
    """One conversation with the labels of its answers.

    An answer lies between the tokens of all that is said before it (with the prompt to answer) and the tokens
    of all up to its end. Raises TrainerError where these are no beginnings of the whole.
    """
    messages = messages_of(conversation)
    text = rendered(tokenizer, messages)
    ids = _tokens(tokenizer, text)
    labels = [IGNORED] * len(ids)
    for index, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        prompt = rendered(tokenizer, messages[:index], to_answer=True)
        answered = rendered(tokenizer, messages[: index + 1])
        _refuse_hidden_answer(tokenizer, messages[: index + 1], prompt, answered)
        before, until = _tokens(tokenizer, prompt), _tokens(tokenizer, answered)
        if ids[: len(before)] != before or ids[: len(until)] != until:
            raise TrainerError(
                f"the chat template writes or splits the conversation of {_shown(messages)} otherwise as a "
                f"whole than up to its answer {message['content']!r}: it cannot be told which tokens the "
                "answer has; use another template (sft.chat_template)"
            )
        stop = _without_trailing_space(tokenizer, ids, len(before), len(until))
        labels[len(before) : stop] = ids[len(before) : stop]
    return Example(conversation=conversation, text=text, input_ids=ids, labels=labels)


def _tokens(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    """The template has written all special tokens: none is added."""
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def _refuse_hidden_answer(
    tokenizer: PreTrainedTokenizerBase, messages: list[Message], prompt: str, answered: str
) -> None:
    """A template that leaves answers out, or heads them only once they are there, teaches something else."""
    answer = messages[-1]["content"].strip()
    rest = answered[len(prompt) :]
    if answer not in rest:
        raise TrainerError(f"the chat template leaves out or changes the answer {answer!r}")
    if not rest.lstrip().startswith(answer) and prompt == rendered(tokenizer, messages[:-1]):
        raise TrainerError(
            "the chat template ignores add_generation_prompt and writes something of its own before an "
            "answer, which would be learned with it: use another template (sft.chat_template)"
        )


def _without_trailing_space(
    tokenizer: PreTrainedTokenizerBase, ids: Sequence[int], start: int, stop: int
) -> int:
    """Where an answer ends: white space after the token that ends it belongs to the template."""
    end = stop
    while end > start and not str(tokenizer.decode([ids[end - 1]])).strip():
        end -= 1
    return end if end > start and ids[end - 1] in tokenizer.all_special_ids else stop


def _part(conversations: list[Conversation], split: str, val_fraction: float) -> list[Conversation]:
    """The head of the file to train on, its tail to validate on; neither is empty."""
    if len(conversations) < 2:
        raise TrainerError("the data have one conversation: at least two are needed, one of them held out")
    cut = min(max(1, int(len(conversations) * (1.0 - val_fraction))), len(conversations) - 1)
    return conversations[:cut] if split == "train" else conversations[cut:]


def _cut(example: Example, block_size: int) -> Example:
    return Example(
        conversation=example.conversation,
        text=example.text,
        input_ids=example.input_ids[:block_size],
        labels=example.labels[:block_size],
    )


def _notes(split: str, whole: list[Example], dropped: int, block_size: int) -> tuple[str, ...]:
    notes = []
    if longer := sum(len(example.input_ids) > block_size for example in whole):
        notes.append(f"{split}: {longer} of {len(whole)} conversations are cut to {block_size} tokens")
    if dropped:
        notes.append(f"{split}: {dropped} of {len(whole)} conversations are left out: no answer before that")
    return tuple(notes)


def _shown(messages: list[Message]) -> str:
    return repr(next(message["content"] for message in messages if message["role"] == "user"))
