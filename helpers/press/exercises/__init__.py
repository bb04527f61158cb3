"""Checks of the exercises: one module a chapter, a function an exercise.

The cell below a solution calls one, ``check.scale(on_counts, on_scale, four=four)``:
what is given by position are the answers, what is given by name the chapter has. The
book runs these cells with its own solutions; the student edition keeps them and takes
the solutions out (`helpers.press.course.student`).
"""
