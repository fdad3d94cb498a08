"""Encrypted projects: keys from passphrases, and what an encrypted file tells before it is opened.

The format is that of SQLCipher 4 with its defaults (https://www.zetetic.net/sqlcipher/design/): pages of 4096 bytes,
each encrypted for itself with AES-256 in CBC mode under an initialisation vector of its own, and authenticated by
HMAC-SHA512. The key is derived from the passphrase with PBKDF2-HMAC-SHA512 and the salt in the first 16 bytes.

The key is derived here and not by SQLCipher, so that it is done once for the many connections of a project, and no
passphrase stands in an SQL statement or stays in memory.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import unicodedata
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from annotator.core.errors import AnnotatorError, MissingExtra, NeedsPassphrase, WrongPassphrase

#: Rounds of PBKDF2, and the bytes of a page, of its salt, key, initialisation vector and authentication code.
ROUNDS = 256_000
PAGE, SALT, KEY, VECTOR, CODE = 4096, 16, 32, 16, 64
#: The bytes at the end of a page that are not the database's.
RESERVED = VECTOR + CODE
#: The first bytes of every database that is not encrypted.
PLAIN_HEADER = b"SQLite format 3\x00"
#: SQLCipher makes the salt of the authentication key from that of the file (``HMAC_SALT_MASK``), in two rounds.
_MASK, _CODE_ROUNDS = 0x3A, 2
#: So many pages are tried before a passphrase is said to be wrong: some may be damaged.
_TRIED = 32
#: A page of evenly distributed bytes stays below this sum of squares (chi-squared, 255 degrees of freedom: the mean is
#: 255 and the standard deviation 22.6) but once in a hundred million; text and other files do not.
_EVEN = 400.0

MISSING = 'This project is encrypted. To open it, install what that needs: pip install "annotator[encrypted]"'


class Key:
    """What opens one encrypted file: the derived key and the file's salt. Shown, logged and pickled never."""

    __slots__ = ("_bytes",)

    def __init__(self, key: bytes, salt: bytes) -> None:
        self._bytes = bytearray(key + salt)

    @property
    def salt(self) -> bytes:
        """The 16 bytes that a file of this key begins with."""
        return bytes(self._known()[KEY:])

    def derived(self) -> bytes:
        """The 32 bytes that encrypt the pages."""
        return bytes(self._known()[:KEY])

    def written(self) -> bytes:
        """The key as SQLCipher takes it: ready, so that it derives none, with the salt for a new file."""
        return b"x'" + self._known().hex().encode() + b"'"

    def copy(self) -> Key:
        """The same key, which outlives this one."""
        return Key(self.derived(), self.salt)

    def forget(self) -> None:
        """Overwrite the key. Copies that Python or SQLCipher made meanwhile are out of reach."""
        for n in range(len(self._bytes)):
            self._bytes[n] = 0
        del self._bytes[:]

    def _known(self) -> bytearray:
        if not self._bytes:
            raise NeedsPassphrase("The project was closed; its passphrase is needed again.")
        return self._bytes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and hmac.compare_digest(self._bytes, other._bytes)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "Key(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is never written anywhere")


#: How callers say what opens a project: the passphrase, or the key of the same file opened before.
Passphrase = str | Key


def prepared(passphrase: str) -> bytes:
    """A passphrase as bytes; raises ``AnnotatorError`` for one that is empty or has control characters.

    By RFC 8265, section 4.2 (OpaqueString): spaces of any kind become U+0020 and the whole is composed (NFC), for
    keyboards write the same sign in different ways. Nothing is trimmed, and case counts.
    """
    spaced = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in passphrase)
    if not spaced:
        raise AnnotatorError("A passphrase has at least one character.")
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in spaced):
        raise AnnotatorError("A passphrase is one line without control characters.")
    return unicodedata.normalize("NFC", spaced).encode()


def derive(passphrase: str, salt: bytes) -> Key:
    """The key that this passphrase gives for a file with this salt. Takes about 0.15 s, by design."""
    return Key(hashlib.pbkdf2_hmac("sha512", prepared(passphrase), salt, ROUNDS, KEY), salt)


def matches(passphrase: str, key: Key) -> bool:
    """Whether this passphrase gives this key; asks no file, so that it may be one that is open."""
    return derive(passphrase, key.salt) == key


def new_key(passphrase: str) -> Key:
    """A key for a file that does not exist yet, with a salt of its own."""
    require()
    return derive(passphrase, os.urandom(SALT))


def temporary_key() -> Key:
    """A key that nobody knows and that is never kept, for what goes with the process."""
    return Key(os.urandom(KEY), os.urandom(SALT))


def sqlcipher() -> Any:
    """The driver (DB-API 2.0, as ``sqlite3``); raises ``MissingExtra`` where it is not installed."""
    try:
        import_module("cryptography")
        return _loaded()
    except ImportError:
        raise MissingExtra(MISSING) from None


@lru_cache(maxsize=1)
def _loaded() -> Any:
    # Imported late: most projects are not encrypted, and the extra may be missing.
    driver = import_module("sqlcipher3.dbapi2")
    connection = driver.connect(":memory:")
    # It would write to standard error, beside our sentence, that a passphrase was wrong. One setting for the process.
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.close()
    return driver


def require() -> None:
    """Raises ``MissingExtra`` where encrypted projects cannot be opened."""
    sqlcipher()


def looks_encrypted(path: Path) -> bool:
    """Whether the file may be an encrypted project: no header, and bytes as evenly distributed as chance has them.

    That of most pages, for some may be damaged. Other encrypted files look the same, and some that are compressed.
    Not to be asked of a file that is open here.
    """
    with open(path, "rb") as file:
        if file.read(len(PLAIN_HEADER)) == PLAIN_HEADER:
            return False
        looked, even = 0, 0
        for page in _sample(file).values():
            looked += 1
            even += _is_even(page)
    return even > looked / 2


def _is_even(page: bytes) -> bool:
    mean = len(page) / 256
    return sum((page.count(value) - mean) ** 2 / mean for value in range(256)) < _EVEN


def required(passphrase: Passphrase | None, name: str) -> Passphrase:
    """The passphrase of the file of this name, if there is one; raises ``NeedsPassphrase``."""
    if passphrase is None:
        raise NeedsPassphrase(f"{name} is encrypted: it needs its passphrase.")
    return passphrase


def unlock(path: Path, passphrase: Passphrase | None) -> Key:
    """The key of this encrypted file; raises ``NeedsPassphrase``, ``WrongPassphrase`` or ``MissingExtra``.

    Not to be called for a file that is open here: it reads the file by other means than SQLite.
    """
    require()
    passphrase = required(passphrase, path.name)
    with open(path, "rb") as file:
        salt = file.read(SALT)
    if isinstance(passphrase, Key):
        key = passphrase.copy() if passphrase.salt == salt else None
    else:
        key = derive(passphrase, salt)
    if key is None or not fits(path, key):
        raise wrong(path.name)
    return key


def key_of(path: Path, passphrase: Passphrase | None) -> Key | None:
    """The key of a file that may be encrypted, by its looks; None where it is not. Raises as ``unlock`` does."""
    return unlock(path, passphrase) if looks_encrypted(path) else None


def wrong(name: str) -> WrongPassphrase:
    """The sentence for a passphrase that opens nothing."""
    return WrongPassphrase(f"That passphrase does not open {name}; it may also be no project or damaged.")


def fits(path: Path, key: Key) -> bool:
    """Whether any of some pages was written with this key, by its authentication code.

    So a right passphrase is told from a wrong one even where the first page is damaged.
    """
    with open(path, "rb") as file:
        return any(is_whole(page, number, key) for number, page in _sample(file).items())


def is_whole(page: bytes, number: int, key: Key) -> bool:
    """Whether this page, numbered from 1, is as it was written with this key."""
    return hmac.compare_digest(_code(page[SALT if number == 1 else 0 : PAGE - CODE], number, key), page[PAGE - CODE :])


def _code(body: bytes, number: int, key: Key) -> bytes:
    """The authentication code of a page's encrypted bytes and initialisation vector."""
    code_key = hashlib.pbkdf2_hmac("sha512", key.derived(), bytes(b ^ _MASK for b in key.salt), _CODE_ROUNDS, KEY)
    return hmac.new(code_key, body + number.to_bytes(4, "little"), "sha512").digest()


def _sample(file: BinaryIO) -> dict[int, bytes]:
    """The first page and others from the whole file, by their numbers, which begin at 1."""
    pages = os.fstat(file.fileno()).st_size // PAGE
    found = {}
    for n in range(min(_TRIED, pages)):
        number = 1 + n * (pages - 1) // max(min(_TRIED, pages) - 1, 1)
        file.seek((number - 1) * PAGE)
        found[number] = file.read(PAGE)
    return found


def decrypted(page: bytes, number: int, key: Key) -> bytes:
    """What this page, numbered from 1, holds for the database; whether it is whole or not.

    As long as the page; zeros stand where initialisation vector and authentication code were.
    """
    if len(page) < PAGE:
        return b"\x00" * len(page)
    skipped = SALT if number == 1 else 0
    body = _aes(key, page[PAGE - RESERVED : PAGE - CODE]).decryptor().update(page[skipped : PAGE - RESERVED])
    return ((PLAIN_HEADER if number == 1 else b"") + bytes(body)).ljust(PAGE, b"\x00")


def encrypted(page: bytes, number: int, key: Key) -> bytes:
    """A page as ``decrypted`` gives it, under this key."""
    skipped = SALT if number == 1 else 0
    vector = os.urandom(VECTOR)
    body = bytes(_aes(key, vector).encryptor().update(page[skipped : PAGE - RESERVED])) + vector
    return (key.salt if number == 1 else b"") + body + _code(body, number, key)


def _aes(key: Key, vector: bytes) -> Any:
    # Imported late: SQLCipher encrypts the pages itself, but for salvage, headers and a change of the passphrase.
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    return Cipher(algorithms.AES(key.derived()), modes.CBC(vector))


class Decrypted:
    """The pages of an encrypted file as if it were not, each decrypted when it is read; for salvage.

    Pages are decrypted whether or not their authentication code is right: what is wrong in them is told later. Reads
    like ``bytes``, as far as ``pages.rows`` needs.
    """

    def __init__(self, data: Any, key: Key) -> None:
        self._data, self._key = data, key
        self._number, self._page = 0, b""

    def __len__(self) -> int:
        return len(self._data)

    def __getitem__(self, wanted: Any) -> Any:
        if not isinstance(wanted, slice):
            return self[wanted : wanted + 1][0]
        start, stop, _ = wanted.indices(len(self))
        if start >= stop:
            return b""
        first, last = start // PAGE, (stop - 1) // PAGE
        whole = b"".join(self._decrypted(number + 1) for number in range(first, last + 1))
        return whole[start - first * PAGE : stop - first * PAGE]

    def _decrypted(self, number: int) -> bytes:
        if self._number != number:
            page = self._data[(number - 1) * PAGE : number * PAGE]
            self._number, self._page = number, decrypted(page, number, self._key)
        return self._page
