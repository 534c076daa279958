"""The keys of accelerate's config files: of releases 0.2 to 1.15."""

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

_VERSIONS = "accelerate from 0.2 to 1.15"
_NUMBER_OF = Shape.INTEGER


def _part(prefix: str, *groups: tuple[Setting, ...]) -> Section:
    """A section whose keys become arguments of the launcher: those that are none change nothing."""
    return Section(table(*groups), Surplus.DROPPED, _VERSIONS, prefix=prefix)


_DEEPSPEED = _part(
    "",
    keys("deepspeed_config_file deepspeed_hostfile deepspeed_exclusion_filter deepspeed_inclusion_filter"),
    keys("deepspeed_moe_layer_cls_names gradient_accumulation_steps gradient_clipping zero3_init_flag"),
    keys("zero3_save_16bit_model offload_optimizer_nvme_path offload_param_nvme_path"),
    choice("zero_stage", 0, 1, 2, 3, "0", "1", "2", "3", auto=True),
    choice("offload_optimizer_device", "none", "cpu", "nvme", auto=True),
    choice("offload_param_device", "none", "cpu", "nvme", auto=True),
    choice(
        "deepspeed_multinode_launcher",
        "pdsh",
        "standard",
        "openmpi",
        "mvapich",
        "mpich",
        "nossh",
        "slurm",
        "impi",
    ),
)
_FSDP = _part(
    "fsdp_",
    keys("fsdp_version fsdp_offload_params fsdp_min_num_params fsdp_sharding_strategy"),
    keys("fsdp_reshard_after_forward fsdp_auto_wrap_policy fsdp_transformer_layer_cls_to_wrap"),
    keys("fsdp_backward_prefetch fsdp_backward_prefetch_policy fsdp_state_dict_type"),
    keys("fsdp_forward_prefetch fsdp_use_orig_params fsdp_cpu_ram_efficient_loading"),
    keys("fsdp_sync_module_states fsdp_activation_checkpointing fsdp_ignored_modules"),
)
_FP8 = _part(
    "fp8_",
    keys("fp8_backend fp8_use_autocast_during_eval fp8_margin fp8_interval fp8_format fp8_amax_history_len"),
    keys("fp8_amax_history_length fp8_amax_compute_algo fp8_amax_compute_algorithm fp8_opt_level"),
    keys("fp8_override_linear_precision fp8_optimization_level fp8_enable_fsdp_float8_all_gather"),
    keys("fp8_pad_inner_dim"),
)
_DYNAMO = _part(
    "dynamo_",
    keys("dynamo_backend dynamo_mode dynamo_use_fullgraph dynamo_use_dynamic dynamo_use_nvprims"),
    keys("dynamo_use_regional_compilation"),
)
_OTHER = Section({}, Surplus.KEPT, _VERSIONS)

_BOTH = (
    *choice("compute_environment", "LOCAL_MACHINE", "AMAZON_SAGEMAKER", "CUSTOM_CLUSTER", empty=False),
    *choice("mixed_precision", "no", "fp16", "bf16", "fp8", folds_case=True),
    *keys("use_cpu debug fp16 dynamo_backend"),
    *keys("num_machines num_processes", _NUMBER_OF),
    *keys("gpu_ids enable_cpu_affinity"),
    *below("dynamo_config", _DYNAMO),
)
_UNKNOWN_KEYS = "ValueError: The config file had unknown keys"

CLUSTER = Section(
    table(
        _BOTH,
        choice(
            "distributed_type",
            *("NO", "MULTI_CPU", "MULTI_GPU", "MULTI_NPU", "MULTI_MLU", "MULTI_SDAA", "MULTI_MUSA"),
            *("MULTI_XPU", "MULTI_HPU", "MULTI_NEURON", "DEEPSPEED", "FSDP", "XLA", "TPU", "MEGATRON_LM"),
            *("MPS", "TP", False),
            empty=False,
        ),
        keys("machine_rank main_process_ip main_process_port main_training_function rdzv_backend"),
        keys("same_network downcast_bf16 tpu_name tpu_zone tpu_use_cluster tpu_use_sudo command_file"),
        keys("commands tpu_vm tpu_env"),
        below("deepspeed_config", _DEEPSPEED),
        below("fsdp_config", _FSDP),
        below("fp8_config", _FP8),
        *(below(name, _OTHER) for name in ("megatron_lm_config", "mpirun_config", "parallelism_config")),
        *(below(name, _OTHER) for name in ("ipex_config", "tp_config")),
    ),
    Surplus.REFUSED,
    _VERSIONS,
    _UNKNOWN_KEYS,
)
SAGEMAKER = Section(
    table(
        _BOTH,
        choice("distributed_type", "NO", "DATA_PARALLEL", "MODEL_PARALLEL", False, empty=False),
        keys("ec2_instance_type iam_role_name profile region base_job_name pytorch_version image_uri"),
        keys("transformers_version py_version sagemaker_inputs_file sagemaker_metrics_file"),
        below("additional_args", _OTHER),
    ),
    Surplus.REFUSED,
    _VERSIONS,
    _UNKNOWN_KEYS,
)

#: Settings of `deepspeed_config` that cannot stand beside `deepspeed_config_file`.
IN_DEEPSPEED_FILE = (
    *("gradient_accumulation_steps", "gradient_clipping", "zero_stage", "offload_optimizer_device"),
    *("offload_param_device", "offload_param_nvme_path", "offload_optimizer_nvme_path"),
    *("zero3_save_16bit_model",),
)
