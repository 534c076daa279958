"""A tokenizer in, the same with a chat template out; messages and that template in, their text out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2.exceptions import TemplateError
from transformers import PreTrainedTokenizerBase

from trainer.data.conversations import Conversation
from trainer.errors import TrainerError

#: One entry of a conversation as templates take it: `role` and `content`.
Message = dict[str, str]

#: For tokenizers that bring none. It needs no token but the end of a sequence, which ends each answer.
PLAIN_TEMPLATE = (
    "{{ bos_token or '' }}"
    "{% for message in messages %}"
    "{% if message.role == 'system' %}### System:\n{{ message.content | trim }}\n"
    "{% elif message.role == 'user' %}### Question:\n{{ message.content | trim }}\n"
    "{% elif message.role == 'assistant' %}### Answer:\n{{ message.content | trim }}{{ eos_token }}"
    "{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}### Answer:\n{% endif %}"
)


def get_chat_template(
    tokenizer: PreTrainedTokenizerBase, configured: str | None = None
) -> PreTrainedTokenizerBase:
    """The tokenizer with a chat template: the one in the file `configured`, its own, or the plain one.

    Raises TrainerError for a file that cannot be read, and for a tokenizer that has neither a template nor
    a token that could end an answer.
    """
    if configured is not None:
        try:
            tokenizer.chat_template = Path(configured).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TrainerError(f"sft.chat_template {configured} cannot be read: {error}") from error
    elif not has_chat_template(tokenizer):
        if tokenizer.eos_token is None:
            raise TrainerError(
                "the tokenizer has no chat template and no token that ends a sequence, so that no answer "
                "could end: name a template in sft.chat_template, or give the tokenizer an eos_token"
            )
        tokenizer.chat_template = PLAIN_TEMPLATE
    return tokenizer


def has_chat_template(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether conversations can be formatted: transformers knows the attribute also where it is empty."""
    return bool(getattr(tokenizer, "chat_template", None))


def messages_of(conversation: Conversation) -> list[Message]:
    """The instruction, if there is one, then question and answer of each turn."""
    found = [{"role": "system", "content": conversation.system}] if conversation.system else []
    for turn in conversation.turns:
        found += [
            {"role": "user", "content": turn.question},
            {"role": "assistant", "content": turn.answer},
        ]
    return found


def rendered(tokenizer: PreTrainedTokenizerBase, messages: list[Message], *, to_answer: bool = False) -> str:
    """The text of messages; `to_answer` adds what an answer starts after.

    Raises TrainerError when the template refuses them.
    """
    conversation: Any = messages
    try:
        return str(
            tokenizer.apply_chat_template(conversation, tokenize=False, add_generation_prompt=to_answer)
        )
    except TemplateError as error:
        raise TrainerError(
            f"the chat template refuses {' then '.join(message['role'] for message in messages)}: {error}"
        ) from error
