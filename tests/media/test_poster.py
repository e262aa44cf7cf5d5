"""Posters: the size that link previews take, the same for the same clip, and room for whatever people write."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from media.drawing import HEIGHT, WIDTH
from media.lettering import ELLIPSIS, Lettering
from media.pictures import request, requested
from media.poster import Poster, draw
from media.space_poster import SpacePoster
from media.space_poster import draw as draw_space

WAVE = tuple((0.2, 0.9, 0.4)[number % 3] for number in range(300))
POSTER = Poster("Why tides are not what you think", ("Ana Ruiz", "Ben"), WAVE, 30.0, "spaces.example.org")


SPACE = SpacePoster("On tides", "Hana", "Live now", "Come and listen", True, "spaces.example.org")


def pixels(
    poster: Poster | SpacePoster, fonts: tuple[str, ...] = ()
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The picture as numbers."""
    drawn = draw(poster, fonts) if isinstance(poster, Poster) else draw_space(poster, fonts)
    with Image.open(BytesIO(drawn)) as picture:
        assert (picture.format, picture.size, picture.mode) == ("PNG", (WIDTH, HEIGHT), "RGB")
        return np.asarray(picture)


def test_a_poster_is_the_same_every_time_and_shows_all_it_is_told() -> None:
    shown = pixels(POSTER)
    assert np.array_equal(shown, pixels(POSTER))
    others = [
        Poster("Why tides are what you think", POSTER.names, WAVE, 30.0, POSTER.server),
        Poster(POSTER.title, ("Ana Ruiz", "Cem"), WAVE, 30.0, POSTER.server),
        Poster(POSTER.title, POSTER.names, WAVE[::2], 30.0, POSTER.server),
        Poster(POSTER.title, POSTER.names, WAVE, 12.0, POSTER.server),
        Poster(POSTER.title, POSTER.names, WAVE, 30.0, "spaces.example.com"),
    ]
    assert not any(np.array_equal(shown, pixels(one)) for one in others)


def test_a_poster_of_a_space_shows_all_it_is_told() -> None:
    shown = pixels(SPACE)
    assert np.array_equal(shown, pixels(SPACE))
    changes: tuple[dict[str, Any], ...] = (
        {"title": "On ebb"}, {"host": "Ana"}, {"label": "Ended"}, {"when": "1 March"}, {"is_live": False},
        {"server": "a.example"},
    )  # fmt: skip
    assert not any(np.array_equal(shown, pixels(replace(SPACE, **one))) for one in changes)


@pytest.mark.parametrize("poster", [POSTER, SPACE])
def test_a_poster_is_asked_for_as_it_is(poster: Poster | SpacePoster) -> None:
    assert requested(request(poster, ("a.ttf",))) == (poster, ["a.ttf"])


def test_the_waveform_is_drawn_against_its_loudest() -> None:
    quiet = Poster(POSTER.title, POSTER.names, tuple(one / 100 for one in WAVE), 30.0, POSTER.server)
    assert np.array_equal(pixels(quiet), pixels(POSTER))


@pytest.mark.parametrize(
    ("title", "names", "waveform"),
    [
        ("", (), ()),
        ("x" * 200, ("y" * 200,) * 13, (0.0,) * 300),
        ("潮汐 Ελληνικά עברית العربية हिन्दी 🐙🐙", ("مريم", "🦀", "李小龙"), (1.0,)),
        ("a\nb\tc\u200b\u202e\U000effff\ud7ff", ("\u0301\u0301", " "), (0.5,) * 7),
    ],
)
def test_whatever_people_write_there_is_a_poster_and_its_margins_are_free(
    title: str, names: tuple[str, ...], waveform: tuple[float, ...]
) -> None:
    for poster in (
        Poster(title, names, waveform, 0.001, "s" * 300),
        SpacePoster(title, "".join(names), "Scheduled", title, False, "s" * 300),
    ):
        margins_are_free(pixels(poster))


def margins_are_free(shown: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    """Nothing is drawn near the edges."""
    for edge in (shown[:, :60], shown[:, WIDTH - 60 :], shown[:40].transpose(1, 0, 2), shown[-40:].transpose(1, 0, 2)):
        # Nothing but the background, which changes from top to bottom alone.
        assert np.ptp(edge, axis=1 if edge.shape[1] == 60 else 0).max() == 0


def test_fonts_that_are_not_there_are_done_without() -> None:
    assert np.array_equal(pixels(POSTER, ("/nowhere/font.ttf",)), pixels(POSTER))


def test_text_is_broken_between_words_and_what_is_left_over_is_cut() -> None:
    lettering = Lettering(40)
    room = lettering.width("time and tide ")
    assert lettering.wrapped("time and tide wait for no man", room, 3) == ["time and tide", "wait for no", "man"]
    first, second = lettering.wrapped("time and tide wait for no man", room, 2)
    assert first == "time and tide"
    assert second.endswith(ELLIPSIS)
    assert lettering.width(second) <= room
    assert all(lettering.width(one) <= room for one in lettering.wrapped("w" * 90, room, 2))
    assert lettering.fitted("tide", room) == "tide"
    assert lettering.wrapped(" ", room, 2) == []


def test_what_no_font_has_is_left_out_with_its_marks() -> None:
    lettering = Lettering(40)
    assert lettering.width("tide\U000effff\u0301\u200b") == lettering.width("tide")
