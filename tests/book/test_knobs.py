"""The figures with knobs: they move, by keyboard too, and agree with Python."""

import re

import pytest

from helpers.studies import try_it

pytestmark = [pytest.mark.book, pytest.mark.browser]

NAMES = ("knock-out", "reference", "permutation", "correlated")


def numbers(page, name: str) -> list[float]:
    """Return the numbers in the sentence below a figure."""
    text = page.locator(f"#fig-try-{name} .try-answer").inner_text()
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-"))]


def test_what_is_shown_is_what_python_computes(visit):
    page, complaints = visit("try-it.html")
    figure = page.locator("#fig-try-knock-out")
    found = try_it.knock_out(1.0)
    assert numbers(page, "knock-out") == pytest.approx(
        [found.intact[0], found.interaction[0]], abs=0.06
    )
    figure.get_by_label("keep GATA").uncheck()
    alone = found.intact[0] - found.joint[0] + found.main[1, 0]
    assert numbers(page, "knock-out")[0] == pytest.approx(alone, abs=0.06)
    values = try_it.mixed_differences([[1.0, 1.0]])
    shown = numbers(page, "reference")
    assert shown[0] == pytest.approx(values.mean(), abs=0.006)
    assert shown[1] == (values > 1e-9).sum()
    page.locator("#fig-try-reference input[type=checkbox]").check()
    everywhere = try_it.mixed_differences(try_it.ROWS).mean()
    assert numbers(page, "reference")[0] == pytest.approx(everywhere, abs=0.006)
    for label in ("permute once", "18 more", "180 more"):
        page.get_by_role("button", name=label).click()
    assert numbers(page, "permutation")[0] == 199
    p = try_it.permutation(199).to_frame()["p"][0]
    assert numbers(page, "permutation")[-1] == pytest.approx(p, abs=0.0006)
    straight = try_it.product_coefficient(0.5, curved=False)
    shown = page.locator("#fig-try-correlated .try-answer").inner_text()
    assert f"{straight:.2f}, with straight" in shown
    assert not complaints


def test_knobs_work_by_keyboard(visit):
    page, _ = visit("try-it.html")
    slider = page.locator("#fig-try-correlated input[type=range]")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    coefficient = try_it.product_coefficient(0.8, curved=False)
    shown = page.locator("#fig-try-correlated .try-answer").inner_text()
    assert f"{coefficient:.2f}, with straight" in shown
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    shown = page.locator("#fig-try-correlated .try-answer").inner_text()
    assert "0.00, with curved" in shown
    page.get_by_role("button", name="permute once").focus()
    page.keyboard.press("Enter")
    assert numbers(page, "permutation")[0] == 1


def test_machines_say_what_they_are(visit):
    page, _ = visit("try-it.html", width=390)
    for name in NAMES:
        box = page.locator(f"#fig-try-{name} .try-it")
        assert box.get_attribute("aria-label")
        picture = box.locator("svg")
        said = page.locator(f"#fig-try-{name} .try-answer").inner_text()
        assert picture.get_attribute("aria-label") == said, name
        assert all(
            control.evaluate("e => Boolean(e.labels?.length || e.textContent.trim())")
            for control in box.locator("input, button").all()
        ), name
        assert picture.bounding_box()["width"] <= 390


def test_without_scripts_the_figures_are_still(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/try-it.html")
    for name in NAMES:
        image = page.locator(f"#fig-try-{name} img")
        assert image.is_visible(), name
        assert len(image.get_attribute("alt").split()) > 10
    context.close()


def test_print_shows_the_still_figures(visit):
    page, _ = visit("try-it.html")
    images = {name: page.locator(f"#fig-try-{name} img") for name in NAMES}
    assert not any(image.is_visible() for image in images.values())
    page.emulate_media(media="print")
    for name, image in images.items():
        assert image.is_visible(), name
        assert not page.locator(f"#fig-try-{name} .try-it").is_visible()
