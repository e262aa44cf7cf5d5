"""Tokens as they are really made: each session has one of its own."""

from datetime import timedelta

from app.auth import MEDIA_LIFETIME, JwtTokens
from app.services.ports import MediaGrant, MediaUse
from tests.fakes.clock import StoppedClock


async def test_two_sessions_of_one_moment_have_different_tokens() -> None:
    tokens = JwtTokens(b"k" * 32, clock=StoppedClock())
    one, other = [(await tokens.identify(tokens.for_person("ana")[0])).token_id for _ in range(2)]
    assert one != other


def test_listeners_without_an_account_who_come_within_a_minute_have_one_address() -> None:
    clock = StoppedClock()
    tokens = JwtTokens(b"k" * 32, clock=clock)
    clock.advance(timedelta(seconds=-clock().timestamp() % 60 + 1))
    anyone, someone = (MediaGrant(MediaUse.LISTEN, "space", who) for who in (None, "ana"))
    first, until = tokens.for_media(anyone)
    named, _ = tokens.for_media(someone)
    assert until - clock() == MEDIA_LIFETIME + timedelta(seconds=59)
    clock.advance(timedelta(seconds=59))
    assert tokens.for_media(anyone)[0] == first
    assert tokens.for_media(someone)[0] != named
    assert tokens.for_media(MediaGrant(MediaUse.LISTEN, "other", None))[0] != first
    clock.advance(timedelta(seconds=2))
    assert tokens.for_media(anyone)[0] != first
    assert tokens.media_grant(first) == anyone
    clock.advance(until - clock())
    assert tokens.media_grant(first) is None


def test_a_seal_is_of_its_words_and_its_key_alone() -> None:
    tokens = JwtTokens(b"k" * 32, clock=StoppedClock())
    seal = tokens.seal("space", "aac", "part-1-2.m4s")
    assert seal == JwtTokens(b"k" * 32, clock=StoppedClock()).seal("space", "aac", "part-1-2.m4s")
    others = [("space", "aac", "part-1-3.m4s"), ("space", "opus", "part-1-2.m4s"), ("spaceaac", "", "part-1-2.m4s")]
    assert seal not in {tokens.seal(*words) for words in others}
    assert seal != JwtTokens(b"K" * 32, clock=StoppedClock()).seal("space", "aac", "part-1-2.m4s")
    assert len(seal) == 16


def test_addresses_of_sound_hold_as_long_as_the_operator_says() -> None:
    clock = StoppedClock()
    tokens = JwtTokens(b"k" * 32, clock=clock, media_lifetime=timedelta(seconds=20))
    for who, longest in (("ana", 20), (None, 22)):
        token, until = tokens.for_media(MediaGrant(MediaUse.LISTEN, "space", who))
        assert 19 < (until - clock()).total_seconds() <= longest
        assert tokens.media_grant(token)
