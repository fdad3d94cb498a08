"""Makes the pictures of the documentation: ``python docs/images/make.py`` opens the window offscreen and grabs it.

Everything happens in a temporary folder; no project or setting of the user is read or written. The passages are
tagged by the rules of the starter codebook.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZE = 1440, 900

#: By the beginning of a sample file's name: tag, words, and attributes as a person would type them.
PASSAGES: dict[str, list[tuple[str, str, dict[str, str]]]] = {
    "01": [
        (
            "event",
            "the assault that ISIS cells carried out on Geweran prison in the city of Hasakah",
            {
                "event_type": "assault", "what": "assault on Geweran prison", "actor": "ISIS", "realis": "actual",
                "recipient": "unspecified", "date_precision": "unknown", "place_text": "Geweran prison, Hasakah",
                "place_precision": "exact", "verification": "claimed",
            },
        ),
        ("event", "the attackers sent suicide bombers against the prison and laid booby traps", {}),
        ("event", "they used civilians as shields", {"place_text": "the quarters around Geweran prison"}),
        ("accusation", "they used civilians as shields", {"accuser": "Kongra Star", "accused": "ISIS"}),
        ("event", "People who lived nearby fled their homes", {"event_type": "displacement"}),
        (
            "accusation",
            "Kongra Star holds the international community responsible for what happened",
            {"accuser": "Kongra Star", "accused": "International community"},
        ),
        (
            "demand",
            "the Syrian Democratic Forces (SDF) had asked again and again for an international court to try the ISIS"
            " prisoners",
            {"demander": "SDF", "addressee": "International community", "timing": "reported_past"},
        ),
        (
            "accusation",
            "the Turkish state and others organise attacks of this kind in order to frighten people",
            {
                "accuser": "Kongra Star", "accused": "Turkey; unnamed others", "act": "organising such attacks",
                "conduct": "act", "mode": "allege", "evidence": "inference_from_timing",
                "evidence_text": "around the fourth anniversary of the occupation of Afrin",
                "intent": "to frighten people", "voice": "paraphrase", "confidence": "high",
            },
        ),
        (
            "event",
            "Turkey had moved mercenaries to the fronts at Til Temir and Ain Issa",
            {"event_type": "mobilize", "actor": "Turkey", "place_text": "Til Temir and Ain Issa"},
        ),
        ("accusation", "The movement condemned the assault", {"accuser": "Kongra Star", "accused": "ISIS"}),
        (
            "demand",
            "It called on the international community to act on the question of the prisoners",
            {"demander": "Kongra Star", "addressee": "International community"},
        ),
        (
            "demand",
            "it appealed to everyone to press states to take back their citizens",
            {"demander": "Kongra Star", "addressee": "unspecified", "force": "appeal"},
        ),
    ],
    "02": [
        (
            "accusation",
            "there was an open alliance between Turkey and ISIS",
            {"accuser": "Saleh Kado", "accused": "Turkey", "conduct": "complicity"},
        ),
        (
            "demand",
            "demanded that the International Coalition and Russia carry out their duties in the region",
            {"demander": "Saleh Kado", "addressee": "International Coalition; Russia"},
        ),
    ],
    "03": [
        (
            "event",
            "the attack on al-Sina’a prison",
            {
                "event_type": "assault", "what": "attack on al-Sina’a prison", "actor": "unspecified",
                "recipient": "unspecified", "realis": "actual", "date_precision": "unknown",
                "place_text": "al-Sina’a prison", "place_precision": "exact", "verification": "claimed",
            },
        ),
        (
            "accusation",
            "It accused all three of wanting to hit the AANES",
            {
                "accuser": "AANES", "accused": "Turkey; Syrian government; Syrian opposition",
                "act": "wanting to hit the AANES", "conduct": "intent", "mode": "allege", "victim": "AANES",
                "evidence": "inference_from_act", "voice": "paraphrase", "confidence": "medium",
            },
        ),
        (
            "demand",
            "It asked, first, for more military support for the Syrian Democratic Forces (SDF), the Asayish and the"
            " other security bodies",
            {
                "demander": "AANES", "addressee": "unspecified", "action": "give more military support",
                "force": "appeal", "mode": "assist", "polarity": "do", "timing": "current",
            },
        ),
        (
            "demand",
            "It demanded, second, that an international court be set up in the northeast",
            {
                "demander": "AANES", "addressee": "unspecified", "action": "set up an international court",
                "force": "demand", "mode": "assist", "polarity": "do", "timing": "current",
            },
        ),
        (
            "demand",
            "it called on states to take back their nationals",
            {
                "demander": "AANES", "addressee": "States of origin", "action": "take back nationals",
                "force": "appeal", "mode": "assist", "polarity": "do", "timing": "current",
            },
        ),
        ("demand", "the AANES asked for economic support", {"demander": "AANES", "addressee": "unspecified"}),
        ("demand", "for an exemption from the Caesar Act", {"demander": "AANES", "addressee": "unspecified"}),
        (
            "demand",
            "it called for support for centres in which children are rehabilitated",
            {"demander": "AANES", "addressee": "unspecified"},
        ),
        ("demand", "for better conditions in camps and prisons", {"demander": "AANES", "addressee": "unspecified"}),
        ("demand", "the administration requested more aid", {"demander": "AANES", "addressee": "unspecified"}),
        (
            "demand",
            "urged that the closing of the Yarubiyah crossing, also known as Tel Kocher, be looked at a second time",
            {"demander": "AANES", "addressee": "unspecified"},
        ),
        (
            "accusation",
            "It accused the Syrian government of curbing aid there",
            {
                "accuser": "AANES", "accused": "Syrian government", "act": "curbing aid", "conduct": "act",
                "mode": "allege", "evidence": "none",
            },
        ),
        (
            "event",
            "It accused the Syrian government of curbing aid there",
            {
                "event_type": "coerce", "what": "curbing of aid", "actor": "Syrian government",
                "recipient": "unspecified", "realis": "ongoing", "date_precision": "unknown",
                "place_text": "Yarubiyah crossing", "place_precision": "exact", "verification": "claimed",
            },
        ),
        ("demand", "it asked for political support", {"demander": "AANES", "addressee": "unspecified"}),
    ],
    "05": [
        (
            "event",
            "On Sunday morning a drone struck the rehabilitation centre of the Federation of War-Disabled in Qamishlo",
            {"event_type": "assault", "place_text": "Qamishlo"},
        ),
        ("accusation", "Turkey was the main patron of ISIS", {"accuser": "AANES", "accused": "Turkey"}),
    ],
    "06": [
        (
            "event",
            "استهدفت طائرة مُسَيَّرة صباح الأحد مركز التأهيل التابع لاتحاد جرحى الحرب في قامشلو",
            {
                "event_type": "assault", "what": "drone strike on a rehabilitation centre", "means": "drone",
                "actor": "unspecified", "recipient": "اتحاد جرحى الحرب", "realis": "actual",
                "date_precision": "relative", "place_text": "قامشلو", "place_precision": "city",
                "verification": "claimed",
            },
        ),
        ("accusation", "وأدانت الإدارة الذاتية هذا القصف", {"accuser": "الإدارة الذاتية", "accused": "تركيا"}),
        (
            "accusation",
            "تركيا هي الراعي الأول لتنظيم داعش",
            {
                "accuser": "الإدارة الذاتية", "accused": "تركيا", "act": "رعاية تنظيم داعش",
                "conduct": "complicity", "mode": "allege", "third_party": "داعش", "evidence": "other",
                "evidence_text": "هناك أدلّة", "voice": "paraphrase",
            },
        ),
        (
            "demand",
            "وطالبت الإدارة الذاتية الدُّوَل التي تحارب داعش، وفي مقدّمتها التحالف الدولي، بأن تنظر إلى تركيا بوصفها"
            " طرفاً يهاجم شركاء التحالف",
            {"demander": "الإدارة الذاتية", "addressee": "التحالف الدولي", "force": "appeal"},
        ),
        (
            "accusation",
            "تركيا بوصفها طرفاً يهاجم شركاء التحالف",
            {"accuser": "الإدارة الذاتية", "accused": "تركيا"},
        ),
    ],
}  # fmt: skip
DONE, OPENED = ("03",), ("01", "02", "05")
#: Eight passages of three coders, some on the same words.
DENSE = (
    ("Lea Meyer", "demand", "The union demands that the authority publish the inspection report [1] by 30\u00a0June"),
    (
        "Ravi Kaya",
        "demand",
        "demands that the authority publish the inspection report [1] by 30\u00a0June. It also calls on",
    ),
    ("Nora Dahl", "demand", "the authority publish the inspection report [1]"),
    ("Ravi Kaya", "accusation", "the authority publish the inspection report"),
    ("Lea Meyer", "accusation", "publish the inspection report [1] by 30\u00a0June"),
    ("Nora Dahl", "accusation", "the inspection report [1] by 30\u00a0June"),
    ("Lea Meyer", "event", "the inspection report"),
    ("Ravi Kaya", "event", "publish the inspection report [1] by"),
)


def make(target: Path = HERE) -> list[Path]:
    """The pictures, made anew in this folder."""
    from annotator.gui.theme import DARK, LIGHT

    with _window() as (app, sample, pump):
        window, session = app.window, app.session
        made: list[Path] = []

        def keep(name: str, *area: int, of=None) -> None:  # type: ignore[no-untyped-def]
            pump()
            picture = (of or window).grab()
            if area:
                picture = picture.copy(*area)
            made.append(target / name)
            _save(picture, made[-1])

        def at(words: str) -> int:
            """How far down in the window these words stand, with the end of the statement in sight."""
            window.reader.place_caret(window.reader.text.index(words))
            window.reader.verticalScrollBar().setValue(window.reader.verticalScrollBar().maximum())
            pump()
            return window.reader.mapTo(window, window.reader.cursorRect().topLeft()).y()

        def show(file: str, tag: str, words: str) -> None:
            window.statements.select(sample[file])
            session.show(sample[file])
            pump()
            passages = session.project.annotations(sample[file])
            session.pick(next(a.id for a in passages if a.tag == tag and a.quote.startswith(words)))
            window.reader.setFocus()
            pump()

        # Smaller than usual, so that the whole statement is seen.
        window.reader.set_zoom(-3)
        show("01", "accusation", "the Turkish state")
        window.reader.clear_selection()
        keep("main.png")
        window.set_theme(DARK)
        keep("dark.png")
        window.set_theme(LIGHT)
        window.reader.set_zoom(0)
        show("06", "accusation", "تركيا هي")
        window.reader.clear_selection()
        keep("arabic.png")
        show("03", "accusation", "It accused the Syrian")
        top = at("As its sixth term")
        window.reader.clear_selection()
        left, width = window.reader.mapTo(window, window.reader.rect().topLeft()).x(), window.reader.width()
        keep("overlap.png", left + 3, top - 14, width - 18, min(200, window.height() - top - 40))
        show("01", "accusation", "they used")
        top = at("The Coordination also drew attention")
        window.reader.place_caret(window.reader.text.index("The Coordination also drew attention"))
        window.order("choose.tag")
        keep("choose.png", left + 3, max(0, top - 120), width - 18, 330)
        window.chooser.close_list()
        window.reader.setFocus()
        window.order("marker.accusation")
        window.reader.verticalScrollBar().setValue(0)
        top = window.reader.mapTo(window, window.reader.rect().topLeft()).y()
        keep("marker.png", left + 3, top + 2, width - 6, 200)
        window.ordered.emit("escape")
        show("03", "accusation", "It accused all three")
        window.search.open()
        window.search.setText("coalition")
        window.search.textEdited.emit("coalition")
        pump(1.5)
        keep("search.png", 0, 0, SIZE[0], 620)
        window.search.close_results()
        window.search.clear()
        window.find_pane.open()
        window.find_pane.field.setText("prison")
        pump(1.5, lambda: bool(window.find_pane.rows.lines) and not window.find_pane.running)
        window.find_pane.focus_list()
        for _ in range(2):
            window.find_pane.step(1)
        pump()
        keep("find.png")
        window.find_pane.leave()
        _looks(app, show, keep, pump)
        window.order("help.keys")
        pump()
        sheet = next(d for d in window.findChildren(_dialog()) if d.isVisible())
        made.append(target / "keys.png")
        _save(sheet.grab(), made[-1])
        sheet.close()
        return made


def _claims(target: Path) -> list[Path]:
    """The Passages view, the page of an actor, the codebook, of the sample corpus as it is coded in full."""
    from annotator.gui.dialogs.codebook import CodebookDialog

    made: list[Path] = []
    with _window(_coded) as (app, _, pump):
        window, project = app.window, app.session.project

        def keep(name: str, *area: int, of=None) -> None:  # type: ignore[no-untyped-def]
            pump()
            picture = (of or window).grab()
            made.append(target / name)
            _save(picture.copy(*area) if area else picture, made[-1])

        window.order("view.passages")
        view = window.passages_view
        view.set_filter("accused:Turkey conduct:act|complicity evidence:*")
        pump(2, lambda: view.model.order.statements > 0)
        view.take_focus()
        keep("passages.png", 0, 0, SIZE[0], 700)
        app.orders.show_actor(project.find_actor("Turkey").id)
        keep("actor.png", 0, 0, SIZE[0], 700)
        window.order("view.read")
        window.order("project.codebook")
        dialog = window.findChild(CodebookDialog)
        dialog.choose("accusation")
        dialog.resize(960, 700)
        keep("codebook.png", of=dialog)
        dialog.close()
    return made


def _looks(app, show, keep, pump) -> None:  # type: ignore[no-untyped-def]
    """High contrast, the card under the pointer, the dialog of the looks, the text alone."""
    from PySide6.QtCore import QPoint
    from PySide6.QtTest import QTest

    from annotator.gui.dialogs.appearance import AppearanceDialog
    from annotator.gui.theme import CONTRAST_DARK, LIGHT

    window, reader = app.window, app.window.reader
    show("03", "accusation", "It accused all three")
    window.set_theme(CONTRAST_DARK)
    keep("contrast.png", 0, 0, SIZE[0], 600)
    window.set_theme(LIGHT)
    corner = reader.mapTo(window, QPoint(0, 0))
    reader.place_caret(reader.text.index("all three"))
    QTest.mouseMove(reader.viewport(), QPoint(1, 1))
    QTest.mouseMove(reader.viewport(), reader.cursorRect().center() + QPoint(4, 0))
    pump()
    card = app.hover.card.geometry()
    line = reader.cursorRect().translated(reader.viewport().pos())
    top = max(0, min(card.top(), line.top()) - 60)
    keep(
        "card.png", corner.x() + 3, corner.y() + top, reader.width() - 22, max(card.bottom(), line.bottom()) + 40 - top
    )
    app.hover.hide()
    show("10", "demand", DENSE[0][2])
    app.session.pick("")
    reader.place_caret(reader.text.index(DENSE[0][2]))
    keep("dense.png", corner.x() + 3, corner.y() + reader.cursorRect().top() - 30, reader.width() - 22, 190)
    window.order("view.appearance")
    dialog = window.findChild(AppearanceDialog)
    keep("appearance.png", of=dialog)
    dialog.close()
    window.order("view.focus")
    reader.verticalScrollBar().setValue(0)
    keep("alone.png")
    window.order("view.focus")
    window.resize(*SIZE)


def _scaled(target: Path) -> Path:
    """A page at 200 %, in device pixels; by a process of its own, since Qt reads the factor when it starts."""
    subprocess.run(
        [sys.executable, __file__, str(target / "scaled.png")],
        env={**os.environ, "QT_SCALE_FACTOR": "2"},
        check=True,
    )
    return target / "scaled.png"


def _make_scaled(picture: Path) -> None:
    with _window() as (app, sample, pump):
        window = app.window
        window.statements.select(sample["03"])
        app.session.show(sample["03"])
        pump()
        page = window.reader.grab()
        _save(page.copy(70 * 2, 424 * 2, 600 * 2, 150 * 2), picture)


def _save(picture, target: Path) -> None:  # type: ignore[no-untyped-def]
    """Write a picture with 256 colours: a third of the size, and the eye sees no difference in a window."""
    from PySide6.QtGui import QImage

    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = array("I", bytes(image.constBits()))
    counted = Counter(pixels)
    table = [color for color, _ in counted.most_common(256)]
    nearest = {color: index for index, color in enumerate(table)}
    for color in counted:
        if color not in nearest:
            nearest[color] = min(range(len(table)), key=lambda index: _distance(table[index], color))
    small = QImage(image.width(), image.height(), QImage.Format.Format_Indexed8)
    small.setColorTable(table)
    rows, gap = small.bytesPerLine(), small.bytesPerLine() - image.width()
    data = small.bits()
    for row in range(image.height()):
        line = pixels[row * image.width() : (row + 1) * image.width()]
        data[row * rows : (row + 1) * rows] = bytes(map(nearest.__getitem__, line)) + bytes(gap)
    small.save(str(target), "PNG", 0)


def _distance(one: int, other: int) -> int:
    return sum(((one >> shift & 255) - (other >> shift & 255)) ** 2 for shift in (0, 8, 16))


def _dialog() -> type:
    from PySide6.QtWidgets import QDialog

    return QDialog


def _project(path: Path) -> dict[str, str]:
    """A project of the sample corpus with these passages; returns statement ids by the beginning of the file's name."""
    from annotator import Project, Span, jobs, paths

    with Project.create(path, title="Sample corpus") as project:
        jobs.run(jobs.import_files(project, [paths.sample_corpus()]))
        sample = {project.statement(s.id).source.name[:2]: s.id for s in project.statements()}
        for file, passages in PASSAGES.items():
            text = project.text(sample[file])
            for tag, words, attributes in passages:
                start = text.index(words)
                project.annotate(sample[file], tag, Span(start, start + len(words)), given=attributes)
        text = project.text(sample["10"])
    for coder, tag, words in DENSE:
        with Project.open(path, coder=coder) as project:
            start = text.index(words)
            project.annotate(sample["10"], tag, Span(start, start + len(words)))
    with Project.open(path) as project:
        project.mark_all([sample[file] for file in DONE], "done")
        project.mark_all([sample[file] for file in OPENED], "open")
    return sample


def _coded(path: Path) -> dict[str, str]:
    """A project of the sample corpus with its example coding, as the first start has it."""
    from annotator import Project, jobs, paths

    with Project.create(path, title="Sample corpus") as project:
        jobs.run(jobs.import_files(project, [paths.sample_corpus()]))
        jobs.run(jobs.import_files(project, [paths.sample_coding()]))
        return {project.statement(s.id).source.name[:2]: s.id for s in project.statements()}


@contextmanager
def _window(fill: Callable[[Path], dict[str, str]] = _project) -> Iterator[tuple]:  # type: ignore[type-arg]
    """The running program on that project, the statements' ids, and a way to let it work for a while."""
    with tempfile.TemporaryDirectory(prefix="annotator-pictures-") as folder:
        # Before Qt and appdirs look: the user's own settings are none of our business.
        for variable in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
            os.environ[variable] = folder
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            os.environ.pop(variable, None)
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from PySide6.QtWidgets import QApplication

        from annotator.gui.app import App
        from annotator.gui.theme import LIGHT
        from annotator.store import identity

        identity.name_coder("Lea Meyer")
        path = Path(folder, "Sample corpus.annotator")
        sample = fill(path)
        application = QApplication.instance() or QApplication(sys.argv[:1])
        application.setStyle("Fusion")
        app = App()

        def pump(seconds: float = 0.7, until: Callable[[], bool] = lambda: False) -> None:
            end = time.monotonic() + seconds
            while time.monotonic() < end and not until():
                application.processEvents()
                time.sleep(0.01)

        app.window.set_theme(LIGHT)
        app.window.resize(*SIZE)
        app.memory.put("first_steps", {"closed": True})
        app.window.show()
        pump(0.2)
        app.start(path)
        pump(15, lambda: bool(app.session.statement))
        pump()
        try:
            yield app, sample, pump
        finally:
            app.window.close()


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[1]))
    if len(sys.argv) > 1:
        _make_scaled(Path(sys.argv[1]))
        sys.exit()
    for picture in [*make(), *_claims(HERE), _scaled(HERE)]:
        print(f"{picture.name}: {picture.stat().st_size // 1000} kB")
