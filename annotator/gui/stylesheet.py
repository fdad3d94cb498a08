"""The theme as Qt takes it: its palette, and the style sheet of the whole window."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from annotator.gui.theme import Theme, mix, ui_size


def palette(theme: Theme) -> QPalette:
    """The theme as Qt's own palette, for what no style sheet reaches."""
    roles = QPalette.ColorRole
    result = QPalette(QColor(theme.chrome))
    for role, color in (
        (roles.Window, theme.chrome),
        (roles.WindowText, theme.text),
        (roles.Base, theme.page),
        (roles.AlternateBase, theme.chrome),
        (roles.Text, theme.text),
        (roles.Button, theme.chrome),
        (roles.ButtonText, theme.text),
        (roles.BrightText, theme.on_accent),
        (roles.Highlight, theme.selection),
        (roles.HighlightedText, theme.text),
        (roles.ToolTipBase, theme.bar),
        (roles.ToolTipText, theme.bar_text),
        (roles.PlaceholderText, theme.muted),
        (roles.Link, theme.accent),
        (roles.LinkVisited, theme.accent),
        (roles.Accent, theme.accent),
        (roles.Light, theme.page),
        (roles.Midlight, theme.hover),
        (roles.Mid, theme.hairline),
        (roles.Dark, theme.muted),
    ):
        result.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, mix(theme.chrome, theme.muted, 0.7))
    return result


def stylesheet(theme: Theme) -> str:
    """The whole window's style sheet.

    Widgets choose their part by a property: ``role`` is one of ``pane``, ``topbar``, ``heading``, ``muted``,
    ``small``, ``title``, ``chip``, ``badge``, ``card``, ``view``, ``primary``, ``danger``, ``quiet``, ``keycap``,
    ``banner``, ``page``, ``findbar``, ``option``, ``switch``, ``arrange``.
    A chip or view that is checked stands out. Focus always shows as a line in the accent colour, and what is inside
    of it stays where it was: the padding gives what the line takes.
    """
    size, wider = ui_size(), theme.focus - 1
    thumb, thumb_hover = (0.75, 1.0) if theme.high_contrast else (0.35, 0.6)
    return _SHEET.format(
        **{name: getattr(theme, name) for name in theme.__slots__},
        small=max(10, round(size * 0.85)),
        title=round(size * 1.25),
        disabled=mix(theme.chrome, theme.muted, 0.7).name(),
        thumb=mix(theme.chrome, theme.muted, thumb).name(),
        thumb_hover=mix(theme.chrome, theme.muted, thumb_hover).name(),
        # Around panes, which have much room and little need of a thick line.
        edge=theme.focus if theme.high_contrast else 1,
        knob=7 + theme.focus,
        knob_over=5 + theme.focus,
        row=4 - wider,
        field_side=8 - wider,
        button_side=12 - wider,
        arrange_side=5 - wider,
        chip_row=3 - wider,
        switch_row=3 - wider,
        switch_side=6 - wider,
        chip_side=10 - wider,
    )


_SHEET = """
QWidget {{ color: {text}; }}
QMainWindow, QDialog, QStackedWidget, QTabWidget::pane {{ background: {chrome}; }}
QWidget[role="pane"] {{ background: {chrome}; }}
QWidget[role="page"] {{ background: {page}; }}
QWidget[role="topbar"] {{ background: {chrome}; border-bottom: 1px solid {hairline}; }}
QWidget[role="findbar"] {{ background: {chrome}; border-bottom: 1px solid {hairline}; }}
QWidget[role="banner"] {{ background: {chosen}; border-bottom: 1px solid {hairline}; }}

QLabel {{ background: transparent; }}
QLabel[role="heading"] {{ color: {muted}; font-size: {small}px; font-weight: 600; letter-spacing: 0.6px; }}
QLabel[role="muted"] {{ color: {muted}; }}
QLabel[role="small"] {{ color: {muted}; font-size: {small}px; }}
QLabel[role="title"] {{ font-size: {title}px; font-weight: 600; }}
QLabel[role="error"] {{ color: {error}; }}
QLabel[role="warning"] {{ color: {warning}; }}
QLabel[role="keycap"] {{
    color: {muted}; background: {chrome}; border: 1px solid {hairline}; border-radius: 4px;
    padding: 0 5px; font-size: {small}px;
}}

QLabel[role="recorder"] {{ color: {muted}; background: {field}; border: 1px dashed {thumb}; border-radius: 6px; }}
QLabel[role="recorder"]:focus {{ color: {text}; border: 2px solid {accent}; }}

Reader {{
    background: {page}; color: {text}; border: {edge}px solid transparent;
    selection-background-color: transparent; selection-color: {text};
}}
Reader:focus {{ border: {edge}px solid {accent}; }}
Reader[alone="true"]:focus {{ border-color: transparent; }}

QLineEdit, QPlainTextEdit[role="field"], QTextEdit, QComboBox, QSpinBox, QDateEdit {{
    background: {field}; border: 1px solid {hairline}; border-radius: 6px; padding: 4px 8px;
    selection-background-color: {selection}; selection-color: {text};
}}
QLineEdit, QTextEdit, QPlainTextEdit {{ placeholder-text-color: {muted}; }}
QLineEdit[empty="true"] {{ font-style: italic; }}
QLineEdit:hover, QComboBox:hover, QPlainTextEdit[role="field"]:hover {{ border-color: {thumb}; }}
QLineEdit:focus, QPlainTextEdit[role="field"]:focus, QTextEdit:focus, QComboBox:focus,
QSpinBox:focus, QDateEdit:focus {{
    border: {focus}px solid {accent}; padding: {row}px {field_side}px;
}}
QLineEdit:disabled, QComboBox:disabled {{ color: {disabled}; background: {chrome}; }}
QLineEdit[incomplete="true"], QComboBox[incomplete="true"] {{ border-left: 3px solid {warning}; }}
QLineEdit[role="plain"] {{ border: none; background: transparent; }}
ActorsEditor {{ background: {field}; border: 1px solid {hairline}; border-radius: 6px; }}
ActorsEditor:hover {{ border-color: {thumb}; }}
ActorsEditor[active="true"] {{ border: {focus}px solid {accent}; }}
ActorsEditor:disabled {{ background: {chrome}; }}
ActorsEditor QLineEdit[role="inner"], ActorsEditor QLineEdit[role="inner"]:focus {{
    border: none; background: transparent; padding: 0px 2px; border-radius: 0px;
}}
QToolButton[role="words"] {{ border: none; background: transparent; padding: 0px; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox QAbstractItemView {{
    background: {page}; border: 1px solid {hairline}; selection-background-color: {chosen}; selection-color: {text};
}}

QPushButton, QToolButton {{
    background: {field}; border: 1px solid {hairline}; border-radius: 6px; padding: 4px 12px;
}}
QToolButton {{ padding: 4px 8px; }}
QPushButton:hover, QToolButton:hover {{ background: {hover}; border-color: {thumb}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {chosen}; }}
QPushButton:focus, QToolButton:focus {{ border: {focus}px solid {accent}; padding: {row}px {button_side}px; }}
QToolButton:focus {{ padding: {row}px {field_side}px; }}
QToolButton[role="arrange"] {{ padding: 4px 5px; }}
QToolButton[role="arrange"]:focus {{ padding: {row}px {arrange_side}px; }}
QToolButton[role="arrange"]::menu-indicator {{ image: none; width: 0; }}
QPushButton:disabled, QToolButton:disabled {{ color: {disabled}; background: {chrome}; }}
QPushButton[role="primary"], QPushButton:default {{
    background: {accent}; color: {on_accent}; border: 1px solid {accent}; font-weight: 600;
}}
QPushButton[role="primary"]:disabled {{ background: {thumb}; border-color: {thumb}; }}
QPushButton[role="primary"]:focus, QPushButton:default:focus {{ border: {focus}px solid {text}; }}
QPushButton[role="danger"] {{ color: {error}; }}
QPushButton[role="danger"]:default {{ background: {error}; border-color: {error}; color: {on_accent}; }}
QPushButton[role="danger"]:default:disabled {{ background: {thumb}; border-color: {thumb}; }}
QPushButton[role="quiet"], QToolButton[role="quiet"] {{
    background: transparent; border: 1px solid transparent; color: {accent};
}}
QPushButton[role="quiet"]:hover, QToolButton[role="quiet"]:hover {{ background: {hover}; }}
QPushButton[role="quiet"]:focus, QToolButton[role="quiet"]:focus {{ border: {focus}px solid {accent}; }}
QPushButton[role="link"] {{
    background: transparent; border: none; text-align: left; padding: 3px 2px; color: {accent};
}}
QPushButton[role="link"]:hover {{ background: {hover}; }}
QPushButton[role="link"]:focus {{ border: {focus}px solid {accent}; padding: 1px; }}
QPushButton[role="view"] {{
    background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px 12px; color: {muted};
}}
QPushButton[role="view"]:hover {{ background: {hover}; }}
QPushButton[role="view"]:checked {{ background: {chosen}; color: {accent}; font-weight: 600; }}
QPushButton[role="view"]:focus {{ border: {focus}px solid {accent}; padding: {row}px {button_side}px; }}
QToolButton[role="option"] {{
    background: transparent; border: 1px solid transparent; padding: 3px 6px; color: {muted}; font-weight: 600;
}}
QToolButton[role="option"]:hover {{ background: {hover}; }}
QToolButton[role="option"]:checked {{ background: {chosen}; border-color: {accent}; color: {accent}; }}
QToolButton[role="option"]:focus {{ border: {focus}px solid {accent}; padding: 2px 5px; }}
QToolButton[role="option"]:disabled {{ color: {disabled}; }}
QToolButton[role="switch"] {{
    background: {field}; border: 1px solid {thumb}; padding: 3px 6px; color: {text}; font-weight: 600;
}}
QToolButton[role="switch"]:hover {{ background: {hover}; }}
QToolButton[role="switch"]:checked {{ background: {accent}; border-color: {accent}; color: {on_accent}; }}
QToolButton[role="switch"]:focus {{ border: {focus}px solid {accent}; padding: {switch_row}px {switch_side}px; }}
QToolButton[role="switch"]:checked:focus {{ border-color: {text}; }}
QToolButton[role="switch"]:disabled {{ color: {disabled}; background: transparent; border-color: {hairline}; }}
QPushButton[role="chip"], QToolButton[role="chip"] {{
    background: {field}; border: 1px solid {hairline}; border-radius: 12px; padding: 3px 10px; color: {muted};
}}
QPushButton[role="chip"]:hover {{ background: {hover}; }}
QPushButton[role="chip"]:checked {{ background: {accent}; color: {on_accent}; border-color: {accent}; }}
QPushButton[role="chip"]:focus {{ border: {focus}px solid {accent}; padding: {chip_row}px {chip_side}px; }}
QPushButton[role="chip"]:checked:focus {{ border: {focus}px solid {text}; }}
QPushButton[role="badge"] {{
    background: {chosen}; border: 1px solid {hairline}; border-radius: 9px; padding: 2px 10px; color: {muted};
    font-size: {small}px;
}}
QFrame[role="card"] {{ background: {page}; border: 1px solid {thumb}; border-radius: 8px; }}
QFrame[role="card"] {{ background: {page}; border: 1px solid {thumb}; border-radius: 8px; }}
QPushButton[role="badge"]:hover {{ color: {text}; }}

QAbstractItemView {{
    background: {chrome}; border: {edge}px solid transparent; outline: none;
    selection-background-color: {chosen}; selection-color: {text}; alternate-background-color: {hover};
    gridline-color: {hairline};
}}
QAbstractItemView:focus {{ border: {edge}px solid {accent}; }}
QAbstractItemView::item:selected {{ background: {chosen}; color: {text}; }}
QHeaderView {{ background: {chrome}; border: none; }}
QHeaderView::section {{
    background: {chrome}; color: {muted}; border: none; border-bottom: 1px solid {hairline}; padding: 5px 8px;
}}

QRadioButton, QGroupBox {{ background: transparent; }}
QCheckBox::indicator:unchecked, QListWidget::indicator:unchecked {{
    width: 11px; height: 11px; margin: 1px; border: 1px solid {muted}; border-radius: 2px; background: {field};
}}
QRadioButton::indicator {{
    width: 8px; height: 8px; margin: 1px; border: 1px solid {muted}; border-radius: 5px; background: {field};
}}
QRadioButton::indicator:checked {{ background: {accent}; border-color: {accent}; }}
QCheckBox:focus, QRadioButton:focus {{ color: {accent}; text-decoration: underline; }}
QGroupBox {{ border: none; margin-top: 18px; }}
QGroupBox::title {{ subcontrol-origin: margin; color: {muted}; }}

QSlider {{ min-height: 22px; background: transparent; border: {focus}px solid transparent; border-radius: 6px; }}
QSlider:focus {{ border: {focus}px solid {accent}; }}
QSlider::groove:horizontal {{ height: 4px; background: {thumb}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ height: 4px; background: {accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{
    width: 14px; margin: -{knob_over}px 0; background: {field}; border: {focus}px solid {accent};
    border-radius: {knob}px;
}}
QSlider::handle:horizontal:hover {{ background: {accent}; }}

QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {thumb}; border-radius: 3px; }}
QScrollBar::handle:vertical {{ min-height: 32px; margin: 2px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; margin: 2px; }}
QScrollBar::handle:hover {{ background: {thumb_hover}; }}
QScrollBar::handle:disabled {{ background: transparent; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QSplitter::handle {{ background: {hairline}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QSplitter::handle:hover {{ background: {accent}; }}
QSplitter#apart::handle, QSplitter#apart::handle:hover {{ background: transparent; }}

QStatusBar {{ background: {chrome}; color: {muted}; border-top: 1px solid {hairline}; }}
QStatusBar QLabel {{ color: {muted}; }}
QStatusBar::item {{ border: none; }}
QMenuBar {{ background: {chrome}; }}
QMenuBar::item {{ padding: 4px 9px; background: transparent; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {chosen}; }}
QMenu {{ background: {page}; border: 1px solid {hairline}; padding: 5px; }}
QMenu::item {{ padding: 5px 26px 5px 14px; border-radius: 4px; }}
QMenu::item:selected {{ background: {chosen}; }}
QMenu::item:disabled {{ color: {disabled}; }}
QMenu::separator {{ height: 1px; background: {hairline}; margin: 5px 8px; }}
QToolTip {{ background: {bar}; color: {bar_text}; border: 1px solid {bar_edge}; padding: 4px 7px; }}
QProgressBar {{
    background: {hairline}; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; color: transparent;
}}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
QTabBar::tab {{ padding: 5px 12px; border: none; border-bottom: 2px solid transparent; color: {muted}; }}
QTabBar::tab:selected {{ color: {accent}; border-bottom: 2px solid {accent}; }}
QTabBar::tab:focus {{ color: {text}; }}
"""
