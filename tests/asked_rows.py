"""Rows of the test of each pair: one true pair and three that are none."""

import pandas as pd

FORMS = ["product", "none", "none", "none"]


def rows(p, number=0, **more):
    columns = {"pair": ["1-2", "1-3", "2-3", "3-4"], "form": FORMS, "p": p}
    return pd.DataFrame({"data_set": number, **columns} | more)


def both(first, second, **more):
    return pd.concat([rows(first, 0, **more), rows(second, 1, **more)])
