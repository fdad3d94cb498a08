"""Asks how the window is to look; every change is worn at once, so the page itself is the sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from annotator.gui.appearance import Appearance
from annotator.gui.choosing import Chooser
from annotator.gui.theme import SYSTEM
from annotator.gui.typography import (
    LINE_HEIGHT,
    MEASURE,
    SANS,
    SERIF,
    Typography,
    easier_families,
    families,
    reading_size,
)

_THEMES = (
    ("Follow the system", SYSTEM),
    ("Light", "light"),
    ("Dark", "dark"),
    ("High contrast, black on white", "contrast-light"),
    ("High contrast, white on black", "contrast-dark"),
)


#: Between the dialog and the text or the screen's edge, in pixels.
_GAP = 12


class AppearanceDialog(QDialog):
    """Stays beside the work: not modal, and each change is told at once.

    It opens ``beside`` the text that shows them. ``smallest`` and ``largest`` bound the size of the text in pixels.
    """

    changed = Signal(object)
    zoom_asked = Signal(int)

    def __init__(
        self,
        appearance: Appearance,
        zoom: int,
        smallest: int,
        largest: int,
        parent: QWidget | None = None,
        beside: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._beside = beside or parent
        self.setWindowTitle("Appearance")
        self.setAccessibleName("Appearance")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._appearance = appearance
        self._telling = True
        self.theme = self._combo("Theme", _THEMES)
        self.font_family = self._combo("Font of the text", _fonts(appearance.typography.family))
        self.size_slider, self._size_said = self._slider("Text size", smallest, largest)
        self.measure, self._measure_said = self._slider("Line length in characters", MEASURE[0], MEASURE[1])
        self.line_height, self._line_height_said = self._slider(
            "Line height", round(LINE_HEIGHT[0] * 20), round(LINE_HEIGHT[1] * 20)
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 18, 20, 16)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(12)
        rows: tuple[tuple[str, QWidget, QLabel | None], ...] = (
            ("T&heme", self.theme, None),
            ("&Font", self.font_family, None),
            ("Text &size", self.size_slider, self._size_said),
            ("Line &length", self.measure, self._measure_said),
            ("Line hei&ght", self.line_height, self._line_height_said),
        )
        for number, (name, control, said) in enumerate(rows):
            label = QLabel(name)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", "muted")
            label.setBuddy(control)
            grid.addWidget(label, number, 0)
            grid.addWidget(control, number, 1, 1, 1 if said else 2)
            if said:
                grid.addWidget(said, number, 2)
        grid.setColumnStretch(1, 1)
        self.reset = QPushButton("&Reset")
        self.reset.setAccessibleDescription("Everything here as it was on the first start")
        self.reset.setAutoDefault(False)
        self.reset.clicked.connect(self._reset)
        close = QPushButton("&Close")
        close.setDefault(True)
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        row.addWidget(self.reset)
        row.addStretch(1)
        row.addWidget(close)
        grid.setRowMinimumHeight(len(rows), 8)
        grid.addLayout(row, len(rows) + 1, 0, 1, 3)
        self.setMinimumWidth(400)
        self._show(appearance)
        self.set_zoom(zoom)
        self.theme.currentIndexChanged.connect(self._tell)
        self.font_family.currentIndexChanged.connect(self._tell)
        self.measure.valueChanged.connect(self._tell)
        self.line_height.valueChanged.connect(self._tell)
        self.size_slider.valueChanged.connect(self._tell_size)

    def _combo(self, name: str, entries: tuple[tuple[str, str], ...]) -> Chooser:
        combo = Chooser()
        combo.setAccessibleName(name)
        # The longest name of a family would make the dialog as wide as the window.
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(24)
        for text, data in entries:
            if text:
                combo.addItem(text, data)
            else:
                combo.insertSeparator(combo.count())
        return combo

    @staticmethod
    def _slider(name: str, least: int, most: int) -> tuple[QSlider, QLabel]:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setAccessibleName(name)
        slider.setRange(least, most)
        slider.setPageStep(max(1, (most - least) // 10))
        said = QLabel()
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        said.setMinimumWidth(said.fontMetrics().horizontalAdvance("100 characters"))
        return slider, said

    # -- values ---------------------------------------------------------------------

    @property
    def appearance(self) -> Appearance:
        """What is chosen."""
        return self._appearance

    def set_zoom(self, zoom: int) -> None:
        """The text was made larger or smaller elsewhere, so many pixels over its usual size."""
        self._telling, before = False, self._telling
        self.size_slider.setValue(reading_size() + zoom)
        self._telling = before
        self._say()

    def _show(self, appearance: Appearance) -> None:
        self._telling = False
        self._appearance = appearance
        words = appearance.typography
        self.theme.setCurrentIndex(max(0, self.theme.findData(appearance.choice)))
        self.font_family.setCurrentIndex(max(0, self.font_family.findData(words.family)))
        self.measure.setValue(words.measure)
        self.line_height.setValue(round(words.line_height * 20))
        self._telling = True
        self._say()

    def _say(self) -> None:
        words = self._appearance.typography
        self._size_said.setText(f"{self.size_slider.value()} pixels")
        self._measure_said.setText(f"{words.measure} characters")
        self._line_height_said.setText(f"{words.line_height:.2f}")

    def _tell(self) -> None:
        if not self._telling:
            return
        words = Typography.of(
            self.font_family.currentData(), self.measure.value(), round(self.line_height.value() / 20, 2)
        )
        self._appearance = replace(self._appearance, choice=self.theme.currentData(), typography=words)
        self._say()
        self.changed.emit(self._appearance)

    def _tell_size(self) -> None:
        self._say()
        if self._telling:
            self.zoom_asked.emit(self.size_slider.value() - reading_size())

    def _reset(self) -> None:
        self._show(Appearance())
        self.changed.emit(self._appearance)
        self.zoom_asked.emit(0)
        self.set_zoom(0)

    def showEvent(self, event: QShowEvent) -> None:  # Qt
        super().showEvent(event)
        text = self._beside
        if text is not None:
            # Beside the words that show what is chosen, over panes and the window's edge, as far as the screen goes.
            room = self.screen().availableGeometry()
            left = text.mapToGlobal(QPoint(text.width() + _GAP, 0)).x()
            if text.layoutDirection() == Qt.LayoutDirection.RightToLeft:
                left = text.mapToGlobal(QPoint(-_GAP - self.width(), 0)).x()
            left = max(room.left() + _GAP, min(left, room.right() - self.width() - _GAP))
            self.move(left, text.window().mapToGlobal(QPoint(0, 96)).y())


def without_foundry(name: str, all_names: Sequence[str]) -> str:
    """A family's name without its maker in brackets, unless another is called the same then."""
    short = name.partition(" [")[0]
    return short if sum(each.partition(" [")[0] == short for each in all_names) == 1 else name


def _fonts(chosen: str) -> tuple[tuple[str, str], ...]:
    """What the list of fonts offers, in groups; empty names stand for the line between two."""
    entries = [("Serif", SERIF), ("Sans serif", SANS)]
    easier, installed = easier_families(), families()
    if easier:
        entries += [("", ""), *((f"{name} (easier to read)", name) for name in easier)]
    if chosen not in (SERIF, SANS, *installed):
        entries += [("", ""), (f"{chosen} (not installed)", chosen)]
    return (*entries, ("", ""), *((without_foundry(name, installed), name) for name in installed))
