"""The table of commands: one row makes the menu entry, the key, the tool tip, the palette line and the manual's table.

What a command does is in ``orders``; here stands only what it is called and how it is reached. The keys are those
that it comes with: ``keymap`` has what the user made of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotator.core.model import Tag
from annotator.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A thing the user can order. ``keys`` are Qt's portable names; ``menu`` is where it stands.

    The keys are those that it comes with; ``keymap`` knows those that it has. ``where`` is ``window``, or ``text``
    for keys that work only while the text or its passages have the focus. ``writes`` commands are off in a read-only
    project, ``needs`` says what must be there: a ``project``, ``statement`` or ``passage``. ``under`` names a menu
    inside the menu. A ``checkable`` one is on or off: ``window.set_checked`` shows which. ``also`` are other words
    for it, by which the search finds it.
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
    also: tuple[str, ...] = ()


MENUS = ("File", "Edit", "Statement", "Passage", "View", "Help")

COMMANDS: tuple[Command, ...] = (
    Command(
        "project.new", "New project…", ("Ctrl+N",), "File", "Make an empty project", needs="",
        also=("create", "start"),
    ),
    Command(
        "project.new_encrypted", "New encrypted project…", (), "File", "Make one that opens with a passphrase alone",
        needs="", also=("password", "passphrase", "secret", "lock"),
    ),
    Command(
        "project.open", "Open project…", ("Ctrl+O",), "File", "Open a project file", needs="",
        also=("load", "file"),
    ),
    Command(
        "project.sample", "Open the sample project", (), "File", "Statements to try the program on", needs="",
        also=("example", "demo", "tutorial"),
    ),
    Command(
        "project.import", "Import…", ("Ctrl+I",), "File", "Take files or folders in", writes=True, apart=True,
        also=("add files", "load", "statements", "upload"),
    ),
    Command(
        "project.paste", "New statement from clipboard", ("Ctrl+Shift+V",), "File",
        "What was copied as a statement; its HTML and address are kept as the source", writes=True,
        also=("paste", "insert", "web page", "url"),
    ),
    Command(
        "project.watch", "Watch a folder…", (), "File", "Offer what is new in a folder, or stop doing so", writes=True,
        also=("downloads", "new files", "monitor", "inbox"),
    ),
    Command(
        "project.export", "Export…", ("Ctrl+E",), "File", "Write annotations for others",
        also=("save as", "download", "csv", "json", "tei", "html", "spreadsheet"),
    ),
    Command(
        "project.report", "Evidence report…", (), "File", "Texts, sources and who changed what, with a hash",
        also=("court", "proof", "html"),
    ),
    Command(
        "project.history", "History of the project", (), "File", "Who did what when",
        also=("log", "journal", "changes", "audit", "versions"),
    ),
    Command(
        "project.copy", "Save a copy…", (), "File", "A verified copy of the project; it never overwrites",
        also=("save as", "duplicate", "backup", "elsewhere"),
    ),
    Command(
        "project.restore", "Restore a backup…", (), "File", "Go back to a backup; what is there now is kept",
        also=("recover", "backups", "earlier version", "previous version"),
    ),
    Command(
        "project.encrypted_copy", "Encrypted copy…", (), "File", "A copy of the project that opens with a passphrase",
        also=("password", "encrypt", "secret", "lock"),
    ),
    Command(
        "project.passphrase", "Change the passphrase…", (), "File", "Of an encrypted project and its backups",
        writes=True, also=("password", "encryption", "key"),
    ),
    Command(
        "project.check", "Check the project", (), "File", "Verify every text, quote and step",
        also=("verify", "integrity", "validate", "repair"),
    ),
    Command(
        "privacy.title", "Keep the project’s name out of the title", (), "File", "Taskbars and shared screens show it",
        needs="", under="Privacy", checkable=True,
        also=("hide name", "window title"),
    ),
    Command(
        "privacy.recent", "Remember no projects and folders", (), "File", "Forgets those that were, too", needs="",
        under="Privacy", checkable=True,
        also=("recent projects", "forget"),
    ),
    Command(
        "project.codebook", "Codebook…", ("Ctrl+Shift+B",), "File", "Tags, what they mean and what they ask",
        apart=True, also=("tags", "codes", "definitions", "attributes", "vocabulary", "scheme"),
    ),
    Command(
        "project.review", "Passages to review", (), "File", "Those tagged before the definition of their tag changed",
        also=("stale", "older", "outdated", "definition changed"),
    ),
    Command(
        "project.memo", "Memo of the project…", (), "File", "What its coders want to remember", writes=True,
        also=("note", "notes", "journal", "diary"),
    ),
    Command(
        "project.coder", "Change the coder’s name…", (), "File", "Who codes", apart=True,
        also=("user", "author", "annotator", "rename"),
    ),
    Command(
        "window.close", "Quit", ("Ctrl+Q",), "File", "Everything is saved already", needs="", apart=True,
        also=("exit", "close", "leave"),
    ),
    Command(
        "edit.undo", "Undo", ("Ctrl+Z",), "Edit", "Undo the last step of this session", writes=True,
        also=("revert", "back"),
    ),
    Command(
        "edit.redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Edit", "Undo the last undo", writes=True,
        also=("again", "repeat"),
    ),
    Command(
        "edit.copy", "Copy", ("Ctrl+C",), "Edit", "Copy the selection", needs="statement", apart=True,
        also=("clipboard",),
    ),
    Command(
        "edit.cite", "Copy with citation", ("Ctrl+Shift+C",), "Edit", "Quote, issuer, title, date and source",
        needs="statement",
        also=("quote", "reference", "citation"),
    ),
    Command(
        "find.statement", "Find in the statement", ("Ctrl+F",), "Edit", "", needs="statement", apart=True,
        also=("search", "look for", "text search"),
    ),
    Command("find.next", "Find next", ("F3",), "Edit", "", needs="statement", also=("search next", "again")),
    Command("find.previous", "Find previous", ("Shift+F3",), "Edit", "", needs="statement", also=("search back",)),
    Command(
        "find.everywhere", "Find in all statements", ("Ctrl+Shift+F",), "Edit", "Every place with its context",
        apart=True,
        also=("search all", "concordance", "grep", "global search", "search and list"),
    ),
    Command("find.everywhere.next", "Next place in all", ("F4",), "Edit", "Of those that were found in all statements"),
    Command("find.everywhere.previous", "Previous place in all", ("Shift+F4",), "Edit", ""),
    Command(
        "find.all", "Search", ("Ctrl+K",), "Edit", "Statements, passages, actors and commands", apart=True,
        also=("palette", "command palette", "go to", "quick open", "jump"),
    ),
    Command(
        "find.filter", "Filter the list", ("Ctrl+L",), "Edit", "Words, tag:demand, issuer:SDF, date:2022…",
        also=("narrow", "search list", "query", "tags"),
    ),
    Command("statement.next", "Next statement", ("Ctrl+Down",), "Statement", "Go down the list"),
    Command("statement.previous", "Previous statement", ("Ctrl+Up",), "Statement", "Go up the list"),
    Command(
        "statement.next_unread", "Next unread statement", ("Ctrl+Shift+Down",), "Statement",
        "The next one of the list that you have not opened; after the last, the first",
        also=("new", "unseen"),
    ),
    Command(
        "statement.done", "Mark done and go on", ("Ctrl+Return", "Ctrl+Enter"), "Statement",
        "Mark this statement done and show the next one", writes=True, needs="statement", apart=True,
        also=("finish", "complete", "finished"),
    ),
    Command(
        "statement.open", "Mark as open", (), "Statement", "", writes=True, needs="statement",
        also=("reopen", "not done"),
    ),
    Command(
        "statement.unread", "Mark as unread", (), "Statement", "", writes=True, needs="statement",
        also=("new", "not read"),
    ),
    Command(
        "statement.edit", "Edit metadata", ("F2",), "Statement", "Title, issuer, dates and source of this statement",
        writes=True, needs="statement", apart=True,
        also=("properties", "title", "issuer", "date", "rename"),
    ),
    Command(
        "statement.history", "History of the statement", (), "Statement", "Who did what when", needs="statement",
        also=("log", "changes", "versions"),
    ),
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
        also=("remove", "erase", "trash"),
    ),
    Command(
        "statement.purge", "Delete for good…", (), "Statement", "Every trace, also in history and backups; no undo",
        writes=True, needs="statement",
        also=("erase", "wipe", "destroy", "shred"),
    ),
    Command(
        "choose.tag", "Choose a tag…", ("C",), "Passage",
        "Type part of its name; for the selection, the sentence or a retag", where="text", writes=True,
        needs="statement", apart=True,
        also=("code", "label", "annotate", "highlight"),
    ),
    Command(
        "choose.marker", "Hold a tag as a marker…", ("Shift+C",), "Passage",
        "Type part of its name; every selection gets it", where="text", writes=True, needs="statement",
        also=("pen", "highlighter"),
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
        also=("overlapping", "overlap"),
    ),
    Command(
        "passage.details", "To the details", ("Return", "Enter"), "Passage", "The form of the passage; Esc comes back",
        where="text", needs="statement",
        also=("edit", "attributes", "form", "inspector"),
    ),
    Command(
        "details.leave", "Save and go back to the text", ("Alt+Return", "Alt+Enter"), "Passage",
        "From any field, also from the note", needs="statement", under="Details",
        also=("leave the form", "finish"),
    ),
    Command(
        "details.pick", "Pick from the text", ("F8",), "Passage",
        "For the field that has the focus: select its words, Enter picks them", writes=True, needs="passage",
        under="Details",
        also=("anchor", "evidence", "words", "highlight value"),
    ),
    Command(
        "details.words", "Show the words of a value", ("Shift+F8",), "Passage",
        "Of the field that has the focus, if they were picked from the text", needs="passage", under="Details",
        also=("anchor", "source of the value", "jump"),
    ),
    Command(
        "details.same", "This field as last time", ("Ctrl+D",), "Passage",
        "What the last passage of this tag says there", writes=True, needs="passage", under="Details", apart=True,
        also=("ditto", "repeat", "same value", "default"),
    ),
    Command(
        "details.same_all", "Empty fields as last time", ("Ctrl+Shift+D",), "Passage",
        "What the last passages of this tag say", writes=True, needs="passage", under="Details",
        also=("ditto", "repeat", "same values", "fill", "default"),
    ),
    Command(
        "details.copy", "Copy the details", ("Ctrl+Alt+C",), "Passage", "All fields of the current passage",
        needs="passage", under="Details", apart=True,
        also=("copy attributes", "copy values"),
    ),
    Command(
        "details.paste", "Paste the details", ("Ctrl+Alt+V",), "Passage",
        "Into the current passage, as far as its tag has such fields", writes=True, needs="passage", under="Details",
        also=("paste attributes", "paste values"),
    ),
    Command(
        "passage.retag", "Retag…", ("R",), "Passage", "Then the key of the other tag", where="text", writes=True,
        needs="statement", apart=True,
        also=("change tag", "recode", "replace tag"),
    ),
    Command(
        "passage.note", "Note", ("N",), "Passage", "Write a note on the current passage", where="text", writes=True,
        needs="statement",
        also=("comment", "memo"),
    ),
    Command(
        "passage.example", "Example of its tag", ("E",), "Passage", "Shows what the tag means; again: no longer",
        where="text", writes=True, needs="passage",
        also=("codebook", "show", "model"),
    ),
    Command(
        "passage.confirm", "Still right", ("V",), "Passage", "It fits the present definition of its tag", where="text",
        writes=True, needs="passage",
        also=("review", "confirm", "approve", "up to date"),
    ),
    Command(
        "passage.history", "History of the passage", (), "Passage", "Who did what when", needs="passage",
        also=("log", "changes", "versions"),
    ),
    Command(
        "passage.link", "Link this passage", ("L",), "Passage",
        "From the current passage; on another one, also of another statement, again: to it", where="text",
        writes=True, needs="statement",
        also=("same as", "refers to", "responds to", "relation", "connect", "arrow"),
    ),
    Command(
        "passage.remove", "Remove passage", ("Del", "Backspace"), "Passage", "Remove the current passage", where="text",
        writes=True, needs="passage",
        also=("delete", "untag", "erase"),
    ),
    Command(
        "view.snap", "Selections snap to whole words", ("W",), "Passage",
        "While the mouse drags; Alt does the opposite", where="text", needs="", apart=True, checkable=True,
        also=("whole words", "word snapping"),
    ),
    Command("view.read", "Read", ("Alt+1",), "View", "Statements, text, passages and details", needs=""),
    Command(
        "view.passages", "Passages", ("Alt+2",), "View", "All passages of all statements in a table",
        also=("table", "claims", "codings", "quotations", "concordance", "kwic", "bulk"),
    ),
    Command(
        "view.actors", "Actors", ("Alt+3",), "View", "Who demands, is asked, accuses, is accused, does and suffers",
        also=("people", "parties", "merge", "duplicates", "aliases"),
    ),
    Command(
        "place.back", "Back", ("Alt+Left",), "View", "To where you were before the last jump",
        also=("return", "previous place", "history"),
    ),
    Command(
        "place.forward", "Forward", ("Alt+Right",), "View", "To where you came back from", also=("next place",),
    ),
    Command("pane.next", "Next pane", ("F6",), "View", "List, text, passages, details", needs=""),
    Command("pane.previous", "Previous pane", ("Shift+F6",), "View", "", needs=""),
    Command(
        "list.sort.imported", "List in the order of import", (), "View", "", apart=True, under="Order of the list",
        checkable=True,
        also=("sort",),
    ),
    Command(
        "list.sort.date", "List by date", (), "View", "Statements without a date come last",
        under="Order of the list", checkable=True,
        also=("sort", "chronological"),
    ),
    Command(
        "list.sort.issuer", "List by issuer", (), "View", "", under="Order of the list", checkable=True,
        also=("sort",),
    ),
    Command(
        "list.sort.progress", "List by progress", (), "View", "Unread, open, done", under="Order of the list",
        checkable=True,
        also=("sort", "status"),
    ),
    Command(
        "list.sort.marks", "List by number of marks", (), "View", "Most marks first", under="Order of the list",
        checkable=True,
        also=("sort", "annotations"),
    ),
    Command(
        "list.reverse", "Reverse the list", (), "View", "From the other end", under="Order of the list", apart=True,
        checkable=True,
        also=("sort", "descending", "ascending"),
    ),
    Command(
        "list.group", "Group the list", (), "View", "Headings by month, issuer or progress", under="Order of the list",
        checkable=True,
        also=("headings", "group by"),
    ),
    Command(
        "view.larger", "Larger text", ("Ctrl++", "Ctrl+="), "View", "", needs="", apart=True,
        also=("zoom in", "bigger", "increase font", "enlarge", "font size"),
    ),
    Command(
        "view.smaller", "Smaller text", ("Ctrl+-",), "View", "", needs="",
        also=("zoom out", "decrease font", "reduce", "font size"),
    ),
    Command(
        "view.normal", "Normal text size", ("Ctrl+0",), "View", "", needs="",
        also=("zoom reset", "100 %", "reset zoom", "font size"),
    ),
    Command(
        "view.plain", "Plain text", ("Ctrl+Shift+H",), "View", "Hide all marks; tagging shows them again", needs="",
        apart=True, checkable=True,
        also=("hide marks", "hide highlights", "clean text"),
    ),
    Command(
        "view.focus", "Only the text", ("F11",), "View", "The text alone on the whole screen; Esc comes back", needs="",
        checkable=True,
        also=("fullscreen", "full screen", "focus mode", "distraction free", "zen"),
    ),
    Command(
        "view.appearance", "Appearance…", ("Ctrl+,",), "View", "Theme, font, size, length and height of lines",
        needs="",
        also=(
            "theme", "dark", "light", "dark mode", "night", "colours", "colors", "contrast", "font", "zoom",
            "settings", "preferences", "options", "line height", "typography",
        ),
    ),
    Command(
        "help.keys", "Keys", ("?", "F1"), "Help", "All keys on one sheet", needs="",
        also=("shortcuts", "hotkeys", "keyboard", "cheat sheet", "help"),
    ),
    Command(
        "help.change_keys", "Change keys…", (), "Help", "Give a command the keys that suit your hands", needs="",
        also=("shortcuts", "hotkeys", "keyboard", "rebind", "settings", "preferences", "customize"),
    ),
    Command(
        "help.tour", "Show the three steps again", (), "Help", "Select, tag, undo or hand on", needs="statement",
        also=("help", "tutorial", "introduction", "first steps"),
    ),
    Command("help.about", "About Annotator", (), "Help", "", needs="", also=("version", "licence", "license")),
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
