"""Every rule over two programs, in the order of its code: the only list there is.

It stands apart from `registry` so that a check of launches need not import what it does not run.
"""

from __future__ import annotations

from trainlint.facts.comparison import Comparison
from trainlint.rules.base import Rule
from trainlint.rules.refactor.accumulation_not_divided_by_world_size import (
    accumulation_not_divided_by_world_size,
)
from trainlint.rules.refactor.best_by_other_metric import best_by_other_metric
from trainlint.rules.refactor.callback_output_changed import callback_output_changed
from trainlint.rules.refactor.callback_reads_other_keys import callback_reads_other_keys
from trainlint.rules.refactor.checkpoint_keys_changed import checkpoint_keys_changed
from trainlint.rules.refactor.clip_changed import clip_changed
from trainlint.rules.refactor.command_line_convention_changed import command_line_convention_changed
from trainlint.rules.refactor.contract_broken import contract_broken
from trainlint.rules.refactor.data_preparation_changed import data_preparation_changed
from trainlint.rules.refactor.data_source_changed import data_source_changed
from trainlint.rules.refactor.data_split_changed import data_split_changed
from trainlint.rules.refactor.defined_never_called import defined_never_called
from trainlint.rules.refactor.derived_quantity_changed import derived_quantity_changed
from trainlint.rules.refactor.distributed_call_lost import distributed_call_lost
from trainlint.rules.refactor.environment_variable_no_longer_read import environment_variable_no_longer_read
from trainlint.rules.refactor.eval_split_lost import eval_split_lost
from trainlint.rules.refactor.evaluation_added import evaluation_added
from trainlint.rules.refactor.evaluation_condition_changed import evaluation_condition_changed
from trainlint.rules.refactor.evaluation_removed import evaluation_removed
from trainlint.rules.refactor.feature_lost import feature_lost
from trainlint.rules.refactor.gradient_guard_lost import gradient_guard_lost
from trainlint.rules.refactor.hyperparameter_drift import hyperparameter_drift
from trainlint.rules.refactor.iteration_count_changed import iteration_count_changed
from trainlint.rules.refactor.label_shift_changed import label_shift_changed
from trainlint.rules.refactor.logged_value_of_other_name import logged_value_of_other_name
from trainlint.rules.refactor.logging_lost import logging_lost
from trainlint.rules.refactor.loss_scaling_changed import loss_scaling_changed
from trainlint.rules.refactor.lr_law_changed import lr_law_changed
from trainlint.rules.refactor.method_renamed import method_renamed
from trainlint.rules.refactor.mode_switch_lost import mode_switch_lost
from trainlint.rules.refactor.model_changed import model_changed
from trainlint.rules.refactor.optimizer_groups_changed import optimizer_groups_changed
from trainlint.rules.refactor.option_default_changed import option_default_changed
from trainlint.rules.refactor.option_lost import option_lost
from trainlint.rules.refactor.precedence_changed import precedence_changed
from trainlint.rules.refactor.rank_guard_lost import rank_guard_lost
from trainlint.rules.refactor.resume_state_lost import resume_state_lost
from trainlint.rules.refactor.scaler_lost import scaler_lost
from trainlint.rules.refactor.seed_changed import seed_changed
from trainlint.rules.refactor.setup_step_lost import setup_step_lost
from trainlint.rules.refactor.shuffle_changed import shuffle_changed
from trainlint.rules.refactor.step_order_changed import step_order_changed
from trainlint.rules.refactor.unused_intended import unused_intended
from trainlint.rules.refactor.zero_grad_changed import zero_grad_changed

#: Rules over what differs between two programs, sorted by code.
DIFF_RULES: tuple[Rule[Comparison], ...] = (
    eval_split_lost,
    logged_value_of_other_name,
    accumulation_not_divided_by_world_size,
    derived_quantity_changed,
    evaluation_added,
    evaluation_removed,
    evaluation_condition_changed,
    callback_reads_other_keys,
    callback_output_changed,
    method_renamed,
    defined_never_called,
    setup_step_lost,
    hyperparameter_drift,
    option_lost,
    option_default_changed,
    environment_variable_no_longer_read,
    precedence_changed,
    loss_scaling_changed,
    step_order_changed,
    clip_changed,
    zero_grad_changed,
    mode_switch_lost,
    gradient_guard_lost,
    rank_guard_lost,
    distributed_call_lost,
    contract_broken,
    iteration_count_changed,
    scaler_lost,
    command_line_convention_changed,
    seed_changed,
    data_split_changed,
    shuffle_changed,
    label_shift_changed,
    lr_law_changed,
    optimizer_groups_changed,
    checkpoint_keys_changed,
    resume_state_lost,
    best_by_other_metric,
    logging_lost,
    feature_lost,
    model_changed,
    unused_intended,
    data_source_changed,
    data_preparation_changed,
)
