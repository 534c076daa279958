"""Shell regressions: scripts whose launches were once not those of bash, judged by bash each time anew."""

from __future__ import annotations

import pytest

from tests.properties.script_place import Place
from tests.properties.script_project import Scripts

CASES = {
    # the array was taken to end nowhere
    "escaped quote inside $'…' in an array": "ARGS=($'it\\'s' b)\npython train.py \"${ARGS[@]}\"\n",
    # both branches were followed
    "regular expression with a class": "A=x\nif [[ $A =~ ^[0-9]+$ ]]; then\n  python train.py\nfi\n",
    "variable that is known not to be set": "unset A\n[[ -v A ]] && python train.py a\n",
    "array without elements is not set": "ARGS=()\n[[ -v ARGS ]] && python train.py a\n",
    "length in an arithmetic condition": "A=ab\nif (( ${#A} > 2 )); then python train.py a; fi\n",
    # bash complains and goes on
    "return outside of a function": "return 0\npython train.py\n",
    # the folder was not known
    "back to the folder before": "cd conf\ncd arch\ncd - > /dev/null\npython train.py\n",
    # only the first arm was followed
    "arm that lets later arms be tried": (
        "case ab in\n  a*) A=1 ;;&\n  b*) A=2 ;;&\n  *b) python train.py $A ;;\nesac\n"
    ),
    # only the inner loop was left
    "leaving two loops": (
        "for i in 1 2; do\n  n=0\n  while [ $n -lt 2 ]; do n=1; break 2; done\ndone\npython train.py $i\n"
    ),
    # was a word of its own
    "backslash that ends a script": "python train.py a \\",
    # became an empty word
    "word for an array that has no elements": 'ARGS=()\npython train.py "${ARGS[@]+set}" x\n',
}


#: The same for a script that reads another one.
SOURCED = {
    # the script that sources was not known to the other one
    "who sources": '[[ "${BASH_SOURCE[1]:-}" =~ run ]] && python train.py a\n',
    "what is sourced": 'python train.py "${BASH_SOURCE[0]}" "${#BASH_SOURCE[@]}"\n',
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("scripts"))


@pytest.mark.parametrize("name", CASES)
def test_case_is_as_in_bash(place: Place, name: str) -> None:
    assert place.differences(Scripts(CASES[name], ""), exact=True) == []


@pytest.mark.parametrize("name", SOURCED)
def test_sourced_script_is_as_in_bash(place: Place, name: str) -> None:
    assert place.differences(Scripts("source other.sh\n", SOURCED[name]), exact=True) == []
