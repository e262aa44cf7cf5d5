"""Recordings, as one viewer sees them."""

from __future__ import annotations

from app.services.recordings import Kept
from schema.recordings import Recording, RecordingFailure, RecordingState, Waveform, WholeRecording


def recording(kept: Kept, waveform: Waveform, whole_waveform: Waveform) -> Recording:
    """A recording; its waveform, as trimmed and of all of it, is read when it is asked for."""
    space, measures, addresses = kept.space, kept.measures, kept.addresses
    failure = space.recording_failure
    return Recording(
        state=RecordingState[kept.state.name],
        failure=RecordingFailure(reason=failure.reason, at=failure.at, resumed_at=failure.resumed_at)
        if failure
        else None,
        started_at=space.started_at,
        start_offset_ms=space.trim.start_ms or None,
        end_offset_ms=space.trim.end_ms,
        duration_ms=kept.duration_ms,
        size_bytes=measures.size if measures else None,
        loudness=measures.loudness if measures else None,
        peak=measures.peak if measures else None,
        replay_count=kept.recorded.replays if kept.recorded else 0,
        hls_url=addresses.hls_url if addresses else None,
        m4a_url=addresses.m4a_url if addresses else None,
        urls_expire_at=addresses.expires_at if addresses else None,
        expires_at=kept.expires_at,
        whole=_whole(kept, whole_waveform),
        read_waveform=waveform,
    )


def _whole(kept: Kept, waveform: Waveform) -> WholeRecording | None:
    if kept.whole is None:
        return None
    return WholeRecording(
        duration_ms=kept.full_duration_ms,
        hls_url=kept.whole.hls_url,
        m4a_url=kept.whole.m4a_url,
        urls_expire_at=kept.whole.expires_at,
        read_waveform=waveform,
    )
