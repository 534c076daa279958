"""Labels lie on answers alone, token by token; templates that hide where answers lie are refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from trainer.configuration.data import ColumnsConfig, DataConfig
from trainer.data.conversations import Conversation, Turn
from trainer.errors import TrainerError
from trainer.sft.dataset import IGNORED, encoded, prepare_dataset_from_csv
from trainer.sft.inspection import shown_example
from trainer.sft.template import PLAIN_TEMPLATE, get_chat_template
from transformers import PreTrainedTokenizerFast

from tests.training.sft.chat import CHATML, CONVERSATIONS, tokenizer_of, write_csv

TALK = Conversation(
    "Be brief.",
    (Turn("What is 1 + 2?", "3"), Turn("And twice that?", "It is 6.\nReally."), Turn("So 6?", "6")),
)
#: What is generated, in each template: up to the token that ends it.
ANSWERS = {
    CHATML: r"<\|im_start\|>assistant\n(.*?<\|im_end\|>)",
    PLAIN_TEMPLATE: r"### Answer:\n(.*?<\|im_end\|>)",
    # No prompt to answer: what ends a question begins an answer.
    "{% for m in messages %}{% if m.role == 'assistant' %}{{ ' ' + m.content + eos_token }}"
    "{% else %}[INST] {{ m.content }} [/INST]{% endif %}"
    "{% endfor %}": r"(?<=\[/INST\])( [^\[]*?<\|im_end\|>)",
}


@pytest.fixture(scope="module")
def taught() -> PreTrainedTokenizerFast:
    return tokenizer_of(" ".join(" ".join(row) for row in CONVERSATIONS))


def with_template(tokenizer: PreTrainedTokenizerFast, template: str | None) -> PreTrainedTokenizerFast:
    tokenizer.chat_template = template
    return tokenizer


def data_config(path: Path, **others: object) -> DataConfig:
    columns = ColumnsConfig(system="system", conversation="conversation")
    return DataConfig(path=str(path), columns=columns, **{"block_size": 512} | others)


@pytest.mark.parametrize("template", ANSWERS)
def test_labels_are_the_tokens_of_answers(taught: PreTrainedTokenizerFast, template: str) -> None:
    example = encoded(with_template(taught, template), TALK)
    # An independent way: characters of answers in the text, and the characters that each token has.
    spans = [match.span(1) for match in re.finditer(ANSWERS[template], example.text, re.DOTALL)]
    assert len(spans) == 3
    tokens = taught(example.text, add_special_tokens=False, return_offsets_mapping=True)
    expected = [
        token if any(start <= left and right <= stop for start, stop in spans) else IGNORED
        for token, (left, right) in zip(tokens["input_ids"], tokens["offset_mapping"], strict=True)
    ]
    assert example.input_ids == tokens["input_ids"]
    assert example.labels == expected
    assert "It is 6.\nReally." in taught.decode([label for label in example.labels if label != IGNORED])


@pytest.mark.parametrize(
    ("template", "message"),
    [
        # What was thought is taken out of all answers but the last.
        (
            "{% for m in messages %}{% if m.role == 'assistant' and loop.last %}A: {{ m.content }}!"
            "{% elif m.role == 'assistant' %}A: -{{ m.content }}{% else %}Q: {{ m.content }}\n{% endif %}"
            "{% endfor %}{% if add_generation_prompt %}A: {% endif %}",
            "otherwise as a whole than up to its answer '3'",
        ),
        (CHATML.replace("add_generation_prompt", "false"), "ignores add_generation_prompt"),
        (CHATML.replace("message.content +", "'' +"), "leaves out or changes the answer '3'"),
        (
            "{% if messages[0].role == 'system' %}{{ raise_exception('no system here') }}{% endif %}",
            "refuses system then user then assistant.*no system here",
        ),
        ("{% for m in messages %}", "refuses system"),
    ],
)
def test_templates_that_hide_answers_are_refused(
    taught: PreTrainedTokenizerFast, template: str, message: str
) -> None:
    with pytest.raises(TrainerError, match=message):
        encoded(with_template(taught, template), TALK)


def test_a_token_that_is_question_and_answer_at_once_is_refused() -> None:
    merged = tokenizer_of("1234 " * 50, template="{% for m in messages %}{{ m.content }}{% endfor %}")
    assert len(merged.tokenize("1234")) == 1
    with pytest.raises(TrainerError, match="cannot be told which tokens"):
        encoded(merged, Conversation("", (Turn("12", "34"),)))


def test_a_data_set_is_formatted_only_after_the_template_is_set(conversations: Path, tmp_path: Path) -> None:
    bare = tokenizer_of("Hello.", template=None)
    config = data_config(conversations)
    with pytest.raises(TrainerError, match="get_chat_template sets one before a data set is formatted"):
        prepare_dataset_from_csv(bare, conversations, "train", config)
    prepared = prepare_dataset_from_csv(get_chat_template(bare), conversations, "train", config)
    assert prepared.examples[1].text == "### Question:\nWhat is 0 + 0?\n### Answer:\nThe sum is 0.<|im_end|>"

    own = tmp_path / "own.jinja"
    own.write_text(CHATML)
    assert get_chat_template(bare, str(own)).chat_template == CHATML
    assert get_chat_template(bare).chat_template == CHATML, "what a tokenizer brings stays"


def test_templates_that_cannot_be_set_are_told(tmp_path: Path) -> None:
    bare = tokenizer_of("Hello.", template=None)
    with pytest.raises(TrainerError, match=r"sft\.chat_template .*nosuch\.jinja cannot be read"):
        get_chat_template(bare, str(tmp_path / "nosuch.jinja"))
    bare.eos_token = None
    with pytest.raises(TrainerError, match="no chat template and no token that ends a sequence"):
        get_chat_template(bare)


def test_conversations_are_split_cut_and_left_out(
    taught: PreTrainedTokenizerFast, conversations: Path
) -> None:
    tokenizer = with_template(taught, CHATML)
    config = data_config(conversations)
    train, val = (
        prepare_dataset_from_csv(tokenizer, conversations, name, config) for name in ("train", "val")
    )
    assert [len(train.examples), len(val.examples)] == [18, 2]
    assert [turn.answer for turn in train.examples[0].conversation.turns] == ["3", "It is 6."]
    assert val.examples[-1].conversation.turns[0].answer == "The sum is 36."
    assert set(train.as_dataset().column_names) == {"input_ids", "labels"}

    lengths = [len(example.input_ids) for example in train.examples]
    prompts = [example.labels.count(IGNORED) for example in train.examples[1:]]
    size = max(prompts)
    short = prepare_dataset_from_csv(
        tokenizer, conversations, "train", data_config(conversations, block_size=size)
    )
    assert max(len(example.input_ids) for example in short.examples) == size
    assert all(any(label != IGNORED for label in example.labels) for example in short.examples)
    dropped = 18 - len(short.examples)
    assert short.notes == (
        f"train: {sum(length > size for length in lengths)} of 18 conversations are cut to {size} tokens",
        f"train: {dropped} of 18 conversations are left out: no answer before that",
    )
    assert dropped > 0
    with pytest.raises(TrainerError, match=r"no conversation of the train split .* first 3 tokens: raise"):
        prepare_dataset_from_csv(tokenizer, conversations, "train", data_config(conversations, block_size=3))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("a", "", "Q?", "")], r"data\.csv:2: column answer is empty"),
        ([("a", "", "Q?", "A", "more")], r"data\.csv:2: the row has 5 fields, the first line names 4"),
        ([("a", "", "Q?", "A")], "the data have one conversation"),
        ([], "no rows"),
    ],
)
def test_bad_rows_are_told(
    taught: PreTrainedTokenizerFast, tmp_path: Path, rows: list[tuple[str, ...]], message: str
) -> None:
    path = write_csv(tmp_path / "data.csv", rows)
    with pytest.raises(TrainerError, match=message):
        prepare_dataset_from_csv(with_template(taught, CHATML), path, "train", data_config(path))


def test_an_example_is_shown_from_row_to_labels(taught: PreTrainedTokenizerFast, conversations: Path) -> None:
    tokenizer = with_template(taught, CHATML)
    train = prepare_dataset_from_csv(tokenizer, conversations, "train", data_config(conversations))
    lines = shown_example(tokenizer, train, 1)
    whole = "<|im_start|>user\nWhat is 0 + 0?<|im_end|>\n<|im_start|>assistant\nThe sum is 0.<|im_end|>\n"
    assert lines == [
        "=== Dataset example 1 of 18 ===",
        "user: What is 0 + 0?",
        "assistant: The sum is 0.",
        "=== Formatted text ===",
        whole,
        f"=== Tokenised input ({len(train.examples[1].input_ids)} tokens) ===",
        whole,
        "=== Masked labels (only answers) ===",
        "The sum is 0.<|im_end|>",
    ]
    assert shown_example(tokenizer, train, 10_000)[0] == "=== Dataset example 17 of 18 ==="
