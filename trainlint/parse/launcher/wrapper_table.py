"""Option tables of programs that start another one in some way: env, nohup, timeout, bash and the like."""

from __future__ import annotations

from trainlint.parse.launcher.table import Kind, Launcher, Meaning, Starts, options

_HELP = options("--help --version", meaning=Meaning.NO_PROGRAM)

NOHUP = Launcher("nohup", _HELP, complete=True, abbreviations=True)
TIME = Launcher(
    "time",
    (
        *options("-p|--portability -v|--verbose -a|--append -q|--quiet"),
        *options("-f|--format -o|--output", 1),
        *_HELP,
    ),
    abbreviations=True,
)
ENV = Launcher(
    "env",
    (
        *options("--ignore-environment|-i|- --null|-0 --debug|-v --list-signal-handling"),
        *options("--block-signal --default-signal --ignore-signal"),
        *options("--unset|-u", 1, meaning=Meaning.UNSET),
        *options("--chdir|-C", 1, meaning=Meaning.DIRECTORY),
        *options("--split-string|-S", 1, meaning=Meaning.TEXT),
        *_HELP,
    ),
    assignments=True,
    complete=True,
    abbreviations=True,
)
NUMACTL = Launcher(
    "numactl",
    (
        *options("--interleave|-i --membind|-m --cpunodebind|-N|--cpubind --physcpubind|-C", 1),
        *options("--preferred|-p --preferred-many|-P --weighted-interleave|-w", 1),
        *options("--localalloc|-l --all|-a --balancing|-b"),
        *options("--show|-s --hardware|-H", meaning=Meaning.NO_PROGRAM),
    ),
    abbreviations=True,
)
TASKSET = Launcher(
    "taskset",
    (
        *options("--all-tasks|-a --cpu-list|-c"),
        *options("--pid|-p --help|-h --version|-V", meaning=Meaning.NO_PROGRAM),
    ),
    positionals=1,
    complete=True,
    abbreviations=True,
)
NICE = Launcher(
    "nice",
    (*options("--adjustment|-n", 1, Kind.INTEGER), *_HELP),
    abbreviations=True,
)
IONICE = Launcher(
    "ionice",
    (
        *options("--class|-c --classdata|-n", 1),
        *options("--ignore|-t"),
        *options("--pid|-p --pgid|-P --uid|-u --help|-h --version|-V", meaning=Meaning.NO_PROGRAM),
    ),
    complete=True,
    abbreviations=True,
)
STDBUF = Launcher(
    "stdbuf",
    (*options("--input|-i --output|-o --error|-e", 1), *_HELP),
    complete=True,
    abbreviations=True,
)
TIMEOUT = Launcher(
    "timeout",
    (
        *options("--kill-after|-k --signal|-s", 1),
        *options("--preserve-status|-p --foreground|-f --verbose|-v"),
        *_HELP,
    ),
    positionals=1,
    complete=True,
    abbreviations=True,
)
SUDO = Launcher(
    "sudo",
    (
        *options("--user|-u --group|-g --host|-h --prompt|-p --role|-r --type|-t --close-from|-C", 1),
        *options("--command-timeout|-T --chroot|-R --other-user|-U", 1),
        *options("--chdir|-D", 1, meaning=Meaning.DIRECTORY),
        *options("--preserve-env|-E --set-home|-H --non-interactive|-n --login|-i --shell|-s --stdin|-S"),
        *options("--background|-b --askpass|-A --preserve-groups|-P --reset-timestamp|-k"),
    ),
    assignments=True,
)
SETSID = Launcher("setsid", options("--ctty|-c --fork|-f --wait|-w"))
XVFB_RUN = Launcher(
    "xvfb-run",
    (
        *options("--auto-servernum|-a --listen-tcp|-l --wait|-w --auto-display|-d"),
        *options("--error-file|-e --auth-file|-f --server-num|-n --xauth-protocol|-p --server-args|-s", 1),
    ),
)
EXEC = Launcher("exec", (*options("-c -l"), *options("-a", 1)))
COMMAND = Launcher("command", (*options("-p"), *options("-v -V", meaning=Meaning.NO_PROGRAM)))
BASH = Launcher(
    "bash",
    (
        *options("-c", meaning=Meaning.TEXT),
        *options("-o -O --rcfile --init-file", 1),
        *options("-l|--login -i -x -e -u -v -f -n -a -h -k -m -p -r -s -t -B -C -E -T --noprofile --norc"),
        *options("--posix --verbose --restricted"),
        *options("--help --version", meaning=Meaning.NO_PROGRAM),
    ),
    Starts.SHELL,
)
COVERAGE = Launcher(
    "coverage",
    (
        *options("--module|-m", meaning=Meaning.MODULE),
        *options("--append|-a --branch --parallel-mode|-p --pylib|-L --timid --debug --save-signal"),
        *options("--concurrency --context --data-file --include --omit --rcfile --source", 1),
        *options("--help|-h", meaning=Meaning.NO_PROGRAM),
    ),
    Starts.SCRIPT,
    subcommands=("run",),
)
