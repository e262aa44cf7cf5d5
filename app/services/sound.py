"""The use cases of sound, put together when first asked for: hearing, speaking, recordings, clips, transcripts."""

from __future__ import annotations

from functools import cached_property

from app.services.audio import Audio
from app.services.calls import Calls
from app.services.clip_downloads import ClipDownloads
from app.services.clip_renditions import ClipRenditions
from app.services.clip_upkeep import ClipUpkeep
from app.services.clips import Clips
from app.services.connections import Connections
from app.services.foundations import Foundations
from app.services.media_grants import MediaGrants
from app.services.recordings import Recordings
from app.services.replays import Replays
from app.services.subtitles import Subtitles
from app.services.transcripts import Transcripts
from app.services.voices import Voicing


class Sound(Foundations):
    """What can be done about what is said."""

    @cached_property
    def connections(self) -> Connections:
        return Connections(self.closings, self.admission, self.stores.spaces, self.stores.revocations, self.world.media)

    @cached_property
    def media_grants(self) -> MediaGrants:
        return MediaGrants(self.stores.spaces, self.airings, self.admission, self.connections, self.world.tokens)

    @cached_property
    def audio(self) -> Audio:
        return Audio(
            self.stores.spaces,
            self.stores.clips,
            self.stores.transcripts,
            self.airings,
            self.admission,
            self.media_grants,
            self.world.media,
            self.connections,
            self.world.tokens,
            node=self.world.node,
            clock=self.clock,
        )

    @cached_property
    def calls(self) -> Calls:
        return Calls(self.media_grants, self.airings, self.world.media, self.connections)

    @cached_property
    def voices(self) -> Voicing:
        return Voicing(self.world.feeds, self.world.media)

    @cached_property
    def replays(self) -> Replays:
        return Replays(
            self.audio,
            self.world.recordings,
            self.stores.recordings,
            self.stores.rates,
            self.world.tokens,
            node=self.world.node,
            clock=self.clock,
        )

    @cached_property
    def recordings(self) -> Recordings:
        return Recordings(
            self.changes,
            self.stores.spaces,
            self.stores.recordings,
            self.admission,
            self.airings,
            self.replays,
            self.world.media,
            self.world.recordings,
            kept_for=self.policy.recordings_kept_for,
            clock=self.clock,
        )

    @cached_property
    def transcripts(self) -> Transcripts:
        return Transcripts(
            self.stores.transcripts,
            self.stores.spaces,
            self.airings,
            self.admission,
            self.world.feeds,
            self.world.media,
            new_id=self.new_id,
            clock=self.clock,
        )

    @cached_property
    def subtitles(self) -> Subtitles:
        return Subtitles(self.audio, self.transcripts, self.stores.people, self.world.media)

    @cached_property
    def clip_downloads(self) -> ClipDownloads:
        return ClipDownloads(
            self.audio,
            self.stores.spaces,
            self.stores.people,
            self.stores.transcripts,
            self.world.media,
            self.world.workshop,
            node=self.world.node,
        )

    @cached_property
    def clips(self) -> Clips:
        return Clips(
            self.stores.clips,
            self.stores.spaces,
            self.attendance,
            self.admission,
            self.clip_upkeep,
            self.idempotency,
            self.world.media,
            clock=self.clock,
        )

    @cached_property
    def clip_upkeep(self) -> ClipUpkeep:
        return ClipUpkeep(self.stores.clips, self.stores.posts, self.stores.people, self.world.media, clock=self.clock)

    @cached_property
    def clip_renditions(self) -> ClipRenditions:
        return ClipRenditions(self.stores.clips, self.clips, self.world.workshop, clock=self.clock)
