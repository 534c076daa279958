"""What libraries for fine-tuning take where a program gives nothing, and how arguments were called before.

`tests/unit/diff/test_library.py` holds the rows against the libraries. `...` stands where there is no
default, or where it depends on the machine or the release.
"""

from __future__ import annotations

#: Settings of library trainers that decide what is trained; other arguments count where they are given.
TRAINING_ARGUMENTS: dict[str, object] = {
    "output_dir": ...,
    "per_device_train_batch_size": 8,
    "per_device_eval_batch_size": 8,
    "gradient_accumulation_steps": 1,
    "learning_rate": 5e-5,
    "weight_decay": 0.0,
    "adam_beta1": 0.9,
    "adam_beta2": 0.999,
    "adam_epsilon": 1e-8,
    "max_grad_norm": 1.0,
    "num_train_epochs": 3.0,
    "max_steps": -1,
    "lr_scheduler_type": "linear",
    "warmup_steps": 0,
    "seed": 42,
    "fp16": False,
    "bf16": False,
    "label_smoothing_factor": 0.0,
    "neftune_noise_alpha": None,
    "load_best_model_at_end": False,
    "metric_for_best_model": None,
    "greater_is_better": None,
    "eval_strategy": "no",
    "dataloader_drop_last": False,
}
#: TRL takes bf16 where the machine has it.
_TRL: dict[str, object] = {**TRAINING_ARGUMENTS, "bf16": ...}

#: The arguments of classes and functions by the end of their names.
CLASSES: dict[str, dict[str, object]] = {
    "TrainingArguments": TRAINING_ARGUMENTS,
    "SFTConfig": {
        **_TRL,
        "learning_rate": 2e-5,
        "dataset_text_field": "text",
        "max_length": 1024,
        "packing": False,
        "completion_only_loss": None,
        "assistant_only_loss": False,
        "chat_template_path": None,
        "eos_token": None,
    },
    "DPOConfig": {**_TRL, "learning_rate": 1e-6},
    "GRPOConfig": {**_TRL, "learning_rate": 1e-6},
    "LoraConfig": {
        "task_type": None,
        "r": 8,
        "target_modules": None,
        "lora_alpha": 8,
        "lora_dropout": 0.0,
        "fan_in_fan_out": False,
        "bias": "none",
        "use_rslora": False,
        "modules_to_save": None,
        "init_lora_weights": True,
        "layers_to_transform": None,
        "use_dora": False,
    },
    "BitsAndBytesConfig": {
        "load_in_8bit": False,
        "load_in_4bit": False,
        "bnb_4bit_compute_dtype": None,
        "bnb_4bit_quant_type": "fp4",
        "bnb_4bit_use_double_quant": False,
    },
    "DataCollatorForLanguageModeling": {"tokenizer": ..., "mlm": True, "mlm_probability": 0.15},
}

#: Arguments of methods of tokenizers and data sets; with none given a model generates as its own files say.
METHODS_OF_FINE_TUNING: dict[str, dict[str, object]] = {
    "apply_chat_template": {
        "conversation": ...,
        "tools": None,
        "documents": None,
        "chat_template": None,
        "add_generation_prompt": False,
        "continue_final_message": False,
        "tokenize": True,
    },
    "map": {"function": None, "with_indices": False, "batched": False, "remove_columns": None},
}

#: Names that arguments had in earlier releases, by the end of the name of what is called.
NAMES: dict[str, dict[str, str]] = {
    "from_pretrained": {"torch_dtype": "dtype"},
    "Arguments": {"evaluation_strategy": "eval_strategy"},
    "SFTConfig": {"max_seq_length": "max_length", "evaluation_strategy": "eval_strategy"},
    "Trainer": {"tokenizer": "processing_class"},
}

#: Arguments that are sets of names.
UNORDERED = ("target_modules", "modules_to_save")
