"""Words that a parser may be given in, command lines of them out: most of them nearly right."""

from __future__ import annotations

from hypothesis import strategies as st

#: Values that types take or refuse.
VALUES = ("1", "0.5", "x", "true", "no", "-3", "", "train", "1e3", "a,b", "--", "a=b", "None")


def lines(options: tuple[str, ...], values: tuple[str, ...] = VALUES) -> st.SearchStrategy[list[str]]:
    """Lists of options, misspelt options and values, stuck together in the usual ways."""
    names = st.sampled_from(options)
    value = st.sampled_from((*values, *VALUES))
    misspelt = names.map(lambda name: name[:-1]) | names.map(lambda name: name.replace("_", "-") + "s")
    stuck = st.tuples(names | misspelt, value).map("=".join)
    pair = st.tuples(names, value).map(list)
    single = (names | misspelt | value | stuck).map(lambda word: [word])
    return st.lists(pair | pair | single, max_size=5).map(
        lambda parts: [word for part in parts for word in part]
    )
