"""What the commands that put tags on words do: tag, retag, hold a marker, choose by name, extend what is in the way.

Each mark is one step of the project, so each can be undone by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QRect

from annotator.core.codebook import Codebook
from annotator.core.errors import AnnotatorError, Overlap, sentence
from annotator.core.model import Annotation
from annotator.core.text import Span
from annotator.gui.announce import announce
from annotator.gui.moves import trimmed
from annotator.gui.session import Session
from annotator.gui.window import Window
from annotator.gui.wording import isolated, one_line, tag_of

TAG, MARKER = "tag.", "marker."


class Tagging(QObject):
    """Tags and the marker; ``marker`` is the name of the tag that is held, or empty."""

    def __init__(self, session: Session, window: Window) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self.retagging = False
        #: What the status bar says while the other tag is awaited.
        self._asked = ""
        self.marker = ""
        #: Whether words are being picked for a field: they are no passage of their own.
        self.picking: Callable[[], bool] = lambda: False
        #: The passage that was in the way of the last tag, and the statement, words and tag that it could be extended
        #: to.
        self._offer: tuple[str, str, Span, str] | None = None
        self._refused: str | None = None
        #: What is being done just now: ``tag`` by its key, ``mark`` by the marker, ``retag``, or nothing of these.
        self._doing = ""
        #: The selection that a refusal on the banner is about.
        self._refused_on: Span | None = None

    @property
    def _codebook(self) -> Codebook:
        return self._session.project.codebook if self._session.project else Codebook()

    # -- tag and retag -----------------------------------------------------------------------

    def on_selected(self, _statement: str = "") -> None:
        """Other words are selected: the passage that they are no part of is current no longer, nor is an offer."""
        if self.picking():
            return
        session, reader = self._session, self._window.reader
        span = reader.span()
        if self._offer is not None and span != self._offer[2]:
            self._offer = None
        if self._refused_on is not None and span != self._refused_on:
            self._refused_on = None
            self._window.banner.hide_error()
        project = session.project
        if span is None or project is None or not session.passage or not project.has_annotation(session.passage):
            return
        passage = project.annotation(session.passage)
        if not (span.start < passage.end and passage.start < span.end):
            session.pick("")

    def tag(self, name: str, *, by_key: bool = True) -> None:
        """Tag the selection, or the sentence at the caret; or retag, when that was asked for.

        ``by_key`` when that very tag was asked for, which a marker's selection is not: only such an order, given
        again on the same words, extends what was in the way.
        """
        session, reader = self._session, self._window.reader
        if self.retagging:
            self.end_retag()
            if session.passage:
                self.retag(session.passage, name)
            return
        if session.project is None or not session.statement:
            return
        if self._in_passages(self._window.key(f"{TAG}{name}")):
            return
        if (places := self._window.there("find_pane")) is not None and not places.settle():
            return
        span = reader.span()
        if span is not None:
            words = trimmed(reader.text, span)
            if words is None:
                session.said.emit("There are no words in the selection.")
                return
            if words != span:
                reader.select(words, reveal=False)
            span = words
        if span is None:
            span = reader.unit_at_caret()
            if span is None:
                session.said.emit("There is no sentence at the caret; select words first.")
                return
            reader.select(span)
        wanted = (session.statement, span, name)
        if by_key and self._offer is not None and self._offer[1:] == wanted:
            self.extend(self._offer[0], span)
            return
        self._offer = None
        self._doing = "tag" if by_key else "mark"
        try:
            changes = session.do(session.project.annotate, session.statement, name, span)
        finally:
            self._doing = ""
        if changes is not None:
            session.pick(changes.result)
            reader.put_bar_away()
            announce(reader, f"{session.project.codebook.tag(name).label}: {span.of(reader.text)[:200]}")
        elif by_key and self._refused is not None:
            self._offer = (self._refused, *wanted)

    def retag(self, annotation: str, tag: str) -> None:
        """Give a passage another tag."""
        if self._session.project:
            self._doing = "retag"
            try:
                self._session.do(self._session.project.retag, [annotation], tag)
            finally:
                self._doing = ""

    def _in_passages(self, key: str) -> bool:
        """Whether the list of passages has the focus, where a tag's key is for no words of the text; it says so."""
        if self.retagging or not self._window.passages.list.hasFocus():
            return False
        retag = self._window.key("passage.retag")
        if not self._session.passage:
            self._session.said.emit("Words are tagged in the text; there is no passage here to retag.")
        elif retag and key:
            self._session.said.emit(f"{retag}, then {key}, retags this passage.")
        else:
            self._session.said.emit("The menu of this passage retags it.")
        return True

    def begin_retag(self) -> None:
        """Wait for the key of the other tag."""
        if self._session.project is None:
            return
        here = self._window.reader.annotations_here()
        if not self._session.passage and here:
            self._session.pick(here[0])
        if not self._session.passage:
            self._session.said.emit("There is no passage here to retag.")
            return
        self.retagging = True
        named = [(self._window.key(f"{TAG}{tag.name}"), tag.label) for tag in self._codebook]
        keys = [f"{key} {label}" for key, label in named if key][:9]
        if choose := self._window.key("choose.tag"):
            keys.append(f"{choose} by name")
        text = f"Retag as: {' · '.join(keys)}"
        self._window.hint(f"{text} · Esc leaves it")
        self._asked = text
        self._session.said.emit(text)

    def end_retag(self) -> None:
        """The other tag was named, or it is left at that: what asked for it is over."""
        self.retagging = False
        self._window.unsay(self._asked)
        self.show_marker()

    # -- what was in the way -------------------------------------------------------------------

    def extend(self, annotation: str, span: Span) -> None:
        """Make a passage cover these words as well, and the current one."""
        project = self._session.project
        self._offer = None
        self._window.reader.setFocus()
        if project is None:
            return
        try:
            a = project.annotation(annotation)
        except AnnotatorError as error:
            self._session.failed.emit(error)
            return
        if a.statement != self._session.statement:
            self._session.said.emit("The passage is in a statement that is no longer on show.")
            return
        self.resize(a, Span(a.start, a.end).union(span))
        self._session.pick(annotation)

    def resize(self, passage: Annotation, span: Span, select: bool = True) -> None:
        """Move the boundaries of a passage, and the selection with them."""
        project = self._session.project
        if project is not None and self._session.do(project.resize, passage.id, span) is not None and select:
            self._window.reader.select(span, reveal=False)

    def way_on(self, error: AnnotatorError) -> list[tuple[str, Callable[[], None]]]:
        """What the user can do about an error: labels with what they do."""
        span = self._window.reader.span()
        self._refused = self._refused_on = None
        if not isinstance(error, Overlap) or self._doing not in ("tag", "mark") or span is None:
            return []
        self._refused_on = span
        if self._within(error, span) is not None:
            return []
        self._refused = error.existing
        return [("Extend the passage", partial(self.extend, error.existing, span))]

    def told(self, error: Overlap) -> str:
        """The words for an overlap, with the keys that lead on."""
        span, key = self._window.reader.span(), self._window.key
        if self._doing in ("tag", "mark") and span is not None and (inside := self._within(error, span)) is not None:
            label = tag_of(self._codebook, inside.tag).label.lower()
            return f"These words are part of {'an' if label[:1].lower() in 'aeiou' else 'a'} {label} already."
        text = sentence(error)
        if self._doing == "tag":
            return f"{text} The same key once more extends it."
        if self._doing == "retag":
            edges = " ".join(filter(None, (key("edge.end.back"), key("edge.start.forward"))))
            ways = [f"{edges} make it shorter"] if edges else []
            ways += [f"{retag}, then another tag’s key, retags it"] if (retag := key("passage.retag")) else []
            return " ".join([text, *([f"{'; '.join(ways)}."] if ways else [])])
        return text

    def _within(self, error: Overlap, span: Span) -> Annotation | None:
        """The passage in the way, if these words lie wholly inside it."""
        project = self._session.project
        if project is None or not project.has_annotation(error.existing):
            return None
        found = project.annotation(error.existing)
        return found if found.start <= span.start and span.end <= found.end else None

    # -- the marker ------------------------------------------------------------------------------

    def hold(self, name: str) -> None:
        """Hold a tag like a marker pen: what is selected gets it at once, then every selection. Again: put it away."""
        if self.marker == name:
            self.put_away()
            return
        self.marker = name
        self.show_marker()
        label = tag_of(self._codebook, name).label
        announce(self._window.reader, f"Marker {label}: every selection gets it, Escape puts it away")
        self.mark()

    def put_away(self) -> None:
        """Hold no marker any more."""
        if self.marker:
            announce(self._window.reader, "Marker put away")
        self.marker = ""
        self.show_marker()

    def show_marker(self) -> None:
        """Show what is held: in the corner of the text, in the status bar, in the menu."""
        codebook, window = self._codebook, self._window
        if self.marker not in codebook:
            self.marker = ""
        held = tag_of(codebook, self.marker) if self.marker else None
        window.marker_sign.show_tag(held)
        window.reader.offer_bar(held is None)
        for tag in codebook:
            window.set_checked(f"{MARKER}{tag.name}", tag.name == self.marker)
        if held is None:
            window.hint("")
            return
        parts = [f"Marker: {held.label}", "every selection gets it"]
        parts += [f"{key} {word}" for key, word in (
            (window.key("select.sentence"), "sentence"),
            (window.key("select.paragraph"), "paragraph"),
            (window.key("passage.details"), "marks what Shift+arrows selected"),
        ) if key]  # fmt: skip
        window.hint(" · ".join([*parts, "Esc puts it away"]))

    def wants_selection(self) -> bool:
        """Whether a marker is held and there are words that it has not marked yet."""
        span = self._window.reader.span()
        return bool(self.marker) and not self.picking() and span is not None and not self._has(span)

    def mark(self) -> None:
        """A selection was made: with a marker in hand it gets the tag, or the current passage grows over it."""
        if not self.wants_selection():
            return
        selected, current = self._window.reader.span(), self._current()
        span = trimmed(self._window.reader.text, selected) if selected is not None else None
        if span is None:
            return
        if current is not None and span.start <= current.start and current.end <= span.end:
            self.resize(current, span)
            self._window.reader.put_bar_away()
        else:
            self.tag(self.marker, by_key=False)

    def _current(self) -> Annotation | None:
        """The current passage, if the marker could have made it."""
        project, passage = self._session.project, self._session.passage
        if project is None or not passage or not project.has_annotation(passage):
            return None
        found = project.annotation(passage)
        return found if (found.tag, found.coder) == (self.marker, project.coder.id) else None

    def _has(self, span: Span) -> bool:
        """Whether these very words carry the tag of the marker already."""
        project = self._session.project
        for each in self._window.reader.annotations_at(span.start):
            if project is not None and project.has_annotation(each):
                found = project.annotation(each)
                if (found.start, found.end, found.tag, found.coder) == (
                    span.start, span.end, self.marker, project.coder.id
                ):  # fmt: skip
                    return True
        return False

    # -- by name -----------------------------------------------------------------------------------

    def choose_tag(self) -> None:
        """Offer all tags to type part of a name: for the selection, the sentence at the caret, or a retag."""
        session, reader = self._session, self._window.reader
        if self.retagging and session.project and session.project.has_annotation(session.passage):
            self._offer_tags("Retag", session.project.annotation(session.passage).quote, TAG)
            return
        if self._in_passages(self._window.key("choose.tag")):
            return
        span = reader.span() or reader.unit_at_caret()
        if span is None:
            session.said.emit("There is no sentence at the caret; select words first.")
            return
        self._offer_tags("Tag", span.of(reader.text), TAG)

    def choose_marker(self) -> None:
        """Offer all tags to hold one of them as a marker."""
        self._offer_tags("Hold as a marker", "", MARKER)

    def _offer_tags(self, what: str, words: str, prefix: str) -> None:
        from annotator.gui.chooser import Choice

        title = f"{what}: {isolated(one_line(words, 120))}" if words else what
        choices = [
            Choice(
                f"{prefix}{tag.name}",
                tag.label,
                one_line(tag.definition, 300),
                tag,
                self._window.key(prefix + tag.name),
            )
            for tag in self._codebook
        ]
        if not choices:
            self._session.said.emit("The codebook has no tags.")
            return
        self._window.chooser.open(title, choices, *place_at_caret(self._window), typed=True)


def place_at_caret(window: Window) -> tuple[QRect, QRect]:
    """Where the caret is and where the text is, in the window: for what opens at the caret."""
    reader = window.reader
    view = reader.viewport()
    page = QRect(reader.mapTo(window, reader.rect().topLeft()), reader.size())
    caret = reader.cursorRect().translated(view.mapTo(window, view.rect().topLeft()))
    if not page.intersects(caret):
        caret = QRect(page.center().x(), page.top() + page.height() // 3, 1, 1)
    return caret, page
