"""The GraphQL operations the demo is made of: read them as examples of the API."""

from __future__ import annotations

SIGN_UP = """
mutation SignUp($handle: String!, $displayName: String!, $password: String!) {
  signUp(input: {handle: $handle, displayName: $displayName, password: $password}) {
    user { id } token userErrors { code message }
  }
}"""

CREATE_SPACE = """
mutation CreateSpace($title: String!) {
  createSpace(input: {title: $title, recordingEnabled: true}) { space { id url } userErrors { code message } }
}"""

START_SPACE = """
mutation StartSpace($spaceId: ID!) {
  startSpace(input: {spaceId: $spaceId}) { space { id state } userErrors { code message } }
}"""

END_SPACE = """
mutation EndSpace($spaceId: ID!) {
  endSpace(input: {spaceId: $spaceId}) { space { id state endReason } userErrors { code message } }
}"""

JOIN_SPACE = """
mutation JoinSpace($spaceId: ID!) {
  joinSpace(input: {spaceId: $spaceId}) { space { id } userErrors { code message } }
}"""

LEAVE_SPACE = """
mutation LeaveSpace($spaceId: ID!) {
  leaveSpace(input: {spaceId: $spaceId}) { space { id } userErrors { code message } }
}"""

REQUEST_TO_SPEAK = """
mutation RequestToSpeak($spaceId: ID!) {
  requestToSpeak(input: {spaceId: $spaceId}) {
    space { viewerSpeakRequest { id position } } userErrors { code message }
  }
}"""

ACCEPT_SPEAK_REQUEST = """
mutation AcceptSpeakRequest($spaceId: ID!, $requestId: ID!) {
  acceptSpeakRequest(input: {spaceId: $spaceId, requestId: $requestId}) {
    space { id } userErrors { code message }
  }
}"""

SET_MUTED = """
mutation SetMuted($spaceId: ID!, $muted: Boolean!) {
  setMuted(input: {spaceId: $spaceId, muted: $muted}) { space { id } userErrors { code message } }
}"""

SEND_REACTION = """
mutation SendReaction($spaceId: ID!, $emoji: String!) {
  sendReaction(input: {spaceId: $spaceId, emoji: $emoji}) { userErrors { code message } }
}"""

CREATE_CLIP = """
mutation CreateClip($spaceId: ID!) {
  createClip(input: {spaceId: $spaceId}) {
    clip { id url durationMs sampleCount } userErrors { code message }
  }
}"""

AUDIO = """
query Audio($spaceId: ID!) { space(id: $spaceId) { audio { hlsUrl whipUrl expiresAt } } }"""

ROSTER = """
query Roster($spaceId: ID!) {
  space(id: $spaceId) {
    version title listenerCount anonymousListenerCount availableReactions
    stage { user { id handle } role isMuted }
    reactionCounts { emoji count }
  }
}"""

SPACE_EVENTS = """
subscription SpaceEvents($spaceId: ID!) {
  spaceEvents(spaceId: $spaceId) {
    __typename version
    ... on SpaceSnapshot { space { listenerCount anonymousListenerCount stage { user { id } role isMuted } } }
    ... on SeatGranted { participant { user { id } role isMuted } }
    ... on SeatVacated { userId }
    ... on MicrophoneOpened { userId }
    ... on MicrophoneClosed { userId }
    ... on AudienceChanged { listenerCount anonymousListenerCount }
  }
}"""

VERSIONS = """
subscription Versions($spaceId: ID!) { spaceEvents(spaceId: $spaceId) { __typename version } }"""

REACTIONS = """
subscription Reactions($spaceId: ID!) { reactions(spaceId: $spaceId) { emoji count } }"""
