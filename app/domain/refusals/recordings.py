"""Refusals about recordings and clips."""

from __future__ import annotations

from app.domain.refusals.base import Refusal


class RecordingDisabled(Refusal):
    code = "RECORDING_DISABLED"
    message = "This Space is not recorded, so there is nothing to clip."


class RecordingDeleted(Refusal):
    code = "RECORDING_DELETED"
    message = "The host has deleted the recording of this Space."


class RecordingLocked(Refusal):
    code = "RECORDING_LOCKED"
    message = "Whether a Space is recorded is fixed when it starts."


class TrimOutOfRange(Refusal):
    code = "TRIM_OUT_OF_RANGE"
    message = "The recording does not reach there."


class TrimTooShort(Refusal):
    code = "TRIM_TOO_SHORT"
    message = "At least a second of a recording stays."


class ClippingDisabled(Refusal):
    code = "CLIPPING_DISABLED"
    message = "The host does not allow clips of this Space."


class ClippingLocked(Refusal):
    code = "CLIPPING_LOCKED"
    message = "Clips were off when the Space started, so they stay off."


class ClipTooLong(Refusal):
    code = "CLIP_TOO_LONG"
    message = "A clip lasts 30 seconds at most."


class ClipOutOfRange(Refusal):
    code = "CLIP_OUT_OF_RANGE"
    message = "The recording does not cover that range."


class ClipNotFound(Refusal):
    code = "CLIP_NOT_FOUND"
    message = "There is no such clip, or it is not yours to see."


class RenderingBusy(Refusal):
    code = "RENDERING_BUSY"
    message = "As many clips wait to be rendered as may; try again in a minute."


class AudioUnavailable(Refusal):
    code = "AUDIO_UNAVAILABLE"
    message = "The sound of this Space cannot be reached at the moment; try again."
