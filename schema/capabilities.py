"""Capabilities: what a viewer may do in a Space now."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(
    description="What a viewer may do in a Space now, by their role and the Space's state. An action may still find no "
    "target or no free seat."
)
class Capability(Enum):
    """What a viewer may do in a Space now."""

    START = strawberry.enum_value("START", description="Go live: `startSpace`.")
    PREPARE = strawberry.enum_value("PREPARE", description="Open a scheduled Space before its start: `prepareSpace`.")
    RESCHEDULE = strawberry.enum_value(
        "RESCHEDULE", description="Change when it is to start, and its title: `updateScheduledSpace`."
    )
    CANCEL = strawberry.enum_value("CANCEL", description="Call it off before its start: `cancelScheduledSpace`.")
    END = strawberry.enum_value("END", description="End it: `endSpace`.")
    DELETE = strawberry.enum_value("DELETE", description="Delete it for good: `deleteSpace`.")
    DELETE_RECORDING = strawberry.enum_value(
        "DELETE_RECORDING", description="Delete the recording for good: `deleteRecording`."
    )
    UPDATE_RECORDING = strawberry.enum_value(
        "UPDATE_RECORDING", description="Trim the recording at its ends: `updateRecording`."
    )
    READ_MODERATION_LOG = strawberry.enum_value(
        "READ_MODERATION_LOG", description="See what moderators did: `moderationLog`."
    )
    RENAME = strawberry.enum_value("RENAME", description="Change the title: `updateSpace`.")
    CHANGE_SETTINGS = strawberry.enum_value(
        "CHANGE_SETTINGS", description="Change every other setting too: `updateSpace`."
    )
    SET_SPEAK_POLICY = strawberry.enum_value("SET_SPEAK_POLICY", description="Change who may ask: `setSpeakPolicy`.")
    SET_CLIPPING_ALLOWED = strawberry.enum_value(
        "SET_CLIPPING_ALLOWED", description="Change whether clips may be made: `setClippingAllowed`."
    )
    TRANSFER_HOST = strawberry.enum_value("TRANSFER_HOST", description="Make a co-host the host: `transferHost`.")
    INVITE_COHOST = strawberry.enum_value(
        "INVITE_COHOST", description="Invite co-hosts, and revoke that: `inviteToStage`, `revokeInvitation`."
    )
    INVITE_SPEAKER = strawberry.enum_value(
        "INVITE_SPEAKER", description="Invite speakers, and revoke that: `inviteToStage`, `revokeInvitation`."
    )
    ANSWER_REQUESTS = strawberry.enum_value(
        "ANSWER_REQUESTS", description="Answer raised hands: `acceptSpeakRequest`, `declineSpeakRequest`."
    )
    MUTE_OTHERS = strawberry.enum_value(
        "MUTE_OTHERS", description="Close others' microphones: `muteParticipant`, `muteAll`. Co-hosts: of speakers."
    )
    REMOVE_FROM_STAGE = strawberry.enum_value(
        "REMOVE_FROM_STAGE", description="Take seats back: `removeFromStage`. Co-hosts: those of speakers."
    )
    REMOVE_PARTICIPANT = strawberry.enum_value(
        "REMOVE_PARTICIPANT",
        description="Put people out for good, and let them in again: `removeParticipant`, `readmitParticipant`. "
        "Co-hosts: not the other co-host.",
    )
    STEP_DOWN = strawberry.enum_value("STEP_DOWN", description="Give the own seat up: `removeFromStage` on oneself.")
    USE_MICROPHONE = strawberry.enum_value(
        "USE_MICROPHONE", description="Open and close the own microphone: `setMuted`, `audio.whipUrl`."
    )
    REQUEST_TO_SPEAK = strawberry.enum_value("REQUEST_TO_SPEAK", description="Raise a hand: `requestToSpeak`.")
    JOIN = strawberry.enum_value("JOIN", description="Come in: `joinSpace`.")
    REACT = strawberry.enum_value("REACT", description="Send reactions: `sendReaction`.")
    CREATE_CLIP = strawberry.enum_value("CREATE_CLIP", description="Cut clips: `createClip`.")
    SHARE = strawberry.enum_value("SHARE", description="Tell others of it: `shareSpace`, and cards of Posts.")
    SHARE_POST = strawberry.enum_value(
        "SHARE_POST", description="Show Posts to all in it, and take the own ones down: `sharePostToSpace`."
    )
    REPORT = strawberry.enum_value(
        "REPORT",
        description="Tell the operators what is wrong: `reportUser`, `reportClip`, `reportPost`, and but for the host "
        "`reportSpace`.",
    )
    GIVE_FEEDBACK = strawberry.enum_value("GIVE_FEEDBACK", description="Say how it was: `submitFeedback`.")
    LISTEN = strawberry.enum_value("LISTEN", description="Hear it: `audio.hlsUrl`.")
    SET_REMINDER = strawberry.enum_value("SET_REMINDER", description="Be told when it begins: `setReminder`.")
