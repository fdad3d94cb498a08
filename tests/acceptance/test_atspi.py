"""The real window as a screen reader has it: driven by a real keyboard, read back over the accessibility bus."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from annotator import Project

ROOT = Path(__file__).parents[2]
TOOLS = ("Xvfb", "openbox", "xdotool", "dbus-daemon")
#: Started by the session bus when it is first asked for; where it lies differs between systems.
A11Y_BUS = Path("/usr/share/dbus-1/services/org.a11y.Bus.service")

pytestmark = [
    pytest.mark.x11,
    pytest.mark.skipif(
        not all(map(shutil.which, TOOLS)) or not A11Y_BUS.exists(),
        reason=f"needs {', '.join(TOOLS)} and AT-SPI (Debian: xvfb openbox xdotool dbus-daemon at-spi2-core)",
    ),
]
jeepney = pytest.importorskip("jeepney", reason="needs jeepney, which speaks D-Bus")

ATSPI = "org.a11y.atspi"
#: The number of this state in AT-SPI.
FOCUSED = 12
TEXT = "The union calls on the port to reopen pier four. It accuses the port of delay."


@dataclass(frozen=True)
class Node:
    """An object of a program, as the bus names it."""

    program: str
    path: str


class Tree:
    """What a screen reader can ask of all programs on an accessibility bus, and what they tell it."""

    def __init__(self, address: str) -> None:
        from jeepney.io.blocking import open_dbus_connection

        self._connection = open_dbus_connection(address)
        self._told: list[str] = []
        self._ask(Node(f"{ATSPI}.Registry", "/org/a11y/atspi/registry"), "Registry", "RegisterEvent", "s", "object:")
        rule = f"type='signal',interface='{ATSPI}.Event.Object',member='Announcement'"
        bus = Node("org.freedesktop.DBus", "/org/freedesktop/DBus")
        self._call(bus, "org.freedesktop.DBus", "AddMatch", "s", rule)

    def close(self) -> None:
        self._connection.close()

    def _call(self, node: Node, interface: str, method: str, signature: str | None = None, *given: Any) -> Any:
        """The first value that an object answers; None when it is gone or does not know the question."""
        address = jeepney.DBusAddress(node.path, node.program, interface)
        message = jeepney.new_method_call(address, method, signature, given)
        serial = next(self._connection.outgoing_serial)
        self._connection.send(message, serial=serial)
        end = time.monotonic() + 20
        while True:
            answer = self._connection.receive(timeout=max(0.0, end - time.monotonic()))
            kind, fields = answer.header.message_type, answer.header.fields
            if kind is jeepney.MessageType.signal:
                self._hear(answer)
            elif fields.get(jeepney.HeaderFields.reply_serial) == serial:
                return answer.body[0] if kind is jeepney.MessageType.method_return and answer.body else None

    def _hear(self, message: Any) -> None:
        if message.header.fields.get(jeepney.HeaderFields.member) == "Announcement":
            self._told.append(str(message.body[3][1]))

    def _ask(self, node: Node, interface: str, method: str, signature: str | None = None, *given: Any) -> Any:
        return self._call(node, f"{ATSPI}.{interface}", method, signature, *given)

    def _property(self, node: Node, interface: str, name: str) -> Any:
        found = self._call(node, "org.freedesktop.DBus.Properties", "Get", "ss", f"{ATSPI}.{interface}", name)
        return found[1] if found else None

    def announced(self) -> list[str]:
        """What a screen reader was asked to say so far."""
        with contextlib.suppress(TimeoutError):
            while True:
                self._hear(self._connection.receive(timeout=0.05))
        return list(self._told)

    def children(self, node: Node) -> list[Node]:
        return [Node(*each) for each in self._ask(node, "Accessible", "GetChildren") or []]

    def programs(self) -> list[Node]:
        return self.children(Node(f"{ATSPI}.Registry", "/org/a11y/atspi/accessible/root"))

    def name(self, node: Node) -> str:
        return self._property(node, "Accessible", "Name") or ""

    def role(self, node: Node) -> str:
        return self._ask(node, "Accessible", "GetRoleName") or ""

    def has_state(self, node: Node, state: int) -> bool:
        states = self._ask(node, "Accessible", "GetState") or [0, 0]
        return bool(states[state // 32] >> state % 32 & 1)

    def walk(self, node: Node) -> Iterator[Node]:
        """An object and everything in it."""
        yield node
        for child in self.children(node):
            yield from self.walk(child)

    def find(self, name: str, role: str = "") -> Node | None:
        """The first object of this name, and of this role if given, in any program."""
        for program in self.programs():
            for node in self.walk(program):
                if self.name(node) == name and role in ("", self.role(node)):
                    return node
        return None

    def focused(self) -> str:
        """The name of the widget that has the keyboard."""
        # Qt says of the current item of every list that it is focused, whoever has the keyboard.
        items = ("frame", "filler", "list item", "cell", "table cell")
        for program in self.programs():
            for node in self.walk(program):
                if self.has_state(node, FOCUSED) and self.role(node) not in items:
                    return self.name(node)
        return ""

    def text(self, node: Node) -> str:
        return self._ask(node, "Text", "GetText", "ii", 0, -1) or ""

    def caret(self, node: Node) -> int:
        return int(self._property(node, "Text", "CaretOffset") or 0)

    def selected(self, node: Node) -> str:
        """The selected words."""
        if not self._ask(node, "Text", "GetNSelections"):
            return ""
        address = jeepney.DBusAddress(node.path, node.program, f"{ATSPI}.Text")
        answer = self._connection.send_and_get_reply(jeepney.new_method_call(address, "GetSelection", "i", (0,)))
        start, end = answer.body
        return self.text(node)[start:end]

    def rows(self, table: Node) -> list[str]:
        return [self.name(node) for node in self.children(table) if self.role(node) in ("cell", "table cell")]


@pytest.fixture
def bus(display: dict[str, str]) -> Iterator[tuple[dict[str, str], Callable[[], Tree]]]:
    """An environment with a session bus and an accessibility bus of its own, and a way to listen there."""
    # Sockets have short names, and pytest's folders long ones.
    with tempfile.TemporaryDirectory(prefix="a11y-", ignore_cleanup_errors=True) as folder:
        environment = display | {
            "XDG_RUNTIME_DIR": folder,
            "QT_ACCESSIBILITY": "1",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            # Looks for the desktop's settings otherwise, and would start services for that.
            "GSETTINGS_BACKEND": "memory",
        }
        session = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address", f"--address=unix:dir={folder}"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert session.stdout is not None
        address = session.stdout.readline().strip()
        trees: list[Tree] = []

        def listen() -> Tree:
            from jeepney.io.blocking import open_dbus_connection

            with open_dbus_connection(address) as connection:
                launcher = jeepney.DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
                answer = connection.send_and_get_reply(jeepney.new_method_call(launcher, "GetAddress"), timeout=30)
            trees.append(Tree(answer.body[0]))
            return trees[-1]

        try:
            yield environment | {"DBUS_SESSION_BUS_ADDRESS": address}, listen
        finally:
            for tree in trees:
                tree.close()
            # The accessibility bus goes with the session bus that started it.
            session.terminate()
            session.wait()
            session.stdout.close()


def test_a_screen_reader_is_told_what_is_read_selected_and_tagged_by_keys_alone(tmp_path, bus, xdo, until, home):
    environment, listen = bus
    path = tmp_path / "p.annotator"
    with Project.create(path) as project:
        project.add_statement(TEXT, title="Pier four", issuer="Harbour Union")
        project.add_statement("The port will answer.", title="An answer", issuer="Port")
    tree = listen()
    window = subprocess.Popen([sys.executable, str(ROOT / "main.py"), str(path)], env=environment)
    try:
        until(lambda: xdo("search", "--onlyvisible", "--name", "p — Annotator"))
        xdo("search", "--onlyvisible", "--name", "p — Annotator", "windowactivate", "--sync")
        until(lambda: tree.find("p — Annotator", "frame"))
        reader = tree.find("Reader", "text")
        assert reader is not None
        until(lambda: "Pier four" in tree.text(reader))
        # Text: the header first, then every word of the statement.
        words = tree.text(reader)
        assert words.endswith(TEXT)
        until(lambda: tree.focused() == "Reader")
        # Caret: in UTF-16 units of the same text, and it goes with the keys.
        begin = words.index(TEXT)
        until(lambda: tree.caret(reader) == begin)
        xdo("key", "Right")
        until(lambda: tree.caret(reader) == begin + 1)
        assert tree.selected(reader) == ""
        # Selection.
        xdo("key", "s")
        until(lambda: tree.selected(reader) == "The union calls on the port to reopen pier four")
        # A tag is announced, and the passages tell tag, quote and what is missing.
        xdo("key", "1")
        told = "Demand: The union calls on the port to reopen pier four"
        until(lambda: told in tree.announced())
        passages = tree.find("Passages of the statement", "table")
        assert passages is not None
        until(lambda: tree.rows(passages))
        (row,) = tree.rows(passages)
        assert row.startswith("Demand:") and "The union calls on the port to reopen pier four" in row
        # Where the keyboard is: pane by pane, and back.
        for pane in ("Passages of the statement", "Demander", "List of statements", "Reader"):
            xdo("key", "F6")
            until(lambda pane=pane: tree.focused() == pane)
        # The next statement is told as the text that it is.
        xdo("key", "ctrl+Down")
        until(lambda: tree.text(reader).endswith("The port will answer."))
        xdo("key", "ctrl+q")
        assert window.wait(timeout=30) == 0
    finally:
        if window.poll() is None:
            window.kill()
            window.wait()
