"""Which fields of a table of people stand for a missing value.

Programs write a missing value in many ways, and a code that is taken for a number
changes every result without a word. So these are missing, unless the caller names the
codes:

- in every column nothing, NA, NaN, N/A or a point;
- among numbers -9, as PLINK has it; -99, -999 or -9999 where all other values of the
  column lie above half of it; and, in a trait of nothing but 0, 1 and 2, the 0: PLINK's
  controls are 1 and its cases 2;
- among labels null, None, -9, -99, -999 or -9999; and 0 where no other label is a
  number, or where the column is called sex and the others are 1 and 2.
"""

from collections.abc import Iterable, Sequence

import pandas as pd

MISSING = ("", "NA", "NaN", "nan", "N/A", "#N/A", "<NA>", ".")
NO_LABELS = ("null", "NULL", "None")
PLINK_CODE = -9
LONG_CODES = (-99, -999, -9999)


def absent(
    column: pd.Series, codes: Sequence | None = None, *, outcome: bool = False
) -> pd.Series:
    """Say which values of a column of numbers are missing.

    Parameters
    ----------
    column : Series of str
    codes : sequence of str or numbers, optional
        Take these for missing in place of the usual codes.
    outcome : bool
        Whether the column is a trait, which may be coded 1 and 2.

    Returns
    -------
    Series of str or None, with the index of `column`
        None where there is a value, "" where there is none, else the code.
    """
    numbers = _numbers(column)
    if codes is None:
        codes = [PLINK_CODE]
        real = numbers[~numbers.isin([PLINK_CODE, *LONG_CODES])]
        codes += [code for code in LONG_CODES if not (real <= code / 2).any()]
        if outcome and set(real.dropna()) == {0, 1, 2}:
            codes.append(0)
    return _marked(column, MISSING, numbers, codes)


def levels_absent(
    column: pd.Series, codes: Sequence | None = None, *, zero: bool = True
) -> pd.Series:
    """Say which labels of a column are missing, as `absent` does for numbers.

    With `zero` False, a label 0 is one like the others.
    """
    numbers = _numbers(column)
    if codes is not None:
        return _marked(column, MISSING, numbers, codes)
    codes = [PLINK_CODE, *LONG_CODES]
    others = ~column.isin([*MISSING, *NO_LABELS]) & ~numbers.isin([*codes, 0])
    if zero and others.any():
        sex = str(column.name).lower() == "sex" and set(numbers[others]) == {1, 2}
        if sex or numbers[others].isna().all():
            codes.append(0)
    return _marked(column, (*MISSING, *NO_LABELS), numbers, codes)


def _numbers(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column, errors="coerce").astype(float)


def _marked(
    column: pd.Series, words: Iterable[str], numbers: pd.Series, codes: Sequence
) -> pd.Series:
    """Return the code of each field, "" for the words of MISSING, None for values."""
    coded = numbers.isin(_numbers(pd.Series(list(codes), dtype=object)).dropna())
    coded |= column.isin([*map(str, codes), *set(words) - set(MISSING)])
    marks = column.astype(object).where(coded, None)
    return marks.mask(column.isin(MISSING), "")
