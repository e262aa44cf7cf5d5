"""Refusals about people in a Space and its stage."""

from __future__ import annotations

from app.domain.refusals.base import Refusal


class NotPermitted(Refusal):
    code = "NOT_PERMITTED"
    message = "Your role in this Space does not allow that."


class NotAParticipant(Refusal):
    code = "NOT_A_PARTICIPANT"
    message = "That person is not in the Space."


class AlreadyOnStage(Refusal):
    code = "ALREADY_ON_STAGE"
    message = "That person has this seat already."


class NotOnStage(Refusal):
    code = "NOT_ON_STAGE"
    message = "That person is not on the stage."


class CannotTargetHost(Refusal):
    code = "CANNOT_TARGET_HOST"
    message = "The host can be neither muted, moved nor removed by others."


class NotACohost(Refusal):
    code = "NOT_A_COHOST"
    message = "A Space can be handed over to one of its co-hosts only."


class BlockedByHost(Refusal):
    code = "BLOCKED_BY_HOST"
    message = "The host of this Space has blocked you."


class RemovedFromSpace(Refusal):
    code = "REMOVED_FROM_SPACE"
    message = "You were removed from this Space and cannot come back."


class RequestsClosed(Refusal):
    code = "REQUESTS_CLOSED"
    message = "In this Space people speak by invitation only."


class NotFollowedByHost(Refusal):
    code = "NOT_FOLLOWED_BY_HOST"
    message = "In this Space only people whom the host follows may ask to speak."


class RequestNotFound(Refusal):
    code = "REQUEST_NOT_FOUND"
    message = "There is no such pending request to speak."


class InvitationNotFound(Refusal):
    code = "INVITATION_NOT_FOUND"
    message = "There is no such pending invitation."


class CohostLimitReached(Refusal):
    code = "COHOST_LIMIT_REACHED"
    message = "All co-host seats are taken or promised."


class SpeakerLimitReached(Refusal):
    code = "SPEAKER_LIMIT_REACHED"
    message = "All speaker seats are taken."


class SeatTaken(Refusal):
    code = "SEAT_TAKEN"
    message = "The seat you were invited to has been taken meanwhile; you are in the Space as a listener."


class UnknownReaction(Refusal):
    code = "UNKNOWN_REACTION"
    message = "That is not one of this Space's reactions."
