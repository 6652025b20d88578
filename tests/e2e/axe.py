"""What axe finds on a page as it is."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

# Two frames, in which transitions begin, and the ends of those: a colour on its way to another one would be measured.
_SETTLED = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame(); await frame();
  const moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.all(moving.map((one) => one.finished.catch(() => null)));
}"""


async def violations(page: Page) -> list[str]:
    """Every rule that something breaks, with what breaks it, once nothing changes its colour any more."""
    await page.evaluate(_SETTLED)
    found = await Axe().run(page)
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]
