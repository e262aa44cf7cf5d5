"""Tokens as they are really made: each session has one of its own."""

from app.auth import JwtTokens
from tests.fakes.clock import StoppedClock


async def test_two_sessions_of_one_moment_have_different_tokens() -> None:
    tokens = JwtTokens(b"k" * 32, clock=StoppedClock())
    one, other = [(await tokens.identify(tokens.for_person("ana")[0])).token_id for _ in range(2)]
    assert one != other
