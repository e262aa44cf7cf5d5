"""GStreamer as a client of WHIP and WHEP: its webrtcbin, unmodified. For the system's Python, which has its bindings.

`/usr/bin/python3 gstreamer.py WHIP_URL WHEP_URL HZ` speaks a tone, and prints what it hears: 16 bits at 48 kHz.
Debian's GStreamer 1.22 has no whipclientsink, so the two requests that it would make are made here.
"""

import sys
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

SPEAK = (
    "audiotestsrc is-live=true freq={hz} volume=0.3 ! audio/x-raw,rate=48000,channels=1 ! opusenc inband-fec=true ! "
    "rtpopuspay pt=97 ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! webrtcbin name=client"
)
HEARD = (
    "queue ! rtpopusdepay ! opusdec ! audioconvert ! audioresample ! "
    "audio/x-raw,format=S16LE,rate=48000,channels=1 ! fdsink"
)


def negotiate(client: Gst.Element, url: str) -> bool:
    """Offer, and the answer to it."""
    offering = Gst.Promise.new()
    client.emit("create-offer", None, offering)
    offering.wait()
    # The offer is a part of the reply, and gone with it.
    reply = offering.get_reply()
    offer = reply.get_value("offer")
    client.emit("set-local-description", offer, Gst.Promise.new())
    request = urllib.request.Request(url, offer.sdp.as_text().encode(), {"Content-Type": "application/sdp"})
    with urllib.request.urlopen(request) as response:
        _, message = GstSdp.SDPMessage.new_from_text(response.read().decode())
    answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
    client.emit("set-remote-description", answer, Gst.Promise.new())
    return False


def play(pipeline: Gst.Pipeline, pad: Gst.Pad) -> None:
    """What is heard goes to the standard output."""
    heard = Gst.parse_bin_from_description(HEARD, True)
    pipeline.add(heard)
    heard.sync_state_with_parent()
    pad.link(heard.get_static_pad("sink"))


def main(whip_url: str, whep_url: str, hz: str) -> None:
    """Until it is ended."""
    Gst.init(None)
    speaking = Gst.parse_launch(SPEAK.format(hz=hz))
    hearing = Gst.Pipeline.new("hearing")
    ear = Gst.ElementFactory.make("webrtcbin", "ear")
    hearing.add(ear)
    ear.connect("pad-added", lambda _, pad: play(hearing, pad))
    caps = Gst.Caps.from_string(
        "application/x-rtp,media=audio,encoding-name=OPUS,payload=97,clock-rate=48000,encoding-params=(string)2"
    )
    for client, url in ((speaking.get_by_name("client"), whip_url), (ear, whep_url)):
        # The signal comes on the thread that makes offers, which must not wait for one.
        client.connect("on-negotiation-needed", lambda client, url: GLib.idle_add(negotiate, client, url) and None, url)
    ear.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, caps)
    for pipeline in (speaking, hearing):
        pipeline.set_state(Gst.State.PLAYING)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
