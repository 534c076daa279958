"""Every rule, in the order of its code: the only list there is."""

from __future__ import annotations

from trainlint.chain.model import Chain, Project
from trainlint.diagnostic import RuleInfo
from trainlint.rules.arch.class_not_found import class_not_found
from trainlint.rules.arch.malformed_target import malformed_target
from trainlint.rules.arch.missing_argument import missing_argument
from trainlint.rules.arch.module_not_found import module_not_found
from trainlint.rules.arch.not_callable import not_callable
from trainlint.rules.arch.stale_module_name import stale_module_name
from trainlint.rules.arch.unexpected_argument import unexpected_argument
from trainlint.rules.arch.wrong_argument_type import wrong_argument_type
from trainlint.rules.base import Rule
from trainlint.rules.config.ambiguous_comma import ambiguous_comma
from trainlint.rules.config.config_not_found import config_not_found
from trainlint.rules.config.default_not_found import default_not_found
from trainlint.rules.config.duplicate_override import duplicate_override
from trainlint.rules.config.duplicate_yaml_key import duplicate_yaml_key
from trainlint.rules.config.invalid_defaults_list import invalid_defaults_list
from trainlint.rules.config.merge_conflict import merge_conflict
from trainlint.rules.config.missing_append import missing_append
from trainlint.rules.config.missing_mandatory_value import missing_mandatory_value
from trainlint.rules.config.needless_append import needless_append
from trainlint.rules.config.override_syntax import override_syntax
from trainlint.rules.config.refused_argument import refused_argument
from trainlint.rules.config.schema_missing_field import schema_missing_field
from trainlint.rules.config.schema_type_mismatch import schema_type_mismatch
from trainlint.rules.config.schema_unknown_field import schema_unknown_field
from trainlint.rules.config.stale_config_name import stale_config_name
from trainlint.rules.config.unknown_override_key import unknown_override_key
from trainlint.rules.config.unresolved_interpolation import unresolved_interpolation
from trainlint.rules.job.argument_after_comment import argument_after_comment
from trainlint.rules.job.cwd_dependent_launch import cwd_dependent_launch
from trainlint.rules.job.duplicate_run import duplicate_run
from trainlint.rules.job.invalid_launcher_config_value import invalid_launcher_config_value
from trainlint.rules.job.invalid_launcher_value import invalid_launcher_value
from trainlint.rules.job.launcher_config_mismatch import launcher_config_mismatch
from trainlint.rules.job.launcher_config_not_found import launcher_config_not_found
from trainlint.rules.job.launcher_option_after_script import launcher_option_after_script
from trainlint.rules.job.launcher_table_error import launcher_table_error
from trainlint.rules.job.script_not_found import script_not_found
from trainlint.rules.job.shell_swallows_override import shell_swallows_override
from trainlint.rules.job.shell_syntax_error import shell_syntax_error
from trainlint.rules.job.stale_script_name import stale_script_name
from trainlint.rules.job.undefined_shell_variable import undefined_shell_variable
from trainlint.rules.job.unfilled_placeholder import unfilled_placeholder
from trainlint.rules.job.unknown_launcher_config_key import unknown_launcher_config_key
from trainlint.rules.job.unknown_launcher_option import unknown_launcher_option
from trainlint.rules.run.absolute_home_path import absolute_home_path
from trainlint.rules.run.act_mode_conflict import act_mode_conflict
from trainlint.rules.run.act_parameters_missing import act_parameters_missing
from trainlint.rules.run.carry_not_persisted import carry_not_persisted
from trainlint.rules.run.checkpoint_config_mismatch import checkpoint_config_mismatch
from trainlint.rules.run.checkpoint_not_found import checkpoint_not_found
from trainlint.rules.run.checkpoint_parameters_mismatch import checkpoint_parameters_mismatch
from trainlint.rules.run.data_of_other_mode import data_of_other_mode
from trainlint.rules.run.data_path_not_found import data_path_not_found
from trainlint.rules.run.decay_ends_early import decay_ends_early
from trainlint.rules.run.encoder_cached_in_dynamic_mode import encoder_cached_in_dynamic_mode
from trainlint.rules.run.encoder_parameters_ignored import encoder_parameters_ignored
from trainlint.rules.run.guard_violated import guard_violated
from trainlint.rules.run.indivisible_batch import indivisible_batch
from trainlint.rules.run.interval_beyond_run import interval_beyond_run
from trainlint.rules.run.key_never_read import key_never_read
from trainlint.rules.run.key_of_other_branch import key_of_other_branch
from trainlint.rules.run.key_read_but_absent import key_read_but_absent
from trainlint.rules.run.local_counter_schedule import local_counter_schedule
from trainlint.rules.run.never_anneals import never_anneals
from trainlint.rules.run.output_path_collision import output_path_collision
from trainlint.rules.run.schedule_outlives_run import schedule_outlives_run
from trainlint.rules.run.total_steps_formula import total_steps_formula
from trainlint.rules.run.training_function_of_other_mode import training_function_of_other_mode
from trainlint.rules.run.uneven_interval import uneven_interval
from trainlint.rules.run.value_not_accepted import value_not_accepted
from trainlint.rules.run.warmup_exceeds_run import warmup_exceeds_run
from trainlint.rules.script.config_name_mismatch import config_name_mismatch
from trainlint.rules.script.config_path_outside import config_path_outside
from trainlint.rules.script.conflicting_arguments import conflicting_arguments
from trainlint.rules.script.first_party_import_not_found import first_party_import_not_found
from trainlint.rules.script.imported_name_not_found import imported_name_not_found
from trainlint.rules.script.invalid_argument_value import invalid_argument_value
from trainlint.rules.script.missing_required_argument import missing_required_argument
from trainlint.rules.script.no_entry_point import no_entry_point
from trainlint.rules.script.unknown_argument import unknown_argument
from trainlint.rules.tool.job_syntax_error import job_syntax_error
from trainlint.rules.tool.malformed_suppression import malformed_suppression
from trainlint.rules.tool.python_syntax_error import python_syntax_error
from trainlint.rules.tool.unreadable_file import unreadable_file
from trainlint.rules.tool.unused_suppression import unused_suppression
from trainlint.rules.tool.yaml_syntax_error import yaml_syntax_error

#: Rules over one launch, sorted by code.
CHAIN_RULES: tuple[Rule[Chain], ...] = (
    yaml_syntax_error,
    python_syntax_error,
    script_not_found,
    stale_script_name,
    unknown_launcher_option,
    invalid_launcher_value,
    launcher_option_after_script,
    unfilled_placeholder,
    shell_swallows_override,
    cwd_dependent_launch,
    unknown_launcher_config_key,
    launcher_config_mismatch,
    invalid_launcher_config_value,
    launcher_config_not_found,
    no_entry_point,
    first_party_import_not_found,
    imported_name_not_found,
    config_name_mismatch,
    config_path_outside,
    unknown_argument,
    missing_required_argument,
    invalid_argument_value,
    conflicting_arguments,
    config_not_found,
    default_not_found,
    unknown_override_key,
    needless_append,
    missing_append,
    override_syntax,
    ambiguous_comma,
    unresolved_interpolation,
    missing_mandatory_value,
    schema_type_mismatch,
    schema_unknown_field,
    schema_missing_field,
    duplicate_override,
    duplicate_yaml_key,
    stale_config_name,
    invalid_defaults_list,
    merge_conflict,
    refused_argument,
    module_not_found,
    class_not_found,
    malformed_target,
    stale_module_name,
    not_callable,
    unexpected_argument,
    missing_argument,
    wrong_argument_type,
    act_mode_conflict,
    act_parameters_missing,
    encoder_cached_in_dynamic_mode,
    carry_not_persisted,
    training_function_of_other_mode,
    data_of_other_mode,
    encoder_parameters_ignored,
    checkpoint_config_mismatch,
    absolute_home_path,
    checkpoint_parameters_mismatch,
    schedule_outlives_run,
    warmup_exceeds_run,
    decay_ends_early,
    never_anneals,
    total_steps_formula,
    local_counter_schedule,
    indivisible_batch,
    uneven_interval,
    interval_beyond_run,
    value_not_accepted,
    guard_violated,
    key_of_other_branch,
    key_read_but_absent,
    key_never_read,
)

#: Rules over all launches of a run, sorted by code.
PROJECT_RULES: tuple[Rule[Project], ...] = (
    unreadable_file,
    job_syntax_error,
    unused_suppression,
    malformed_suppression,
    duplicate_run,
    shell_syntax_error,
    undefined_shell_variable,
    argument_after_comment,
    launcher_table_error,
    data_path_not_found,
    checkpoint_not_found,
    output_path_collision,
)

#: What there is to know of every rule, sorted by code.
RULES: tuple[RuleInfo, ...] = tuple(
    sorted(
        [*(rule.info for rule in CHAIN_RULES), *(rule.info for rule in PROJECT_RULES)],
        key=lambda info: info.code,
    )
)
