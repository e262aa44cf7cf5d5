"""Clips, as the schema shows them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from app.domain import clips
from app.domain.permissions import may_publish_clip
from schema.clips import Clip, ClipState


def clip(
    clip: clips.Clip,
    *,
    viewer_id: str | None,
    signed_url: Callable[[], str],
    deletable: Callable[[], Awaitable[bool]],
) -> Clip:
    """A clip as one viewer sees it; its address is signed when it is asked for."""
    return Clip(
        key=clip.id,
        start_offset_ms=clip.start_offset_ms,
        duration_ms=clip.duration_ms,
        sample_count=clip.samples,
        waveform=list(clip.waveform),
        created_at=clip.created_at,
        state=ClipState.DRAFT if clip.is_draft else ClipState.PUBLISHED,
        expires_at=clip.expires_at,
        published_at=clip.published_at,
        viewer_can_publish=clip.is_draft and may_publish_clip(clip, viewer_id),
        creator_key=clip.creator_id,
        space_key=clip.space_id,
        signed_url=signed_url,
        deletable=deletable,
    )
