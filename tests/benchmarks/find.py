"""Finding at size, in the real window: in a statement of 10 MB, and in all statements of a corpus.

Each figure says how long the window's event loop stood still meanwhile: the longest gap between the ticks of a timer
that is due every millisecond. The bare limit is the same search by ``str.find`` or ``re`` over text in memory.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks._corpus import corpus as made
from tests.benchmarks._corpus import size
from tests.benchmarks._measure import Figure, timed
from tests.benchmarks._words import Words

#: Characters of the long statement; statements of the corpus and their characters.
LONG, COUNT, EACH = 10_000_000, size("found_in", 20_000), 4_000
#: What the window may be held up at most, in milliseconds.
HELD = 50.0


def run() -> list[Figure]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            os.environ.pop(variable, None)
        return _run(Path(folder))


def long_texts() -> dict[str, str]:
    """Ten megabytes of words without marks; the same with one in four vowels marked, and an emoji."""
    made = Words().text(1_000_000)
    plain = (made * (LONG // len(made) + 1))[: LONG - 8] + " zanzibar"[:8]
    marked = re.sub("e(?=[rnlst])", "é", plain).replace("oua", "ouä")
    return {"ASCII": plain, "with marks and an emoji": "🙏" + marked[1:]}


class Loop:
    """The event loop with a timer that notices how long it stood still."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        self._application = QApplication.instance() or QApplication([])
        self._timer = QTimer()
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)
        self._last = self.gap = 0.0

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gap, self._last = max(self.gap, now - self._last), now

    def until(self, condition: Callable[[], object], limit: float = 120.0) -> float:
        """Run until this holds, from now on; how long that took, in milliseconds."""
        began = time.perf_counter()
        while not condition():
            self._application.processEvents()
            if time.perf_counter() - began > limit:
                raise TimeoutError("the search did not end")
            time.sleep(0.0002)
        return (time.perf_counter() - began) * 1000

    def watched(self, start: Callable[[], object], *stages: Callable[[], object]) -> tuple[list[float], float]:
        """When each stage was reached after ``start``, and the longest gap between two ticks, in milliseconds."""
        self.until(lambda: True)
        self._timer.start()
        began = self._last = time.perf_counter()
        self.gap = 0.0
        start()
        times = []
        for stage in stages:
            self.until(stage)
            times.append((time.perf_counter() - began) * 1000)
        self._tick()
        self._timer.stop()
        return times, self.gap * 1000


def _run(folder: Path) -> list[Figure]:
    from annotator import Project
    from annotator.core.text import fold
    from annotator.gui.app import App
    from annotator.store import identity

    loop = Loop()
    identity.name_coder("LM")
    texts = long_texts()
    path = folder / "long.annotator"
    with Project.create(path) as project:
        long = {name: project.add_statement(text, title=name).result for name, text in texts.items()}
    app = App()
    app.window.resize(1440, 900)
    app.window.show()
    app.start(path)
    loop.until(lambda: app.session.statement)
    figures: list[Figure] = []
    bar = app.window.find_bar
    for name, text in texts.items():
        app.session.show(long[name])
        loop.until(lambda: True)
        bar.field.clear()
        bar.open()
        word, frequent = _rare(text), _frequent(text)
        for what, asked, bare in (
            ("a word, the first time", word, lambda text=text, word=word: _all(fold(text), word)),
            ("a word, again", word, lambda text=text, word=word: _all(fold(text), word)),
            ("a frequent word", frequent, lambda text=text, word=frequent: _all(fold(text), word)),
        ):
            bar.field.clear()
            figures.append(_in_statement(loop, bar, f"10 MB {name}: {what}", asked, timed(bare)))
        bar.options.buttons[0].click()
        for what, asked in (("an expression", r"\b(\w+)ing \1"), ("an expression without end", r"(\w+\s?)+\d$")):
            bar.field.clear()
            limit = timed(lambda text=text: re.findall(r"\b(\w+)ing \1", text))
            figures.append(_in_statement(loop, bar, f"10 MB {name}: {what}", asked, limit, f"re for {what[3:]}"))
        bar.options.buttons[0].click()
        bar.leave()
    many = made(folder, COUNT, EACH)
    app.files.open(many)
    loop.until(lambda: app.session.statement)
    # The list orders its statements meanwhile.
    ordered = time.perf_counter() + 3
    loop.until(lambda: time.perf_counter() > ordered)
    with Project.open(many, read_only=True) as project:
        corpus = [text for numbers in project.numbers() for _, text in project.texts(numbers)]
    figures += _everywhere(loop, app.window.find_pane, corpus)
    app.window.close()
    return figures


def _rare(text: str) -> str:
    """A word that stands a few hundred times in the text."""
    words = re.findall(r"[a-z]{6,9}", text[:200_000])
    return min(set(words), key=lambda word: abs(words.count(word) - 4))


def _frequent(text: str) -> str:
    """The word of three letters that stands most often."""
    return Counter(re.findall(r"\b[a-z]{3}\b", text[:200_000])).most_common(1)[0][0]


def _all(text: str, word: str) -> int:
    count, at = 0, text.find(word)
    while at >= 0:
        count, at = count + 1, text.find(word, at + len(word))
    return count


def _in_statement(loop: Loop, bar: Any, what: str, asked: str, limit: float, bare: str = "") -> Figure:
    done: list[bool] = []
    bar.searched.connect(lambda: done.append(True))
    (first, whole), gap = loop.watched(lambda: bar.field.setText(asked), lambda: bar.places or done, lambda: done)
    why = f"; {bar.trouble.text()}" if bar.trouble.text() else ""
    return Figure(
        f"find in {what}: window held up",
        gap,
        limit,
        f"≤ {HELD:g} ms",
        gap <= HELD,
        note=f"first place after {first:.1f} ms, all {len(bar.places):,} after {whole:.1f} ms{why}; bare is the whole"
        f" search{' of ' + bare if bare else ''}",
    )


def _everywhere(loop: Loop, pane: Any, corpus: list[str]) -> list[Figure]:
    figures = []
    done: list[bool] = []
    pane.searched.connect(lambda: done.append(True))
    pane.open()
    rare = _rare(corpus[0] * 40)
    for what, asked, expression in (
        ("a rare word", rare, False),
        ("a frequent word", _frequent(corpus[0] * 40), False),
        ("an expression", rf"\b{rare[:4]}\w+ (\w+)", True),
        ("an expression that finds nothing", r"\b(\w{7})ing \1 \1", True),
    ):
        if expression != pane.options.expression:
            pane.options.buttons[0].click()
        pane.field.clear()
        loop.until(lambda: not pane.running)
        pane.field.setText(asked)
        done.clear()
        pattern = re.compile(asked)
        began = time.perf_counter()
        for text in corpus:
            if pattern.search(text):
                break
        first_bare = (time.perf_counter() - began) * 1000
        whole_bare = timed(lambda pattern=pattern: [pattern.findall(text) for text in corpus])
        (first, whole), gap = loop.watched(pane.search, lambda: pane.rows.lines or done, lambda: done)
        figures.append(
            Figure(
                f"find in {COUNT:,} statements: {what}, first page",
                first,
                first_bare,
                "≤ 100 ms" if "nothing" not in what else "as it comes",
                first <= 100 or "nothing" in what,
                note=f"{pane.status.text() or 'nothing'}, all after {whole:.0f} ms (bare: {whole_bare:.0f} ms)",
            )
        )
        figures.append(
            Figure(
                f"find in {COUNT:,} statements: {what}, window held up", gap, whole_bare, f"≤ {HELD:g} ms", gap <= HELD
            )
        )
    return figures
