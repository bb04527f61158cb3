"""Chapter 6: every detector against every truth.

`truths/` draws data sets whose interacting pairs are known, `methods/` asks detectors
and tests about them, one file a family; `cells` puts the two together, `plan` says what
runs, `tables` what it says.
"""
