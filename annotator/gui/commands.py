"""The table of commands: one row makes the menu entry, the key, the tool tip, the palette line and the manual's table.

What a command does is in ``orders``; here stands only what it is called and how it is reached. The keys are those
that it comes with: ``keymap`` has what the user made of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotator.core.model import Tag


@dataclass(frozen=True, slots=True)
class Command:
    """A thing the user can order. ``keys`` are Qt's portable names; ``menu`` is where it stands.

    The keys are those that it comes with; ``keymap`` knows those that it has. ``where`` is ``window``, or ``text``
    for keys that work only while the text or its passages have the focus. ``writes`` commands are off in a read-only
    project, ``needs`` says what must be there: a ``project``, ``statement`` or ``passage``. ``under`` names a menu
    inside the menu. A ``checkable`` one is on or off: ``window.set_checked`` shows which.
    """

    id: str
    text: str
    keys: tuple[str, ...]
    menu: str
    tip: str = ""
    where: str = "window"
    writes: bool = False
    needs: str = "project"
    apart: bool = False
    under: str = ""
    checkable: bool = False


MENUS = ("File", "Edit", "Statement", "Passage", "View", "Help")

COMMANDS: tuple[Command, ...] = (
    Command("project.new", "New project…", ("Ctrl+N",), "File", "Make an empty project", needs=""),
    Command("project.open", "Open project…", ("Ctrl+O",), "File", "Open a project file", needs=""),
    Command("project.sample", "Open the sample project", (), "File", "Statements to try the program on", needs=""),
    Command("project.import", "Import…", ("Ctrl+I",), "File", "Take files or folders in", writes=True, apart=True),
    Command("project.export", "Export…", ("Ctrl+E",), "File", "Write annotations for others"),
    Command("project.report", "Evidence report…", (), "File", "Texts, sources and who changed what, with a hash"),
    Command("project.history", "History of the project", (), "File", "Who did what when"),
    Command("project.restore", "Restore a backup…", (), "File", "Go back to a backup; what is there now is kept"),
    Command("project.check", "Check the project", (), "File", "Verify every text, quote and step"),
    Command(
        "privacy.title", "Keep the project’s name out of the title", (), "File", "Taskbars and shared screens show it",
        needs="", under="Privacy", checkable=True,
    ),
    Command(
        "privacy.recent", "Remember no projects and folders", (), "File", "Forgets those that were, too", needs="",
        under="Privacy", checkable=True,
    ),
    Command("project.coder", "Change the coder’s name…", (), "File", "Who codes", apart=True),
    Command("window.close", "Quit", ("Ctrl+Q",), "File", "Everything is saved already", needs="", apart=True),
    Command("edit.undo", "Undo", ("Ctrl+Z",), "Edit", "Undo the last step of this session", writes=True),
    Command("edit.redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Edit", "Undo the last undo", writes=True),
    Command("edit.copy", "Copy", ("Ctrl+C",), "Edit", "Copy the selection", needs="statement", apart=True),
    Command(
        "edit.cite", "Copy with citation", ("Ctrl+Shift+C",), "Edit", "Quote, issuer, title, date and source",
        needs="statement",
    ),
    Command("find.statement", "Find in the statement", ("Ctrl+F",), "Edit", "", needs="statement", apart=True),
    Command("find.next", "Find next", ("F3",), "Edit", "", needs="statement"),
    Command("find.previous", "Find previous", ("Shift+F3",), "Edit", "", needs="statement"),
    Command(
        "find.everywhere", "Find in all statements", ("Ctrl+Shift+F",), "Edit", "Every place with its context",
        apart=True,
    ),
    Command("find.everywhere.next", "Next place in all", ("F4",), "Edit", "Of those that were found in all statements"),
    Command("find.everywhere.previous", "Previous place in all", ("Shift+F4",), "Edit", ""),
    Command("find.all", "Search", ("Ctrl+K",), "Edit", "Statements, passages, actors and commands", apart=True),
    Command("find.filter", "Filter the list", ("Ctrl+L",), "Edit", "Words, tag:demand, issuer:SDF, date:2022…"),
    Command("statement.next", "Next statement", ("Ctrl+Down",), "Statement", "Go down the list"),
    Command("statement.previous", "Previous statement", ("Ctrl+Up",), "Statement", "Go up the list"),
    Command(
        "statement.next_unread", "Next unread statement", ("Ctrl+Shift+Down",), "Statement",
        "The next one of the list that you have not opened; after the last, the first",
    ),
    Command(
        "statement.done", "Mark done and go on", ("Ctrl+Return", "Ctrl+Enter"), "Statement",
        "Mark this statement done and show the next one", writes=True, needs="statement", apart=True,
    ),
    Command("statement.open", "Mark as open", (), "Statement", "", writes=True, needs="statement"),
    Command("statement.unread", "Mark as unread", (), "Statement", "", writes=True, needs="statement"),
    Command(
        "statement.edit", "Edit metadata", ("F2",), "Statement", "Title, issuer, dates and source of this statement",
        writes=True, needs="statement", apart=True,
    ),
    Command("statement.history", "History of the statement", (), "Statement", "Who did what when", needs="statement"),
    Command(
        "statement.report", "Evidence report of the statement…", (), "Statement",
        "Text, source and who changed what, with a hash", needs="statement",
    ),
    Command(
        "statement.revise", "New version from a corrected text…", (), "Statement",
        "Its passages are found again; you see where before anything happens", writes=True, needs="statement",
        apart=True,
    ),
    Command(
        "statement.version.previous", "Previous version of the text", (), "Statement", "The one that this one corrects",
        needs="statement", under="Versions",
    ),
    Command(
        "statement.version.next", "Corrected version of the text", (), "Statement", "The one that corrects this one",
        needs="statement", under="Versions",
    ),
    Command(
        "statement.delete", "Delete statement", (), "Statement", "With its passages; undo brings all back",
        writes=True, needs="statement", apart=True,
    ),
    Command(
        "statement.purge", "Delete for good…", (), "Statement", "Every trace, also in history and backups; no undo",
        writes=True, needs="statement",
    ),
    Command(
        "choose.tag", "Choose a tag…", ("C",), "Passage",
        "Type part of its name; for the selection, the sentence or a retag", where="text", writes=True,
        needs="statement", apart=True,
    ),
    Command(
        "choose.marker", "Hold a tag as a marker…", ("Shift+C",), "Passage",
        "Type part of its name; every selection gets it", where="text", writes=True, needs="statement",
    ),
    Command(
        "select.sentence", "Select sentence", ("S",), "Passage", "The sentence at the caret; again: the next too",
        where="text", needs="statement", apart=True,
    ),
    Command(
        "select.paragraph", "Select paragraph", ("P",), "Passage", "The paragraph at the caret; again: the next too",
        where="text", needs="statement",
    ),
    Command(
        "caret.sentence.next", "Caret to the next sentence", ("J",), "Passage", "", where="text", needs="statement",
        apart=True, under="Move the caret",
    ),
    Command(
        "caret.sentence.previous", "Caret to the sentence before", ("K",), "Passage", "", where="text",
        needs="statement", under="Move the caret",
    ),
    Command(
        "caret.paragraph.next", "Caret to the next paragraph", ("Shift+J",), "Passage", "", where="text",
        needs="statement", under="Move the caret",
    ),
    Command(
        "caret.paragraph.previous", "Caret to the paragraph before", ("Shift+K",), "Passage", "", where="text",
        needs="statement", under="Move the caret",
    ),
    Command(
        "edge.end.forward", "Move the end a word on", ("]",), "Passage", "Of the selection or the current passage",
        where="text", needs="statement", under="Move the boundaries",
    ),
    Command(
        "edge.end.back", "Move the end a word back", ("[",), "Passage", "Of the selection or the current passage",
        where="text", needs="statement", under="Move the boundaries",
    ),
    Command(
        "edge.start.forward", "Move the start a word on", ("}",), "Passage", "Of the selection or the current passage",
        where="text", needs="statement", under="Move the boundaries",
    ),
    Command(
        "edge.start.back", "Move the start a word back", ("{",), "Passage", "Of the selection or the current passage",
        where="text", needs="statement", under="Move the boundaries",
    ),
    Command(
        "edge.end.forward.character", "Move the end a character on", ("Alt+]",), "Passage", "", where="text",
        needs="statement", under="Move the boundaries",
    ),
    Command(
        "edge.end.back.character", "Move the end a character back", ("Alt+[",), "Passage", "", where="text",
        needs="statement", under="Move the boundaries",
    ),
    Command(
        "edge.start.forward.character", "Move the start a character on", ("Alt+}",), "Passage", "", where="text",
        needs="statement", under="Move the boundaries",
    ),
    Command(
        "edge.start.back.character", "Move the start a character back", ("Alt+{",), "Passage", "", where="text",
        needs="statement", under="Move the boundaries",
    ),
    Command("passage.next", "Next passage", ("Alt+Down",), "Passage", "", needs="statement", apart=True),
    Command("passage.previous", "Previous passage", ("Alt+Up",), "Passage", "", needs="statement"),
    Command(
        "passage.cycle", "Next of the passages here", ("O",), "Passage",
        "Where passages overlap, each press takes the next", where="text", needs="statement",
    ),
    Command(
        "passage.choose", "Choose among the passages here…", ("Shift+O",), "Passage", "A list that names them",
        where="text", needs="statement",
    ),
    Command(
        "passage.details", "To the details", ("Return", "Enter"), "Passage", "The form of the passage; Esc comes back",
        where="text", needs="statement",
    ),
    Command(
        "passage.retag", "Retag…", ("R",), "Passage", "Then the key of the other tag", where="text", writes=True,
        needs="statement", apart=True,
    ),
    Command(
        "passage.note", "Note", ("N",), "Passage", "Write a note on the current passage", where="text", writes=True,
        needs="statement",
    ),
    Command("passage.history", "History of the passage", (), "Passage", "Who did what when", needs="passage"),
    Command(
        "passage.remove", "Remove passage", ("Del", "Backspace"), "Passage", "Remove the current passage", where="text",
        writes=True, needs="passage",
    ),
    Command(
        "view.snap", "Selections snap to whole words", ("W",), "Passage",
        "While the mouse drags; Alt does the opposite", where="text", needs="", apart=True, checkable=True,
    ),
    Command("pane.next", "Next pane", ("F6",), "View", "List, text, passages, details", needs=""),
    Command("pane.previous", "Previous pane", ("Shift+F6",), "View", "", needs=""),
    Command(
        "list.sort.imported", "List in the order of import", (), "View", "", apart=True, under="Order of the list",
        checkable=True,
    ),
    Command(
        "list.sort.date", "List by date", (), "View", "Statements without a date come last",
        under="Order of the list", checkable=True,
    ),
    Command("list.sort.issuer", "List by issuer", (), "View", "", under="Order of the list", checkable=True),
    Command(
        "list.sort.progress", "List by progress", (), "View", "Unread, open, done", under="Order of the list",
        checkable=True,
    ),
    Command(
        "list.sort.marks", "List by number of marks", (), "View", "Most marks first", under="Order of the list",
        checkable=True,
    ),
    Command(
        "list.reverse", "Reverse the list", (), "View", "From the other end", under="Order of the list", apart=True,
        checkable=True,
    ),
    Command(
        "list.group", "Group the list", (), "View", "Headings by month, issuer or progress", under="Order of the list",
        checkable=True,
    ),
    Command("view.larger", "Larger text", ("Ctrl++", "Ctrl+="), "View", "", needs="", apart=True),
    Command("view.smaller", "Smaller text", ("Ctrl+-",), "View", "", needs=""),
    Command("view.normal", "Normal text size", ("Ctrl+0",), "View", "", needs=""),
    Command(
        "view.plain", "Plain text", ("Ctrl+Shift+H",), "View", "Hide all marks; tagging shows them again", needs="",
        apart=True, checkable=True,
    ),
    Command(
        "view.focus", "Only the text", ("F11",), "View", "The text alone on the whole screen; Esc comes back", needs="",
        checkable=True,
    ),
    Command(
        "view.appearance", "Appearance…", ("Ctrl+,",), "View", "Theme, font, size, length and height of lines",
        needs="",
    ),
    Command("help.keys", "Keys", ("?", "F1"), "Help", "All keys on one sheet", needs=""),
    Command("help.change_keys", "Change keys…", (), "Help", "Give a command the keys that suit your hands", needs=""),
    Command("help.tour", "Show the three steps again", (), "Help", "Select, tag, undo or hand on", needs="statement"),
    Command("help.about", "About Annotator", (), "Help", "", needs=""),
)  # fmt: skip


#: A codebook with more tags has them in a menu of their own.
_FEW_TAGS = 9


def tag_commands(tags: Sequence[Tag]) -> Iterator[Command]:
    """Two commands for each tag of the codebook, with the key that the codebook gives it: tag, and hold as a marker."""
    for tag in tags:
        yield Command(
            f"tag.{tag.name}",
            tag.label,
            (tag.key,) if tag.key else (),
            "Passage",
            f"Tag the selection, or the sentence at the caret, as {tag.label.lower()}",
            where="text",
            writes=True,
            needs="statement",
            under="Tag as" if len(tags) > _FEW_TAGS else "",
        )
    for tag in tags:
        yield Command(
            f"marker.{tag.name}",
            f"Marker: {tag.label}",
            (f"Shift+{tag.key}",) if len(tag.key) == 1 and tag.key.isalnum() else (),
            "Passage",
            f"Every selection becomes {tag.label.lower()}, until Esc",
            where="text",
            writes=True,
            needs="statement",
            under="Marker",
            checkable=True,
        )


def by_id(identifier: str) -> Command:
    return next(command for command in COMMANDS if command.id == identifier)


#: Keys that are no command of the table, for the sheet and the manual.
OTHER_KEYS: tuple[tuple[str, str], ...] = (
    ("Arrows, Shift, Ctrl", "Caret and selection by character and word, as everywhere"),
    ("Double click / triple click", "Select a word / a sentence; dragging goes on by words / by sentences"),
    ("Alt while dragging", "Snap to whole words, or not: the opposite of the setting"),
    ("Click where passages overlap", "Each click takes the next of them; with Alt, a list names them"),
    ("Tab", "The next field inside a pane"),
    ("Esc", "Back to the text; ends a retag or a search, puts the marker away"),
    ("Ctrl+wheel", "Larger and smaller text"),
)
