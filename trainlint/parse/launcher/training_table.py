"""Option tables of launchers that training libraries bring: accelerate, deepspeed, ray."""

from __future__ import annotations

from trainlint.parse.launcher.table import Kind, Launcher, Meaning, Starts, either_dash, options

_ACCELERATE = either_dash(
    (
        *options("--config_file --gpu_ids --main_process_ip --tee|-t --log_dir --role --vm --env", 1),
        *options("--rdzv_backend --rdzv_conf --main_training_function --mpirun_hostfile", 1),
        *options("--num_processes", 1, Kind.INTEGER, Meaning.PROCESSES, distinct=True),
        *options("--num_machines --machine_rank --main_process_port", 1, Kind.INTEGER, distinct=True),
        *options("--num_cpu_threads_per_process", 1, Kind.INTEGER, distinct=True),
        *options("--max_restarts --zero_stage --gradient_accumulation_steps", 1, Kind.INTEGER),
        *options("--monitor_interval --gradient_clipping", 1, Kind.NUMBER),
        *options("--mixed_precision", 1, Kind.CHOICE, choices=("no", "fp16", "bf16", "fp8")),
        *options("--dynamo_backend --dynamo_mode", 1),
        *options("--module|-m", meaning=Meaning.MODULE),
        *options("--no_python", meaning=Meaning.NO_PYTHON),
        *options("--help|-h", meaning=Meaning.NO_PROGRAM),
        *options("--multi_gpu --use_deepspeed --use_fsdp --use_megatron_lm", distinct=True),
        *options("--quiet|-q --cpu --tpu --enable_cpu_affinity --use_parallelism_config --same_network"),
        *options("--dynamo_use_fullgraph --dynamo_use_dynamic --dynamo_use_regional_compilation"),
        *options("--tpu_cluster --no_tpu_cluster --tpu_use_sudo --downcast_bf16 --debug"),
        # of earlier versions
        *options("--use_xpu --use_mps_device --ipex --fp16 --bf16 --mps --use_cpu --dynamo_use_nvprims"),
        *options("--tpu_name --tpu_zone --command_file --command --mpirun_ccl --fsdp", 1),
        *options("--deepspeed_config_file --deepspeed_hostfile --deepspeed_exclusion_filter", 1),
        *options("--deepspeed_inclusion_filter --deepspeed_multinode_launcher", 1),
        *options("--deepspeed_moe_layer_cls_names --offload_optimizer_device --offload_param_device", 1),
        *options("--offload_optimizer_nvme_path --offload_param_nvme_path --zero3_init_flag", 1),
        *options("--zero3_save_16bit_model --aws_access_key_id --aws_secret_access_key", 1),
        *options("--fsdp_version", 1, Kind.CHOICE, choices=("1", "2")),
        *options("--fsdp_min_num_params", 1, Kind.INTEGER),
        *options("--fsdp_offload_params --fsdp_sharding_strategy --fsdp_reshard_after_forward", 1),
        *options("--fsdp_auto_wrap_policy --fsdp_transformer_layer_cls_to_wrap", 1),
        *options("--fsdp_backward_prefetch --fsdp_backward_prefetch_policy --fsdp_state_dict_type", 1),
        *options("--fsdp_forward_prefetch --fsdp_use_orig_params --fsdp_cpu_ram_efficient_loading", 1),
        *options("--fsdp_sync_module_states --fsdp_activation_checkpointing", 1),
        *options("--fsdp_activation_checkpointing_offload", 1),
        *options("--fp8_backend --fp8_margin --fp8_interval --fp8_format --fp8_amax_history_len", 1),
        *options("--fp8_amax_compute_algo --fp8_override_linear_precision --fp8_opt_level", 1),
        *options("--fp8_enable_fsdp_float8_all_gather --fp8_pad_inner_dim", 1),
        *options("--fp8_use_autocast_during_eval"),
        *options("--megatron_lm_tp_degree --megatron_lm_pp_degree --megatron_lm_num_micro_batches", 1),
        *options("--megatron_lm_sequence_parallelism --megatron_lm_recompute_activations", 1),
        *options("--megatron_lm_use_distributed_optimizer --megatron_lm_gradient_clipping", 1),
        *options("--megatron_lm_use_custom_fsdp --megatron_lm_no_load_optim", 1),
        *options("--megatron_lm_eod_mask_loss --megatron_lm_overlap_cpu_optimizer_d2h_h2d", 1),
        *options("--megatron_lm_no_save_optim --megatron_lm_optimizer_cpu_offload", 1),
        *options("--megatron_lm_use_precision_aware_optimizer --megatron_lm_recompute_granularity", 1),
        *options("--megatron_lm_decoder_last_pipeline_num_layers --megatron_lm_recompute_method", 1),
        *options("--megatron_lm_recompute_num_layers --megatron_lm_attention_backend", 1),
        *options("--megatron_lm_expert_model_parallel_size --megatron_lm_context_parallel_size", 1),
        *options("--megatron_lm_attention_dropout --megatron_lm_hidden_dropout", 1),
        *options("--megatron_lm_attention_softmax_in_fp32 --megatron_lm_calculate_per_token_loss", 1),
        *options("--megatron_lm_expert_tensor_parallel_size", 1),
        *options("--megatron_lm_use_rotary_position_embeddings", 1),
        *options("--parallelism_config_dp_replicate_size --parallelism_config_dp_shard_size", 1),
        *options("--parallelism_config_tp_size --parallelism_config_cp_size", 1),
        *options("--parallelism_config_cp_backend --parallelism_config_cp_comm_strategy", 1),
        *options("--parallelism_config_sp_size --parallelism_config_sp_backend", 1),
        *options("--parallelism_config_sp_seq_length --parallelism_config_sp_attn_implementation", 1),
        *options("--parallelism_config_sp_seq_length_is_variable", 1),
    )
)

_DEEPSPEED = (
    *options("--hostfile|-H --include|-i --exclude|-e --master_addr --launcher --launcher_args", 1),
    *options("--enable_each_rank_log --comment --account --bind_core_list --venv_script --log_level", 1),
    *options("--num_nodes", 1, Kind.INTEGER, Meaning.NODES, distinct=True),
    *options("--num_gpus|--num_accelerators", 1, Kind.INTEGER, Meaning.PER_NODE, distinct=True),
    *options("--min_elastic_nodes --max_elastic_nodes --master_port --node_rank --ssh_port", 1, Kind.INTEGER),
    *options("--autotuning", 1, Kind.CHOICE, choices=("tune", "run")),
    *options("--module", meaning=Meaning.MODULE),
    *options("--no_python", meaning=Meaning.NO_PYTHON),
    *options("--help|-h", meaning=Meaning.NO_PROGRAM),
    *options("--no_local_rank --no_ssh --no_ssh_check --force_multi --save_pid --elastic_training"),
    *options("--bind_cores_to_rank --quiet|-q"),
)

_RAY = (
    *options("--address --job-id --submission-id --runtime-env --runtime-env-json --metadata-json", 1),
    *options("--entrypoint-num-cpus --entrypoint-num-gpus", 1, Kind.NUMBER),
    *options("--entrypoint-memory", 1, Kind.INTEGER),
    *options("--entrypoint-resources --entrypoint-label-selector --headers --verify --log-style", 1),
    *options("--log-color", 1),
    *options("--working-dir", 1, meaning=Meaning.DIRECTORY),
    *options("--no-wait --verbose|-v"),
    *options("--help", meaning=Meaning.NO_PROGRAM),
)

ACCELERATE = Launcher(
    "accelerate", _ACCELERATE, Starts.SCRIPT, subcommands=("launch",), refuses_dashes=True, processes=True
)
DEEPSPEED = Launcher(
    "deepspeed", _DEEPSPEED, Starts.SCRIPT, abbreviations=True, refuses_dashes=True, processes=True, nodes=1
)
RAY = Launcher("ray", _RAY, subcommands=("job", "submit"))
ACCELERATE_LAUNCH = Launcher("accelerate", _ACCELERATE, Starts.SCRIPT, refuses_dashes=True, processes=True)
