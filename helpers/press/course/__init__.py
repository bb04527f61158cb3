"""What is made of the chapters for a course: a student edition, and slides.

    python -m helpers.press.course student     # _build/student/<chapter>.ipynb
    python -m helpers.press.course slides      # _build/<size>/slides/<chapter>.html

Both read the tags of the cells:

    solution    a solution, in code or words; the student edition leaves it out
    check       the cell below a solution that calls one of `helpers.press.exercises`
    self-check  a question with answers that unfold
"""
