"""Clips, as the schema shows them."""

from __future__ import annotations

from collections.abc import Callable

from app.domain import clips
from schema.clips import Clip


def clip(clip: clips.Clip, *, signed_url: Callable[[], str]) -> Clip:
    """A clip; its address is signed when it is asked for."""
    return Clip(
        key=clip.id,
        start_offset_ms=clip.start_offset_ms,
        duration_ms=clip.duration_ms,
        sample_count=clip.samples,
        waveform=list(clip.waveform),
        created_at=clip.created_at,
        creator_key=clip.creator_id,
        space_key=clip.space_id,
        signed_url=signed_url,
    )
