"""Passwords and recovery codes: argon2 hashes, and codes made of letters nobody misreads."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from liaison_desk.core.errors import BadInput
from liaison_desk.core.words import msg

SHORTEST = 8
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's second recommendation for argon2id: 19 MiB, two passes."""
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_hex(16))


def hashed(password: str) -> str:
    return _HASHER.hash(password)


def matches(known: str | None, password: str) -> bool:
    """Whether the password fits; takes as long for an unknown login as for a known one."""
    try:
        fits = _HASHER.verify(known or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return fits and known is not None


def checked(password: str) -> str:
    """The hash of a new password; BadInput when it is too short."""
    if len(password) < SHORTEST:
        raise BadInput(
            msg("A password needs at least {count} characters. The old one still holds.", count=SHORTEST),
            field="password",
        )
    return hashed(password)


def recovery_code() -> str:
    """100 random bits as five groups of four letters (Crockford's base 32)."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(20))
    return "-".join(letters[i : i + 4] for i in range(0, 20, 4))


def clean_code(typed: str) -> str:
    """A typed recovery code with what people misread put right."""
    folded = typed.upper().replace("O", "0").replace("I", "1").replace("L", "1")
    return "".join(letter for letter in folded if letter in _LETTERS)
