"""The small texts that generated configs and command lines are made of: few names, so that they collide."""

from __future__ import annotations

# fmt: off

KEYS = (
    "a", "b", "c", "d",
)

GROUPS = (
    "g", "h", "g/h", "g/k", "k",
)

OPTIONS = (
    "x", "y", "z",
)

PACKAGES = (
    "_global_", "_here_", "_group_", "p", "a", "a.b", "g", "_global_.p", "_group_.p", "_here_.p", "h.a",
    "_global_.g", "p._group_",
)

HEADERS = (
    "_global_", "_group_", "p", "a.b", "_global_.p", "g", "_here_", "_group_.p", "g.h", "_name_",
    "_group_._name_",
)

#: Headers that Hydra refuses, or does not see as one.
BAD_HEADERS = (
    "# @package", "# @package a b", "# @package  ", "#@package p", "# @packages p", "\n# @package p",
    "# note\n# @package p", "# @package p # why",
)

PLAIN = (
    "1", "0", "-1", "1.5", "true", "false", "null", "abc", "x", "y", "'1'", '"a b"', "???", "1e-3",
    "path/to/f", "[]", "{}",
)

#: Scalars where YAML 1.1, PyYAML and OmegaConf each have their say.
ODD = (
    "~", "Null", "NULL", "", "yes", "no", "on", "off", "On", "True", "TRUE", "y", "n", "Yes", "0x1F",
    "0o17", "017", "08", "0b11", "1_000", "1__0", "+1", "-0", "1:30", "1:30.5", "190:20:30", "1e3",
    "1E5", "1e+3", "1.", ".5", "-.5", "1.0", "1.e2", "1_0.5", "+.5e3", "1e", ".e3", "e3", "-1e3",
    "1.5e3.2", ".inf", "-.inf", "+.Inf", ".nan", ".NaN", "nan", "inf", "-inf", "NaN", "infinity",
    "2020-01-01", "2020-01-01 10:00:00", "2001-12-14t21:59:43.10-05:00", "12:30:45", "'???'", '"${a}"',
    "'null'", '"true"', "'it''s'", '"a\\tb"', '"\\u00e9"', "é", "日本", "a #b", "a#b", "!!str 1",
    "!!int '3'", "!!float 1", "!!float '1'", "!!bool 'yes'", "!!null ''", "!!binary aGk=", "!!str null",
    "|\n    line\n    more", ">\n    folded\n    text", "|-\n    x", ">+\n    x\n", "'multi\n    line'",
    "plain\n    more",
)

FLOW = (
    "[1, 2, 3]", "[a, '1', null]", "[[1], {a: 2}]", "{a: 1}", "{a: 1, b: {c: 2}}", "{a: }", "{a, b: 1}",
    "[a: 1]", "{1: a}", "{a: [1, {b: 2}]}", "&A 1", "&A {a: 1}", "{<<: {a: 1}, b: 2}",
)

INTERPOLATIONS = (
    "${a}", "${b}", "${c}", "${.a}", "${.b}", "${..a}", "${..b}", "${...a}", "${g}", "${g.a}", "${h.b}",
    "${a.b}", "${b.c.d}", "${p.a}", "x${a}y", "${a}${b}", "${a} ", "${${a}}", "${g.${b}}",
    "${oc.env:TL_A}", "${oc.env:TL_B}", "${oc.env:TL_C}", "${oc.env:TL_A,other}", "${oc.select:a}",
    "${oc.select:nope,1}", "${oc.select:.b,x}", "${oc.select:g.nope,${a}}", "${oc.decode:'1'}",
    "${oc.decode:${oc.env:TL_A}}", "${oc.decode:'[1,a]'}", "${oc.decode:null}", "${oc.create:{a:1}}",
    "${oc.create:[1,2]}", "${oc.dict.keys:b}", "${oc.dict.values:b}", "${oc.dict.keys:nope}",
    "${oc.deprecated:a}", "${oc.deprecated:a,'use b'}", "${c[0]}", "${c.0}", "${c.1}", "${b[c]}",
    "${[a]}", "${a[b].c}", "${nope}", "${g.nope}", "${a.nope.x}", "${nope:1}", "\\${a}", "\\\\${a}",
    "$a", "${ a }", "${a,b}", "'${a}'", "${.nope}", "${oc.env:TL_A,null}", "${oc.env:TL_NONE,3}",
    "${oc.env:TL_NONE,null}", "${oc.env:TL_NONE,${a}}", "${oc.env:}", "${oc.env}", "${oc.select:}",
    "${oc.nope:1}", "${oc.dict.values:g}", "${c}", "${d.a}", "${d}",
)

#: What makes a file unreadable as a config when it stands as a value.
BROKEN = (
    "=", "a: b", "-", "- a", "@a", "`a`", "%a", "*", "!x", "&", "!!set {a, b}", "!custom 1",
    "!!python/name:os.path", "!!timestamp 2020-01-01", "!!int 1.5", "[???]", "[${a}, 1]", "{a: ${b}}",
    "[1, 2", "{a: 1", "[1,,2]", "{true: 1, null: 2}", "*A", "{a: 1, a: 2}", "${.}", "${..}", "${}",
    "${a",
)

ODD_KEYS = (
    "1", "'1'", "true", "1.5", "'a.b'", "a.b", "'a b'", "on", "no", "-1", "0x1", "'defaults'", "hydra",
    "_self_", "'a[0]'", "é", "!!str 1", "2020-01-01", "''", "$x", "'${a}'", "1e3", "b/c", "a-b", "a@b",
)

BROKEN_KEYS = (
    "null", "~", "[1, 2]", "? x",
)

#: Whole files that the tree of a strategy would not write.
BLOCKS = (
    "a: &A\n  b: 1\nc: *A\n", "a: &A {b: 1, c: 2}\nb:\n  <<: *A\n  c: 3\n",
    "a: &A {b: 1}\nc: &C {b: 2, d: 3}\nb:\n  <<: [*A, *C]\n", "a: &A [1, 2]\nb: [*A, *A]\n",
    "a: 1\n---\nb: 2\n", "---\na: 1\n", "---\na: 1\n...\n", "%YAML 1.1\n---\na: 1\n", "a: 1\na: 2\n",
    "a:\n  b: 1\n  b: 2\n", "a: {b: 1, b: 2}\n", "- 1\n- 2\n", "abc\n", "3\n", "null\n", "",
    "# only a comment\n", "a: 1\n b: 2\n", "a:\n\tb: 1\n", "a: [1\n", "a: 'x\n", "a: *nope\n",
    "a: &A\n  b: *A\n", "? a\n: 1\n", "? [a, b]\n: 1\n", "{a: 1, b: 2}\n", "a: 1\r\nb: 2\r\n",
    "\ufeffa: 1\n", "a:\n- 1\n- b: 2\n", "a: !!map {b: 1}\n", 'a: "x\\\n  y"\n',
    "!!python/object:os.x {}\n", "defaults: x\n", "defaults: {a: 1}\n", "defaults: null\n",
    "defaults: []\na: 1\n", "defaults: ???\n", "defaults: ${a}\na: [x]\n", "a:\n  defaults:\n    - x\n",
    "a: 1\ndefaults:\n  - _self_\n", "hydra:\n  run:\n    dir: out\na: 1\n",
    "hydra:\n  job:\n    name: n\n  nope: 1\n", "hydra: null\n",
    "hydra:\n  searchpath:\n    - file://extra\na: 1\n", "a: {}\nb: null\n",
)

#: Defaults entries that Hydra refuses or takes in a way one would not expect; `<g>` a group, `<o>` an option.
FAULTY_ENTRIES = (
    "<g>: nope", "nope: <o>", "nope", "<g>/nope", "<g>: 1", "<g>: [1]", "<g>: {a: 1}",
    "<g>: <o>\n    k: x", "{}", "_self_@p", "1", "null", "[]", "../<g>: <o>", "./<g>: <o>",
    "optionnal <g>: <o>", "optional override <g>: <o>", "override optional <g>: <o>", "<g>@p:q: <o>",
    "<g>: ${nope}", "<g>: ${oc.env:TL_B}", "<g>/${h}", "<g>: <o>.yaml", "/<g>/<o>", "<g>: [<o>, <o>]",
    "<g>: []", "<g>: true", "<g>: _self_", "<g>/: <o>", "<g>@: <o>", "override <g>@p: <o>",
    "override /hydra/job_logging: disabled", "hydra/job_logging: disabled",
    "override hydra/launcher: nope", "optional <g>/nope", "<g>: '<o>'", "optional <g>: ???",
    "<g>: [???]", "<g>: [null]", "<g>: ['${h}']", "config", "/config", "<g>: x${h}", "? <g>\n    : <o>",
    "<g>: <o>/", "<g>: ~",
    "<g>: <o>\n    optional: true", "''", "'': <o>", "@p: <o>", "???", "${g}", "y", "h: null", "_self_",
)

#: Keys of overrides; `<p>` a likely one.
FAULTY_PATHS = (
    "<p>.0", "<p>[0]", "", "<p>.", ".<p>", "a b", "<p>@p", "1", "a-b", "a..b", "$x", "é", "null",
    "a.0.b", "<p>/x", "a/b@c.d", "a@b:c", "a:b", "<p>.n", "true", "1.5", "<p>[n]", "a[b]", "a[0].b",
    '"a"', "'a'.b",
)

FAULTY_OPTIONS = (
    "nope", "null", "[x,y]", "[x,nope]", "1", "", "true", "'x'", "{a:1}", "???", "${h}", "[]", "x/y",
    "[1]", "x.yaml", "/x", "../k/x", "*", "x,y", "_self_",
)

CHOICE_PACKAGES = (
    "@p", "@_global_", "@_here_", "@g", "@h", "@a.b", "@_group_", "@p:q", "@_global_.p", "@",
)

VALUES = (
    "1", "0", "-1", "1.5", "1e-3", "true", "false", "null", "abc", "x", "???", "'1'", '"a b"', "''", "",
    "a b", "path/to/f", "a:b", "1_000", "inf", "nan", "-inf", "True", "NULL", "yes", "on", "0x1F", "017",
    "1e5", ".5", "1.", "1:30", "[]", "[1,2]", '[a,\'b\',"c"]', "[1,[2,3]]", "{}", "{a:1}",
    "{a:1,b:{c:2}}", "{b:{d:x}}", "[{a:1}]", "{a:[1,2]}", "{1:2}", "{a:1,a:2}", "{a.b:1}", "[null,true]",
    "${a}", "${b.c}", "${.a}", "${g.a}", "${oc.env:TL_A}", "'${a}'", "x${a}", "${nope}", "${a}/b",
    "${oc.select:a,1}", "\\${a}", "{x:${a}}", "[${a},1]", "str(1)", "int('3')", "int(2.7)", "float(1)",
    "bool(1)", "str([1,2])", "int([1.5,2])", "float({a:1})", "bool('true')", "sort([2,1])", "a\\,b",
    "a\\=b", "a\\ b", "a,b", "1,2", "$a", "@a", "a@b", "*", "%", "+a", "a\\\\b", "'a\\'b'", "a|b",
    "a\tb", " a", "a ", "a?b", "a*b", "-", "--x", "/abs/p", "../rel", "C:\\x", "a@b.c",
)

#: Values that the grammar or a run without -m refuses.
BROKEN_VALUES = (
    "~", "{'a':1}", "{a}", "${a", "bool(yes)", "int(x)", "json_str({a:1})", "nope(1)", "str(",
    "extend_list(1)", "range(3)", "choice(1,2)", "glob(*)", "interval(0,1)", "tag(t,choice(1,2))",
    "shuffle(1,2)", "a=b", "epoch=9-step=8.ckpt", "[1,2", "{a:1", "'a", "a'b", 'a"b', "(a)", "a)", "a]",
    "a}", "#a", "a#b", "!a", "~a", "é", "日本", "\\'a", "a;b", "<x>", "a&b", "`a`", "^",
    "http://h:1/x?y=1",
)

SWEEPS = (
    "1,2", "a,b", "x,y", "choice(1,2)", "choice(a,b)", "range(1,4)", "range(3)", "range(0,1,0.5)",
    "range(3,1,-1)", "range(1,1)", "glob(*)", "glob(x*)", "glob([x,y],exclude=x)", "interval(0,1)",
    "[1,2],[3]", "{a:1},{a:2}", "'a,b',c", "null,1", "sort(3,1,2)", "sort(choice(b,a))",
    "tag(t,choice(1,2))", "choice(x)", "x,nope", "range(0,2),3", "choice()", '\'a\',"b"', "${a},1",
    "true,false", "str(choice(1,2))", "int(1.5,2)", "sort(range(3),reverse=true)", "a b,c", "1,'1'",
    "[],{}",
)

#: Overrides of Hydra's own part.
HYDRA = (
    "hydra.run.dir=out", "hydra.job.name=n", "hydra.job.chdir=true", "hydra.verbose=true",
    "hydra.verbose=[a,b]", "hydra/job_logging=disabled", "hydra/job_logging=nope",
    "hydra/hydra_logging=none", "hydra/launcher=basic", "hydra/sweeper=basic", "hydra/launcher=joblib",
    "+hydra.foo=1", "hydra.nope=1", "hydra.job.nope=1", "hydra.mode=MULTIRUN", "hydra.mode=RUN",
    "hydra.mode=nope", "hydra.mode=multirun", "hydra.sweep.dir=out", "hydra.sweeper.max_batch_size=2",
    "hydra.sweeper.params.a=1", "+hydra.sweeper.params.a='1,2'", "hydra.job.env_set.X=1",
    "+hydra.job.env_set.X=1", "hydra.output_subdir=null", "hydra.searchpath=[file://extra]",
    "hydra.searchpath=extra", "hydra.searchpath=[1]", "hydra.searchpath=[pkg://nope]", "hydra.run=1",
    "hydra.job.num=x", "hydra.job.num=3", "~hydra.run.dir", "~hydra", "hydra=1", "++hydra.x.y=1",
    "hydra/env=default", "hydra.job.config.override_dirname.exclude_keys=[a]", "hydra/callbacks=null",
    "+hydra.callbacks.x._target_=m.C", "hydra.run.dir=a,b", "~hydra/job_logging",
    "hydra/job_logging=null", "+hydra/foo=x", "hydra.job.id=1", "hydra.verbose=1,2",
    "hydra.job.chdir=maybe", "hydra.job.chdir=1",
)

ENVIRONMENT = {"TL_A": "1", "TL_B": "some text", "TL_C": ""}
# fmt: on
