"""Reading WHIP offers: one Opus microphone, or a refusal that says why."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.offer import MAX_CANDIDATES, read_fragment, read_offer
from media.refusals import RefusalCode, Refused

FINGERPRINT = "sha-256 " + ":".join(["AB"] * 32)
FIREFOX = f"""v=0
o=mozilla...THIS_IS_SDPARTA-99.0 5216 0 IN IP4 0.0.0.0
s=-
t=0 0
a=fingerprint:{FINGERPRINT}
a=group:BUNDLE 0
a=ice-options:trickle
a=msid-semantic:WMS *
m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
c=IN IP4 0.0.0.0
a=candidate:0 1 UDP 2122252543 5e2f8a4c-2d7b-4a0e-8a53-2a4b1b2c3d4e.local 52331 typ host
a=candidate:1 1 UDP 2122252542 192.0.2.7 52332 typ host
a=candidate:2 1 TCP 2105524479 192.0.2.7 9 typ host tcptype active
a=end-of-candidates
a=sendonly
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
a=ice-pwd:0a640ec1a1df5fafdad77d0e44a4c4d0
a=ice-ufrag:2cd1fb89
a=mid:0
a=rtcp-mux
a=rtpmap:109 opus/48000/2
a=rtpmap:9 G722/8000/1
a=rtpmap:0 PCMU/8000
a=setup:actpass
a=ssrc:3424282728 cname:x
""".replace("\n", "\r\n")


def test_a_browsers_offer_is_said_again_in_canonical_form() -> None:
    offer = read_offer(FIREFOX)
    assert (offer.mid, offer.payload_type, offer.setup, offer.ufrag) == ("0", 109, "actpass", "2cd1fb89")
    assert [(c.address, c.port) for c in offer.candidates] == [("192.0.2.7", 52332)]
    lines = offer.sdp.split("\r\n")
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 109" in lines
    assert "a=setup:active" in lines, "an offerer of actpass is made the DTLS client"
    assert not re.search(r"\.local|end-of-candidates|BUNDLE|PCMU|extmap|ssrc", offer.sdp)
    assert read_offer(offer.sdp).sdp == offer.sdp


@pytest.mark.parametrize(
    ("old", "new", "code", "named"),
    [
        ("v=0\r\n", "hello\r\n", RefusalCode.MALFORMED, "v=0"),
        ("m=audio", "x=audio", RefusalCode.MALFORMED, "one media line"),
        ("m=audio", "m=video", RefusalCode.NOT_ACCEPTABLE, "audio"),
        ("a=sendonly", "a=recvonly", RefusalCode.NOT_ACCEPTABLE, "sendonly"),
        ("a=sendonly", "a=inactive", RefusalCode.NOT_ACCEPTABLE, "sendonly"),
        ("opus/48000/2", "PCMU/8000", RefusalCode.NOT_ACCEPTABLE, "Opus"),
        ("a=rtpmap:109", "a=rtpmap:55", RefusalCode.NOT_ACCEPTABLE, "96 to 127"),
        ("a=rtcp-mux\r\n", "", RefusalCode.NOT_ACCEPTABLE, "rtcp-mux"),
        ("UDP/TLS/RTP/SAVPF", "RTP/AVP", RefusalCode.NOT_ACCEPTABLE, "secure RTP"),
        ("a=setup:actpass\r\n", "", RefusalCode.MALFORMED, "setup"),
        ("a=fingerprint:", "a=nothing:", RefusalCode.MALFORMED, "fingerprint"),
        ("a=ice-ufrag:2cd1fb89", "a=ice-ufrag:2c", RefusalCode.MALFORMED, "ice-ufrag"),
        ("a=ice-pwd:", "a=ice-pwd:!", RefusalCode.MALFORMED, "ice-pwd"),
        ("a=mid:0", "a=mid:0 0", RefusalCode.MALFORMED, "mid"),
    ],
)
def test_an_offer_of_anything_else_is_refused_by_name(old: str, new: str, code: RefusalCode, named: str) -> None:
    assert old in FIREFOX
    with pytest.raises(Refused) as refused:
        read_offer(FIREFOX.replace(old, new))
    assert refused.value.code is code
    assert named in refused.value.message
    assert "\n" not in refused.value.message


def test_a_second_media_line_is_refused() -> None:
    with pytest.raises(Refused, match="exactly one media line") as refused:
        read_offer(FIREFOX + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n")
    assert refused.value.code is RefusalCode.NOT_ACCEPTABLE


@given(
    st.text() | st.lists(st.sampled_from([*FIREFOX.split("\r\n"), "m=audio 9", "a=candidate:", "a="])).map("\n".join)
)
def test_any_text_is_an_offer_or_a_refusal(text: str) -> None:
    try:
        offer = read_offer(text)
    except Refused:
        return
    assert read_offer(offer.sdp) == read_offer(read_offer(offer.sdp).sdp)


def test_candidates_we_cannot_use_are_left_out_and_their_number_is_bounded() -> None:
    usable = "a=candidate:1 1 udp 1 192.0.2.1 {port} typ host\r\n"
    fragment = read_fragment(
        "a=ice-ufrag:abcd\r\na=mid:0\r\n"
        "a=candidate:1 1 udp 1 name.local 5000 typ host\r\n"
        "a=candidate:1 2 udp 1 192.0.2.1 5000 typ host\r\n"
        "a=candidate:1 1 udp 1 192.0.2.1 99999 typ host\r\n"
        "a=candidate:1 1 udp 1 fe80::1%eth0 5000 typ host\r\n"
        "a=candidate:1 1 udp 1 2001:db8::1 5001 typ srflx raddr :: rport 9\r\na=end-of-candidates\r\n"
    )
    assert fragment.ufrag == "abcd"
    assert [(c.address, c.port, c.kind) for c in fragment.candidates] == [("2001:db8::1", 5001, "srflx")]
    many = read_fragment("".join(usable.format(port=5000 + n) for n in range(3 * MAX_CANDIDATES)))
    assert len(many.candidates) == MAX_CANDIDATES
