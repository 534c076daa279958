"""Option tables of launchers that start processes on a cluster: srun, sbatch, mpirun."""

from __future__ import annotations

from trainlint.parse.launcher.table import Launcher, Meaning, Starts, options

_SLURM = (
    *options("--ntasks|-n", 1, meaning=Meaning.PROCESSES, distinct=True),
    *options("--nodes|-N", 1, meaning=Meaning.NODES),
    *options("--ntasks-per-node|--tasks-per-node", 1, meaning=Meaning.PER_NODE, distinct=True),
    *options("--chdir|-D", 1, meaning=Meaning.DIRECTORY),
    *options("--export", 1, meaning=Meaning.SET_LIST),
    *options("--help|-h --usage --version|-V", meaning=Meaning.NO_PROGRAM),
    *options("--account|-A --acctg-freq --bb --bbf --begin|-b --cluster-constraint --clusters|-M", 1),
    *options("--comment --constraint|-C --container --container-id --context --core-spec|-S", 1),
    *options("--cores-per-socket --cpu-freq --cpus-per-gpu --cpus-per-task|-c --deadline --delay-boot", 1),
    *options("--dependency|-d --distribution|-m --error|-e --exclude|-x --extra --extra-node-info|-B", 1),
    *options("--gpu-bind --gpu-freq --gpus|-G --gpus-per-node --gpus-per-socket --gpus-per-task", 1),
    *options("--gres --gres-flags --hint --input|-i --job-name|-J --licenses|-L --mail-type", 1),
    *options("--mail-user --mcs-label --mem --mem-bind --mem-per-cpu --mem-per-gpu --mincpus", 1),
    *options("--network --nodefile|-F --nodelist|-w --ntasks-per-core --ntasks-per-gpu", 1),
    *options("--ntasks-per-socket --open-mode --output|-o --partition|-p --power --prefer", 1),
    *options("--priority --profile --qos|-q --reservation --segment --signal --sockets-per-node", 1),
    *options("--switches --thread-spec --threads-per-core --time|-t --time-min --tmp --tres-bind", 1),
    *options("--tres-per-task --wckey --uid --gid", 1),
    *options("--exclusive --nice --no-kill|-k --oom-kill-step --propagate --resv-ports"),
    *options("--contiguous --hold|-H --overcommit|-O --oversubscribe|-s|--share --parsable --quiet|-Q"),
    *options("--reboot --spread-job --stepmgr --test-only --use-min-nodes --verbose|-v"),
    *options("--consolidate-segments --spread-segments"),
)
_SRUN = (
    *_SLURM,
    *options("--accel-bind --bcast-exclude --cpu-bind|--cpu_bind --epilog --prolog --het-group", 1),
    *options("--jobid --mpi --msg-timeout --pack-group --relative|-r --slurmd-debug --task-epilog", 1),
    *options("--task-prolog --threads|-T --treewidth --wait|-W", 1),
    *options("--bcast --compress --immediate|-I --kill-on-bad-exit|-K --overlap --pty --send-libs --x11"),
    *options("--disable-status|-X --exact --interactive --label|-l --multi-prog --no-allocate|-Z"),
    *options("--preserve-env|-E --quit-on-interrupt --unbuffered|-u --whole --async --external-launcher"),
    # options of the container plugin that most GPU clusters load
    *options("--container-image", 1, meaning=Meaning.CONTAINER),
    *options("--container-mounts --container-workdir --container-name", 1),
    *options("--container-save --container-env", 1),
    *options("--container-mount-home --no-container-mount-home --container-remap-root"),
    *options("--no-container-remap-root --container-entrypoint --no-container-entrypoint"),
    *options("--container-writable --container-readonly"),
)
_SBATCH = (
    *_SLURM,
    *options("--array|-a --batch --export-file --kill-on-invalid-dep --wait-all-nodes", 1),
    *options("--wrap", 1, meaning=Meaning.TEXT),
    *options("--get-user-env --ignore-pbs --no-requeue --requeue --umask --wait|-W --external"),
)

#: Of Open MPI 4.1 and 5 (PRRTE of August 2026) and of MPICH's Hydra: which of them `mpirun` is, only the
#: machine knows.
_MPI = (
    *options("--np|--n|--c", 1, meaning=Meaning.PROCESSES, distinct=True),
    *options("--npernode|--ppn|--N|--perhost", 1),
    *options("-x", 1, meaning=Meaning.SET),
    *options("--wdir|--wd|--workdir", 1, meaning=Meaning.DIRECTORY),
    *options("--host|-H|--hosts --hostfile|--machinefile|--default-hostfile|-f --map-by --bind-to", 1),
    *options("--rank-by --output-filename --output --prefix --app --rankfile|-rf --path --tune --am", 1),
    *options("--npersocket --cpus-per-proc --cpus-per-rank --cpu-set --cpu-list --report-uri --stdin", 1),
    *options("--xterm --preload-files --max-restarts --slot-list --launcher --rmk --iface --timeout", 1),
    *options("--launch-agent --personality --runtime-options --ompi-server --envlist --genvlist", 1),
    *options("--mca|--gmca|--omca|--gomca|--prtemca|--pmixmca --genv --env", 2),
    *options("--allow-run-as-root --oversubscribe --nooversubscribe --report-bindings --tag-output"),
    *options("--timestamp-output --display-map --display-allocation --display-topo --bind-to-core"),
    *options("--bind-to-none --bind-to-socket --bycore --bynode --byslot --bysocket --pernode"),
    *options("--use-hwthread-cpus --verbose|-v --quiet|-q --preload-binary|-s --merge-stderr-to-stdout"),
    *options("--enable-recovery --disable-recovery --continuous --nolocal --novm --do-not-launch"),
    *options("--debug-daemons --leave-session-attached --debug|--tv --get-stack-traces"),
    *options("--genvall --genvnone --envall --envnone --prepend-rank|-l --print-all-exitcodes"),
    *options("--parsable|--parseable|-p --do-not-resolve --noprefix --no-app-prefix --show-progress --xml"),
    *options("--report-pid --dvm --max-vm-size --tmpdir --spawn-timeout --pset --memory-alloc-kinds", 1),
    *options("--gpu-support --app-pmix-prefix --display --rtos --with-ft --initial-errhandler --arch", 1),
    *options("--file --output-directory --ppr --amca --stream-buffering --forward-signals --hnp", 1),
    *options("--xml-file --sstore-load --cartofile|-cf --debugger --report-events", 1),
    *options("--debug-daemons-file --uniform-nodes --stop-on-exec --stop-in-init --stop-in-app --soft"),
    *options("--report-state-on-timeout --no-aggregate-help --fwd-environment --display-comm"),
    *options("--display-comm-finalize --report-child-jobs-separately --display-devel-map --hetero-nodes"),
    *options("--display-devel-allocation --display-diffable-map --output-proctable --index-argv-by-rank"),
    *options("--set-cwd-to-session-dir --debug-devel|-d --use-regexp --crdebug --fwd-mpirun-port"),
    *options("--enable-instant-on-support"),
    *options("--help|-h --version|-V", meaning=Meaning.NO_PROGRAM),
)

SRUN = Launcher("srun", _SRUN, abbreviations=True, processes=True, per_node=1)
SBATCH = Launcher("sbatch", _SBATCH, Starts.SHELL, abbreviations=True)
MPIRUN = Launcher("mpirun", _MPI, single_dash=True, processes=True)
