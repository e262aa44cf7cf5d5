"""The roster as a client keeps it: a snapshot, and every event applied to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.demo.client import Json


class Gap(Exception):
    """An event was missing or came twice; the message says which."""


@dataclass
class Roster:
    """Who is on stage, with which role and microphone, and how many listen."""

    version: int = 0
    stage: dict[str, tuple[str, bool]] = field(default_factory=dict)
    listeners: int = 0
    anonymous: int = 0
    events: int = 0

    def apply(self, event: Json) -> None:
        """Takes the next event of `spaceEvents`. Raises `Gap` unless its version is the next one."""
        self.events += 1
        match event["__typename"]:
            case "SpaceSnapshot":
                self._reset(event)
                return
            case "Heartbeat":
                if event["version"] != self.version:
                    raise Gap(f"a heartbeat says version {event['version']} after {self.version}")
                return
        if event["version"] != self.version + 1:
            raise Gap(f"version {event['version']} came after {self.version}")
        self.version = event["version"]
        self._change(event)

    def _reset(self, event: Json) -> None:
        self.version = event["version"]
        self.see(event["space"])

    def see(self, space: Json) -> None:
        """Takes over what a query says."""
        self.stage = {seat["user"]["id"]: (seat["role"], seat["isMuted"]) for seat in space["stage"]}
        self.listeners = space["listenerCount"]
        self.anonymous = space["anonymousListenerCount"]

    def _change(self, event: Json) -> None:
        match event["__typename"]:
            case "SeatGranted":
                seat = event["participant"]
                self.stage[seat["user"]["id"]] = (seat["role"], seat["isMuted"])
            case "SeatVacated":
                del self.stage[event["userId"]]
            case "MicrophoneOpened" | "MicrophoneClosed" as kind:
                role, _ = self.stage[event["userId"]]
                self.stage[event["userId"]] = (role, kind == "MicrophoneClosed")
            case "AudienceChanged":
                self.listeners = event["listenerCount"]
                self.anonymous = event["anonymousListenerCount"]
            case "SpaceEnded":
                self.stage, self.listeners, self.anonymous = {}, 0, 0
