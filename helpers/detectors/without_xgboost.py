"""Stands in for XGBoost where it is not installed: no model is one of these."""


class Booster:
    """No booster."""


class XGBModel:
    """No estimator."""
