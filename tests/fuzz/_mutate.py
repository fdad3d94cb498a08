"""Inputs by chance alone: bytes, numbers, words and pieces of a seed changed, repeated, moved, crossed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


def inputs(seeds: Sequence[bytes], words: Sequence[bytes], longest: int, seed: int) -> Iterator[bytes]:
    """The seeds themselves, then without end what chance makes of them; the same for the same ``seed``."""
    chance = Random(seed)
    yield from seeds
    while True:
        data = bytearray(chance.choice(seeds))
        if words and chance.random() < 0.5:
            data = bytearray(reshaped(bytes(data), chance))
            if chance.random() < 0.8:
                yield bytes(data[:longest])
                continue
        for _ in range(chance.choice((1, 1, 2, 3, 5, 9, 20))):
            _change(data, seeds, words, chance)
        yield bytes(data[:longest])


#: What JSON may hold where something else is meant.
_VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1,
        1,
        2.5,
        1e300,
        2**53,
        2**63,
        float("nan"),
        "",
        "a",
        "\ud800",
        "\0",
        "\u2028",
        "\r\n",
        "é" * 3000,
    ),
    *([], {}, [[]], {"": ""}, {"id": 1}, [None], {"actor": []}, {"edtf": "2022"}, "2022-01", "demand", "c", "n", "s"),
)


def reshaped(data: bytes, chance: Random) -> bytes:
    """The JSON document, or one line of the JSON Lines, with a value of it changed; other data as they are."""
    lines = data.split(b"\n") if data[:1] == b"{" else []
    at = chance.randrange(len(lines)) if lines else 0
    for whole in (True, False):
        try:
            document = json.loads(data if whole else lines[at])
        except (ValueError, RecursionError, IndexError):
            continue
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            document = _one_changed(document, chance)
        made = json.dumps(document, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
        return made if whole else b"\n".join([*lines[:at], made, *lines[at + 1 :]])
    return data


def _one_changed(document: Any, chance: Random) -> Any:
    holders: list[Any] = [[document]]
    for holder in holders:  # grows
        holders += [
            v for v in (holder.values() if isinstance(holder, dict) else holder) if isinstance(v, (dict, list)) and v
        ]
    top, holder = holders[0], chance.choice(holders[1:] or holders)
    key = chance.choice(list(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))
    match chance.randrange(6):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        case 1:
            holder[chance.choice(("id", "x", "\x7f", "extra", "edtf", "text"))] = copy.deepcopy(chance.choice(_VALUES))
        case 2:
            other = chance.choice(holders)
            holder[key] = copy.deepcopy(chance.choice(list(other.values()) if isinstance(other, dict) else other))
        case 3 if isinstance(holder[key], str):
            at = chance.randint(0, len(holder[key]))
            holder[key] = holder[key][:at] + str(chance.choice(_VALUES)) + holder[key][at:]
        case 3 if isinstance(holder[key], int):
            holder[key] += chance.choice((-1, 1, 10))
        case _:
            holder[key] = copy.deepcopy(chance.choice(_VALUES))
    return top[0] if top else None


def _change(data: bytearray, seeds: Sequence[bytes], words: Sequence[bytes], chance: Random) -> None:
    at = chance.randint(0, len(data))
    length = min(len(data) - at, int(2 ** chance.uniform(0, 9)))
    match chance.randrange(9):
        case 0 if at < len(data):
            data[at] = chance.randrange(256)
        case 1 if at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        case 2:
            del data[at : at + length]
        case 3:
            data[at:at] = data[at : at + length] * chance.choice((1, 1, 2, 40))
        case 4 if words:
            data[at:at] = chance.choice(words)
        case 5 if words:
            word = chance.choice(words)
            data[at : at + len(word)] = word
        case 6:
            size = chance.choice((1, 2, 4))
            number = chance.choice([n for n in _NUMBERS if n < 256**size])
            data[at : at + size] = number.to_bytes(size, chance.choice(("big", "little")))
        case 7:
            other = chance.choice(seeds)
            start = chance.randint(0, len(other))
            data[at : at + length] = other[start : start + chance.randint(0, 512)]
        case _:
            del data[at if chance.random() < 0.2 else len(data) :]
