"""What an expression of a pack may speak of: names, and the members of those that are not open."""

from __future__ import annotations

from collections.abc import Mapping

#: Members by name, each with what it is; None for a name whose members the config or the run decides.
VOCABULARY: Mapping[str, Mapping[str, str] | None] = {
    "job": {
        "file": "the text that the launch stands in",
        "line": "its line there",
        "command": "the command as written",
        "marker": "`pending`, `running`, `done`, `failed`, or absent",
        "launchers": "the names of the launchers, outermost first",
        "options": "what the launchers are given, by option: `job.options['--gres']`",
        "environment": "the variables that the launch sets: `job.environment.OMP_NUM_THREADS`",
        "world_size": "how many processes the launchers start",
        "config_name": "the config that the launch composes, without folder and ending",
        "folders": "the folders inside a folder, below the one that the launch starts in: `job.folders.data`",
        "choices": "the option of each config group: `job.choices.arch`, `job.choices['model/encoder']`",
    },
    "config": None,
    "arch": None,
    "script": {
        "path": "the script as seen from the working directory",
        "name": "the last part of that",
        "config_name": "the config that the script itself names",
        "defines": "the names that its file defines",
        "imports": "the dotted names that its file imports",
        "modules": "the files of the project that starting it loads",
        "calls": "the dotted names of all that it calls from its start on, in order",
        "sets": "the attributes that its code sets: `chat_template` for `tokenizer.chat_template = …`",
        "call": "the first call by a pattern: `script.call['*.SFTTrainer'].arguments.max_length`",
    },
    "model": {
        "text": "what the config writes: `recursive_reasoning.etrm@TRMWithEncoder`",
        "name": "the class",
        "module": "its module by the full dotted name",
        "file": "its file",
        "act_mode": "`fixed` or `dynamic`: how often it is stepped for a sample",
        "encoder": "`cached` or `re-encoded`: whether what its encoder makes is kept from step to step",
    },
    "data": {
        "text": "what the config writes for the class of the data set",
        "name": "the class",
        "module": "its module by the full dotted name",
        "file": "its file",
        "mode": "`encoder` or `embedding`: what the data are made for",
        "paths": "the files and folders of data that the code reads, as they are given",
    },
    "checkpoint": None,
}
