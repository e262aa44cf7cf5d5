"""Audio: where the sound of a Space is heard, and spoken into."""

from __future__ import annotations

from datetime import datetime

import strawberry


@strawberry.type(
    description="Where a Space's sound is. Each address carries a token of the viewer's, so don't pass it on; what it "
    "allows is checked again at every use."
)
class Audio:
    """Where a Space's sound is."""

    hls_url: str | None = strawberry.field(
        description="The sound to listen to, as an HLS playlist: live, and the recording after the end. Null if none."
    )
    whep_url: str | None = strawberry.field(
        description="The sound with low delay, by WHEP (draft-ietf-wish-whep): one audio line that receives Opus. "
        "Whoever is on the stage hears everyone but themselves; a change of role needs no new connection. A person has "
        "one: a newer one replaces it. For listeners there is so much room and no more: then it answers 503, and there "
        "is HLS. Null unless the Space is live."
    )
    whip_url: str | None = strawberry.field(
        description="Where the viewer's microphone is published by WHIP (RFC 9725). Null without a seat on the stage."
    )
    socket_url: str | None = strawberry.field(
        description="Both ways in one WebSocket, for networks that block UDP: frames of Opus by the subprotocol "
        "`spaces-audio.v1` (README). With a seat on the stage it takes the viewer's microphone, and everyone else's "
        "voice comes back; for others the sound comes as by `whepUrl`, within the same limit. Ask again after a change "
        "of seat. Null unless the Space is live."
    )
    expires_at: datetime = strawberry.field(description="Until when the addresses hold; ask again before.")
    hls_variants_url: str | None = strawberry.field(
        description="The sound as an HLS multivariant playlist, for players that choose, with subtitles where there "
        "are any: live AAC, which is `hlsUrl`, or Opus; after the end the recording. Null if none."
    )
