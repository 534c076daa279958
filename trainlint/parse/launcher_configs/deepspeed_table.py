"""The keys of DeepSpeed's config: of releases 0.5 to 0.19 (August 2026)."""

from __future__ import annotations

from trainlint.parse.launcher_configs.schema import (
    Section,
    Setting,
    Shape,
    Surplus,
    below,
    choice,
    keys,
    table,
)

_VERSIONS = "DeepSpeed from 0.7 to 0.19"
_DEVICES = ("none", "cpu", "nvme")


def _model(*groups: tuple[Setting, ...]) -> Section:
    """A section that DeepSpeed reads through a pydantic model which forbids other keys."""
    return Section(
        table(*groups), Surplus.REFUSED, _VERSIONS, "pydantic: Extra inputs are not permitted", dropped="auto"
    )


def _recent_model(*groups: tuple[Setting, ...]) -> Section:
    """A section of which releases before 0.17 took what they knew."""
    words = "DeepSpeed from 0.17 on: Extra inputs are not permitted; before, the key is dropped in silence"
    return Section(table(*groups), Surplus.REFUSED_LATELY, _VERSIONS, words, dropped="auto")


def _plain(*groups: tuple[Setting, ...]) -> Section:
    """A section of which DeepSpeed takes what it knows."""
    return Section(table(*groups), Surplus.DROPPED, _VERSIONS)


def _switches(names: str) -> tuple[Setting, ...]:
    return keys(names, Shape.SWITCH, auto=True, empty=False)


def _sizes(names: str) -> tuple[Setting, ...]:
    return keys(names, Shape.SIZE, auto=True, empty=False)


_OPEN = Section({}, Surplus.KEPT, _VERSIONS)
_OFFLOAD_PARAM = _model(
    choice("device", *_DEVICES, auto=True, empty=False),
    keys("nvme_path"),
    _sizes("buffer_count buffer_size max_in_cpu"),
    _switches("pin_memory"),
)
_OFFLOAD_OPTIMIZER = _model(
    choice("device", *_DEVICES, auto=True, empty=False),
    keys("nvme_path"),
    _sizes("buffer_count"),
    _switches("pin_memory pipeline_read pipeline_write fast_init super_offload"),
    keys("ratio cpuadam_cores_perc", Shape.NUMBER, auto=True, empty=False),
    # of releases before 0.7, whose reader took what it knew
    keys("pipeline"),
)
_STAGE3 = (
    "prefetch_bucket_size param_persistence_threshold model_persistence_threshold max_live_parameters "
    "max_reuse_distance"
)
_ZERO = _model(
    choice("stage", 0, 1, 2, 3, "0", "1", "2", "3", True, False, auto=True, empty=False),
    _switches("contiguous_gradients reduce_scatter use_multi_rank_bucket_allreduce allgather_partitions"),
    _switches("load_from_fp32_weights elastic_checkpoint ignore_unused_parameters legacy_stage1"),
    _switches("round_robin_gradients zero_quantized_weights zero_quantized_nontrainable_weights"),
    _switches("zero_quantized_gradients mics_hierarchical_params_gather memory_efficient_linear"),
    _switches("pipeline_loading_checkpoint override_module_apply log_trace_cache_warnings"),
    _switches("enable_sanity_checks save_muon_momentum_buffer_in_memory"),
    _switches("gather_16bit_weights_on_model_save stage3_gather_16bit_weights_on_model_save"),
    _switches("stage3_gather_fp16_weights_on_model_save use_all_reduce_for_fetch_params"),
    _switches("stage3_use_all_reduce_for_fetch_params allgather_sequential stage3_allgather_sequential"),
    keys("overlap_comm cpu_offload cpu_offload_param cpu_offload_use_pin_memory", Shape.SWITCH, auto=True),
    _sizes("reduce_bucket_size allgather_bucket_size sub_group_size zero_hpz_partition_size"),
    _sizes(_STAGE3),
    _sizes(" ".join(f"stage3_{name}" for name in _STAGE3.split())),
    keys("module_granularity_threshold stage3_module_granularity_threshold mics_shard_size"),
    keys("zeropp_loco_param zenflow leaf_module"),
    below("offload_param", _OFFLOAD_PARAM, None),
    below("offload_optimizer", _OFFLOAD_OPTIMIZER, None),
)
_FP16 = _recent_model(
    _switches("enabled auto_cast consecutive_hysteresis fp16_master_weights_and_grads"),
    keys("loss_scale initial_scale_power loss_scale_window hysteresis min_loss_scale"),
)
_BF16 = _recent_model(
    _switches("enabled immediate_grad_update check_grad_overflow bf16_master_weights_and_grads"),
    _switches("bf16_optimizer_states"),
)
_ACTIVATIONS = _plain(
    keys("partition_activations number_checkpoints contiguous_memory_optimization cpu_checkpointing"),
    keys("synchronize_checkpoint_boundary profile"),
)

CONFIG = Section(
    table(
        keys("train_batch_size train_micro_batch_size_per_gpu", Shape.NUMBER, auto=True),
        keys("gradient_accumulation_steps", Shape.NUMBER, auto=True),
        keys("gradient_clipping gradient_predivide_factor"),
        keys("managed_gradient_accumulation steps_per_print dump_state disable_allgather"),
        keys("prescale_gradients sparse_gradients vocabulary_size fp32_allreduce allgather_size"),
        choice("communication_data_type", "fp32", "fp16", "bf16", auto=True, folds_case=True),
        keys("seq_parallel_communication_data_type seq_parallel_comm_data_type gradient_allreduce_op"),
        keys("zero_allow_untested_optimizer zero_force_ds_cpu_optimizer wall_clock_breakdown"),
        keys("memory_breakdown graph_harvesting use_data_before_expert_parallelism dataloader_drop_last"),
        keys("sequence_parallel_size datastates_ckpt log_level ddp_bf16 quantize_training inference"),
        below("zero_optimization", _ZERO, True, False),
        below("fp16", _FP16, "auto"),
        below("bf16", _BF16, None),
        below("bfloat16", _BF16, None),
        below("activation_checkpointing", _ACTIVATIONS),
        below("optimizer", _plain(keys("type params legacy_fusion"))),
        below("scheduler", _plain(keys("type params"))),
        *(
            below(name, _OPEN)
            for name in (
                *("amp", "torch_autocast", "comms_logger", "tensorboard", "wandb", "csv_monitor", "comet"),
                *("compression_training", "flops_profiler", "autotuning", "eigenvalue", "hybrid_engine"),
                *("sparse_attention", "pipeline", "progressive_layer_drop", "curriculum_learning"),
                *("data_efficiency", "checkpoint", "data_types", "aio", "nebula", "weight_quantization"),
                *("compile", "timers", "tensor_parallel", "expert_parallel", "elasticity"),
            )
        ),
    ),
    Surplus.DROPPED,
    _VERSIONS,
)
