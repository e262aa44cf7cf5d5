"""Reads a WHIP or WHEP offer and says it again in our own words: the only SDP that reaches the transport."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Literal

from media.refusals import RefusalCode, Refused

MAX_CANDIDATES = 20
"""Candidates taken from one offer or PATCH: each makes us send checks to an address the client names."""

DYNAMIC_PAYLOAD_TYPES = range(96, 128)
Direction = Literal["sendonly", "recvonly"]
"""The client's: it sends a microphone, or hears."""
DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
SECURE_PROFILES = ("UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "RTP/SAVPF")

_CANDIDATE = re.compile(
    r"([A-Za-z0-9+/]{1,32}) ([0-9]{1,3}) (udp) ([0-9]{1,10}) (\S+) ([0-9]{1,5}) typ (host|srflx|relay)", re.I
)
_FINGERPRINT = re.compile(r"(sha-256|sha-384|sha-512) ((?:[0-9A-F]{2}:){31,63}[0-9A-F]{2})", re.I)
_OPUS = re.compile(r"([0-9]{1,3}) opus/48000/2", re.I)
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PASSWORD = re.compile(r"[A-Za-z0-9+/]{22,256}")
_MID = re.compile(r"[!#-'*+\-.0-9A-Z^-~]{1,64}")


@dataclass(frozen=True)
class Candidate:
    """A remote UDP address that can be tried (RFC 8839, section 5.1)."""

    foundation: str
    component: int
    priority: int
    address: str
    port: int
    kind: str

    @property
    def line(self) -> str:
        """The candidate-attribute's value, without `a=`."""
        return (
            f"candidate:{self.foundation} {self.component} udp {self.priority} {self.address} {self.port} "
            f"typ {self.kind}"
        )


@dataclass(frozen=True)
class Offer:
    """One stream of sound offered: everything the transport needs and nothing else."""

    direction: Direction
    mid: str
    payload_type: int
    ufrag: str
    password: str
    fingerprints: tuple[str, ...]
    setup: str
    ice_lite: bool
    candidates: tuple[Candidate, ...]

    @property
    def sdp(self) -> str:
        """The offer in canonical form: one line for audio, Opus alone, in one direction.

        `actpass` is said as `active`, so that we answer `passive`: then the client's certificate may be
        RSA, as our own decides the cipher (RFC 8842, section 5.3). There is no `end-of-candidates`: a
        browser whose candidates are all hidden behind `.local` names is found by its own checks.
        """
        setup = "active" if self.setup == "actpass" else self.setup
        lines = [
            "v=0",
            "o=- 0 0 IN IP4 0.0.0.0",
            "s=-",
            "t=0 0",
            *(["a=ice-lite"] if self.ice_lite else []),
            f"m=audio 9 UDP/TLS/RTP/SAVPF {self.payload_type}",
            "c=IN IP4 0.0.0.0",
            f"a=mid:{self.mid}",
            f"a={self.direction}",
            "a=rtcp-mux",
            f"a=rtpmap:{self.payload_type} opus/48000/2",
            f"a=ice-ufrag:{self.ufrag}",
            f"a=ice-pwd:{self.password}",
            *(f"a=fingerprint:{fingerprint}" for fingerprint in self.fingerprints),
            f"a=setup:{setup}",
            *(f"a={candidate.line}" for candidate in self.candidates),
        ]
        return "\r\n".join(lines) + "\r\n"


def read_offer(text: str, direction: Direction = "sendonly") -> Offer:
    """The one microphone that this offer (RFC 9725, section 4.2; SDP: RFC 8866) brings, or the one ear.

    Raises `Refused`: MALFORMED where it is no offer that could be answered, NOT_ACCEPTABLE where it
    offers other media than one audio line of Opus in this direction. Any text whatever gives one of the three.
    """
    session, audio, profile = _split(text)
    _expect_stream(audio, profile, direction)
    both = audio + session
    return Offer(
        direction=direction,
        mid=_matching(_MID, _value(audio, "mid") or "0", "a=mid"),
        payload_type=_opus(audio),
        ufrag=_matching(_UFRAG, _value(both, "ice-ufrag"), "a=ice-ufrag"),
        password=_matching(_PASSWORD, _value(both, "ice-pwd"), "a=ice-pwd"),
        fingerprints=_fingerprints(both),
        setup=_setup(both),
        ice_lite="ice-lite" in session,
        candidates=_candidates(audio),
    )


@dataclass(frozen=True)
class Fragment:
    """More candidates of a session under way (RFC 8840; RFC 9725, section 4.3.1)."""

    ufrag: str | None
    candidates: tuple[Candidate, ...]


def read_fragment(text: str) -> Fragment:
    """The candidates in an `application/trickle-ice-sdpfrag` body; those we cannot use are left out."""
    attributes = [line[2:] for line in _lines(text) if line.startswith("a=")]
    return Fragment(_value(attributes, "ice-ufrag"), _candidates(attributes))


def _lines(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.split("\n")]


def _split(text: str) -> tuple[list[str], list[str], str]:
    """The session's attributes, those of the one media line, and its transport profile."""
    lines = _lines(text)
    if lines[0] != "v=0":
        raise Refused(RefusalCode.MALFORMED, "An offer is a session description and begins with v=0.")
    starts = [number for number, line in enumerate(lines) if line.startswith("m=")]
    if len(starts) != 1:
        code = RefusalCode.NOT_ACCEPTABLE if starts else RefusalCode.MALFORMED
        raise Refused(code, f"An offer has exactly one media line, for audio; this one has {len(starts)}.")
    media = lines[starts[0]].split(" ")
    if len(media) < 4 or media[0] != "m=audio":
        raise Refused(RefusalCode.NOT_ACCEPTABLE, "The media line must be of audio: there is only sound.")
    session, audio = lines[: starts[0]], lines[starts[0] :]
    return _attributes(session), _attributes(audio), media[2]


def _attributes(lines: list[str]) -> list[str]:
    return [line[2:].strip() for line in lines if line.startswith("a=")]


def _expect_stream(audio: list[str], profile: str, direction: Direction) -> None:
    if profile not in SECURE_PROFILES:
        raise Refused(RefusalCode.NOT_ACCEPTABLE, "Sound goes over secure RTP only: UDP/TLS/RTP/SAVPF.")
    offered = next((line for line in audio if line in DIRECTIONS), "sendrecv")
    if offered not in (direction, "sendrecv"):
        who = "A microphone sends" if direction == "sendonly" else "A listener receives"
        raise Refused(RefusalCode.NOT_ACCEPTABLE, f"{who}: a={direction}, not a={offered}.")
    if "rtcp-mux" not in audio:
        raise Refused(RefusalCode.NOT_ACCEPTABLE, "RTP and RTCP share one port: a=rtcp-mux is missing.")


def _opus(audio: list[str]) -> int:
    found = (_OPUS.fullmatch(value) for value in _values(audio, "rtpmap"))
    payload_types = [int(match[1]) for match in found if match]
    if not payload_types:
        raise Refused(RefusalCode.NOT_ACCEPTABLE, "Opus (opus/48000/2) must be offered.")
    if payload_types[0] not in DYNAMIC_PAYLOAD_TYPES:
        raise Refused(RefusalCode.NOT_ACCEPTABLE, "Opus needs a payload type from 96 to 127.")
    return payload_types[0]


def _setup(attributes: list[str]) -> str:
    setup = _value(attributes, "setup")
    if setup not in ("actpass", "active", "passive"):
        raise Refused(RefusalCode.MALFORMED, "a=setup must be actpass, active or passive.")
    return setup


def _fingerprints(attributes: list[str]) -> tuple[str, ...]:
    found = tuple(value for value in _values(attributes, "fingerprint") if _FINGERPRINT.fullmatch(value))
    if not found:
        raise Refused(RefusalCode.MALFORMED, "a=fingerprint of the certificate is missing (sha-256 or longer).")
    return found


def _candidates(attributes: list[str]) -> tuple[Candidate, ...]:
    """The usable ones among the first MAX_CANDIDATES: UDP to a literal address, no `.local` names."""
    read = (_candidate(value) for value in _values(attributes, "candidate")[:MAX_CANDIDATES])
    return tuple(candidate for candidate in read if candidate is not None)


def _candidate(value: str) -> Candidate | None:
    match = _CANDIDATE.match(value)
    if match is None:
        return None
    foundation, component, _, priority, address, port, kind = match.groups()
    try:
        address = str(ipaddress.ip_address(address))
    except ValueError:
        return None
    if "%" in address or int(component) != 1 or not 0 < int(port) < 1 << 16 or int(priority) >= 1 << 31:
        return None
    return Candidate(foundation, 1, int(priority), address, int(port), kind.lower())


def _matching(pattern: re.Pattern[str], value: str | None, name: str) -> str:
    if value is None or not pattern.fullmatch(value):
        raise Refused(RefusalCode.MALFORMED, f"{name} is missing or has characters it must not have.")
    return value


def _value(attributes: list[str], name: str) -> str | None:
    return next(iter(_values(attributes, name)), None)


def _values(attributes: list[str], name: str) -> list[str]:
    return [line[len(name) + 1 :] for line in attributes if line.startswith(f"{name}:")]
