"""Clips, as the schema shows them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from app.domain import clips, renditions
from app.domain.actions import ClipAction
from app.domain.permissions import may
from app.domain.renditions import RenditionState
from app.domain.standing import Standing
from app.services.audio import CLIP_FILE
from app.services.clip_downloads import POSTER_FILE
from schema.clips import Clip, ClipRendition, ClipRenditionKind, ClipRenditionState, ClipState


def clip(
    clip: clips.Clip,
    *,
    viewer: Standing,
    page_url: str,
    signed_url: Callable[[str], str],
    deletable: Callable[[], Awaitable[bool]],
) -> Clip:
    """A clip as one viewer sees it; the addresses of its files, by their names, are signed when they are asked for."""
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
        page_url=page_url,
        viewer_can_publish=clip.is_draft and may(viewer, ClipAction.PUBLISH, clip),
        creator_key=clip.creator_id,
        space_key=clip.space_id,
        renditions=[rendition(one, signed_url=signed_url) for one in clip.renditions],
        signed_url=partial(signed_url, CLIP_FILE),
        signed_poster_url=partial(signed_url, POSTER_FILE),
        deletable=deletable,
    )


def rendition(one: renditions.ClipRendition, *, signed_url: Callable[[str], str]) -> ClipRendition:
    """A rendition of a clip; the address of its file is signed when it is asked for."""
    is_ready = one.state is RenditionState.READY
    return ClipRendition(
        kind=ClipRenditionKind[one.kind.name],
        state=ClipRenditionState[one.state.name],
        progress=one.progress,
        failure=one.failure or None,
        sample_count=one.samples if is_ready else None,
        loudness=one.lufs,
        signed_url=partial(signed_url, one.kind.file_name) if is_ready else None,
    )
