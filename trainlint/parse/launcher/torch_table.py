"""Option tables of the launchers that torch brings: torchrun and `torch.distributed.launch`."""

from __future__ import annotations

from trainlint.parse.launcher.table import Kind, Launcher, Meaning, Starts, either_dash, options

_RUN = either_dash(
    (
        *options("--nnodes", 1, Kind.NODES, Meaning.NODES, distinct=True),
        *options("--nproc_per_node", 1, Kind.WORKERS, Meaning.PER_NODE, distinct=True),
        *options("--rdzv_backend --rdzv_endpoint --rdzv_id --rdzv_conf --master_addr", 1, distinct=True),
        *options("--max_restarts --node_rank --master_port", 1, Kind.INTEGER, distinct=True),
        *options("--standalone", distinct=True),
        *options("--monitor_interval", 1, Kind.NUMBER),
        *options("--start_method", 1, Kind.CHOICE, choices=("spawn", "fork", "forkserver")),
        *options("--event_log_handler --role --log_dir --redirects|-r --tee|-t --local_ranks_filter", 1),
        *options("--duplicate_stdout_filters --duplicate_stderr_filters --local_addr --logs_specs", 1),
        *options("--signals_to_handle", 1),
        *options("--shutdown_timeout", 1, Kind.INTEGER),
        *options("--numa_binding", 1, Kind.CHOICE, choices=("node", "socket", "exclusive", "core-complex")),
        *options("--virtual_local_rank --run_path"),
        *options("--module|-m", meaning=Meaning.MODULE),
        *options("--no_python", meaning=Meaning.NO_PYTHON),
        *options("--help|-h", meaning=Meaning.NO_PROGRAM),
    )
)

TORCHRUN = Launcher(
    "torchrun",
    _RUN,
    Starts.SCRIPT,
    complete=True,
    abbreviations=True,
    refuses_dashes=True,
    processes=True,
    nodes=1,
    per_node=1,
)
LAUNCH = Launcher(
    "torch.distributed.launch",
    (*_RUN, *either_dash(options("--use_env"))),
    Starts.SCRIPT,
    complete=True,
    abbreviations=True,
    refuses_dashes=True,
    processes=True,
    nodes=1,
    per_node=1,
)
