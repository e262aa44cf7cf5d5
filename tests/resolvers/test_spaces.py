"""Spaces: their life, who sees them, and lists of them."""

from __future__ import annotations

from strawberry.relay import GlobalID

from tests.fakes.world import PUBLIC_URL, REACTIONS, TOPICS
from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import CREATE_CLIP, DELETE, SPACE


async def test_a_new_space(host: Caller) -> None:
    created = await host.do("createSpace", title=" Jazz ", topics=["Music"], language="en")
    assert created["userErrors"] == []
    space = await host.ask(
        SPACE
        % """url state title topics language recordingEnabled isRecording clippingAllowed speakPolicy version
        host { handle } hostPresence hostAbsentSince startedAt endedAt endReason viewerRole viewerIsParticipant
        limits { cohosts speakers stage } availableReactions reactionCounts { emoji } audio { hlsUrl }
        stage { user { handle } role isMuted } listenerCount anonymousListenerCount participantCount""",
        id=created["space"]["id"],
    )
    assert space == {
        "url": f"{PUBLIC_URL}/spaces/id000002",
        "state": "PREPARING",
        "title": "Jazz",
        "topics": ["Music"],
        "language": "en",
        "recordingEnabled": False,
        "isRecording": False,
        "clippingAllowed": True,
        "speakPolicy": "EVERYONE",
        "version": 1,
        "host": {"handle": "hannah"},
        "hostPresence": "PRESENT",
        "hostAbsentSince": None,
        "startedAt": None,
        "endedAt": None,
        "endReason": None,
        "viewerRole": "HOST",
        "viewerIsParticipant": True,
        "limits": {"cohosts": 2, "speakers": 2, "stage": 5},
        "availableReactions": list(REACTIONS),
        "reactionCounts": [],
        "audio": None,
        "stage": [{"user": {"handle": "hannah"}, "role": "HOST", "isMuted": True}],
        "listenerCount": 0,
        "anonymousListenerCount": 0,
        "participantCount": 1,
    }


async def test_all_that_is_wrong_with_a_new_space_is_told_at_once(host: Caller) -> None:
    refused = await host.do("createSpace", title="x" * 71, topics=["Music", "Chess", "News", "Tech"], language="?")
    assert refused["space"] is None
    assert [(one["code"], one["field"], one["limit"], one["current"]) for one in refused["userErrors"]] == [
        ("INVALID_TITLE", "title", 70, 71),
        ("TOO_MANY_TOPICS", "topics", 3, 4),
        ("UNKNOWN_TOPIC", "topics", None, None),
        ("INVALID_LANGUAGE", "language", None, None),
    ]


async def test_initial_speakers_are_invited(host: Caller, guest: Caller) -> None:
    guest_id = (await guest.ask("{ viewer { user { id } } }"))["user"]["id"]
    created = await host.do("createSpace", title="Jazz", initialSpeakerIds=[guest_id])
    assert created["space"]["invitationCount"] == 1
    seen = await guest.ask(SPACE % "viewerInvitation { role }", id=created["space"]["id"])
    assert seen == {"viewerInvitation": {"role": "SPEAKER"}}


async def test_a_preparing_space_is_hidden_and_a_live_one_is_not(host: Caller, anyone: Caller) -> None:
    created = await host.do("createSpace", title="Jazz")
    space_id = created["space"]["id"]
    assert await anyone.ask(SPACE % "id", id=space_id) is None
    assert await anyone.ask("query($id: ID!) { node(id: $id) { id } }", id=space_id) is None
    await host.do("startSpace", spaceId=space_id)
    assert await anyone.ask(SPACE % "title viewerRole", id=space_id) == {"title": "Jazz", "viewerRole": "LISTENER"}


async def test_a_life(host: Caller, live: str) -> None:
    renamed = await host.do("updateSpace", spaceId=live, title="Blues")
    assert renamed["space"]["title"] == "Blues"
    await host.do("setClippingAllowed", spaceId=live, clippingAllowed=False)
    await host.do("setSpeakPolicy", spaceId=live, speakPolicy="INVITED_ONLY")
    await host.do("leaveSpace", spaceId=live)
    fields = "clippingAllowed speakPolicy hostPresence isRecording endReason stage { role }"
    gone = await host.ask(SPACE % fields, id=live)
    assert (gone["clippingAllowed"], gone["speakPolicy"], gone["hostPresence"]) == (False, "INVITED_ONLY", "ABSENT")
    assert gone["isRecording"] is True
    await host.do("joinSpace", spaceId=live)
    assert (await host.ask(SPACE % fields, id=live))["hostPresence"] == "PRESENT"
    ended = await host.do("endSpace", spaceId=live)
    assert ended["space"]["state"] == "ENDED"
    over = await host.ask(SPACE % fields, id=live)
    assert (over["endReason"], over["stage"], over["isRecording"]) == ("HOST", [], False)
    refused = await host.do("updateSpace", spaceId=live, title="Soul")
    assert [one["code"] for one in refused["userErrors"]] == ["SPACE_ENDED"]


async def test_all_settings_change_before_the_start_and_the_title_alone_after_it(host: Caller) -> None:
    space_id = (await host.do("createSpace", title="Jazz", language="en"))["space"]["id"]
    settings = {"topics": ["Music"], "language": None, "recordingEnabled": True, "clippingAllowed": False}
    changed = await host.do("updateSpace", spaceId=space_id, speakPolicy="INVITED_ONLY", **settings)
    assert changed["userErrors"] == []
    fields = "title topics language recordingEnabled clippingAllowed speakPolicy"
    before = {"title": "Jazz", "speakPolicy": "INVITED_ONLY", **settings}
    assert await host.ask(SPACE % fields, id=space_id) == before

    await host.do("startSpace", spaceId=space_id)
    refused = await host.do("updateSpace", spaceId=space_id, title="Blues", language="en", recordingEnabled=False)
    assert refused["space"] is None
    assert [(one["code"], one["field"]) for one in refused["userErrors"]] == [
        ("FIELD_LOCKED_AFTER_LIVE", "language"),
        ("RECORDING_LOCKED", "recordingEnabled"),
    ]
    assert await host.ask(SPACE % fields, id=space_id) == before
    locked = await host.do("setClippingAllowed", spaceId=space_id, clippingAllowed=True)
    assert [(one["code"], one["field"]) for one in locked["userErrors"]] == [("CLIPPING_LOCKED", "clippingAllowed")]


async def test_null_is_no_title(host: Caller, live: str) -> None:
    document = "mutation($id: ID!) { updateSpace(input: {spaceId: $id, title: null}) { space { title } } }"
    assert (await host.error(document, id=live))["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    document = "mutation($input: UpdateSpaceInput!) { updateSpace(input: $input) { space { title } } }"
    error = await host.error(document, input={"spaceId": live, "title": None})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_deleting(host: Caller, guest: Caller, live: str) -> None:
    async def refusal(caller: Caller, *, sure: bool = True) -> tuple[str, str]:
        refused = await caller.ask(DELETE, id=live, sure=sure)
        assert refused["deletedSpaceId"] is None
        [error] = refused["userErrors"]
        return error["code"], error["field"]

    assert await refusal(host) == ("SPACE_IS_LIVE", "spaceId")
    host.world.media.recorded[GlobalID.from_id(live).node_id] = 40_000
    clip_id = (await host.ask(CREATE_CLIP, input={"spaceId": live}))["clip"]["id"]
    await host.do("endSpace", spaceId=live)
    assert await refusal(guest) == ("NOT_PERMITTED", "spaceId")
    assert await refusal(host, sure=False) == ("CONFIRMATION_REQUIRED", "confirm")
    assert await host.ask(DELETE, id=live, sure=True) == {"deletedSpaceId": live, "userErrors": []}

    assert await host.ask(SPACE % "id", id=live) is None
    for gone in (live, clip_id):
        assert await host.ask("query($id: ID!) { node(id: $id) { id } }", id=gone) is None
    assert await refusal(host) == ("SPACE_NOT_FOUND", "spaceId")


async def test_only_the_host_ends_it(guest: Caller, live: str) -> None:
    refused = await guest.do("endSpace", spaceId=live)
    assert refused["space"] is None
    assert [(one["code"], one["field"]) for one in refused["userErrors"]] == [("NOT_PERMITTED", "spaceId")]


async def test_what_each_viewer_may_do_now(host: Caller, guest: Caller, anyone: Caller) -> None:
    space_id = (await host.do("createSpace", title="Jazz", recordingEnabled=True))["space"]["id"]
    assert "START" in (await host.ask(SPACE % "viewerCapabilities", id=space_id))["viewerCapabilities"]
    await host.do("startSpace", spaceId=space_id)
    for_host, for_guest, for_anyone = [
        (await viewer.ask(SPACE % "viewerCapabilities", id=space_id))["viewerCapabilities"]
        for viewer in (host, guest, anyone)
    ]
    assert for_host[:3] == ["END", "READ_MODERATION_LOG", "RENAME"]
    assert (for_guest, for_anyone) == (["JOIN", "REPORT", "LISTEN"], ["LISTEN"])
    await guest.do("joinSpace", spaceId=space_id)
    assert (await guest.ask(SPACE % "viewerCapabilities", id=space_id))["viewerCapabilities"] == [
        "REQUEST_TO_SPEAK",
        "JOIN",
        "REACT",
        "CREATE_CLIP",
        "SHARE",
        "REPORT",
        "GIVE_FEEDBACK",
        "LISTEN",
    ]


async def test_the_addresses_of_sound_are_the_viewers(host: Caller, anyone: Caller, live: str) -> None:
    for_host = await host.ask(SPACE % "audio { hlsUrl whipUrl expiresAt }", id=live)
    assert for_host["audio"]["hlsUrl"].startswith(f"{PUBLIC_URL}/audio/")
    assert for_host["audio"]["whipUrl"].endswith("/whip")
    for_anyone = await anyone.ask(SPACE % "audio { hlsUrl whipUrl }", id=live)
    assert for_anyone["audio"]["hlsUrl"]
    assert for_anyone["audio"]["whipUrl"] is None


async def test_listeners_by_pages_of_any_size(host: Caller, guest: Caller, other: Caller, live: str) -> None:
    for person in (guest, other):
        await person.do("joinSpace", spaceId=live)
    fields = "listeners(first: 1, after: %s) { edges { node { handle bio } } pageInfo { endCursor hasNextPage } }"
    first = (await host.ask(SPACE % (fields % "null"), id=live))["listeners"]
    assert first["edges"] == [{"node": {"handle": "gustav", "bio": ""}}]
    second = (await host.ask(SPACE % (fields % f'"{first["pageInfo"]["endCursor"]}"'), id=live))["listeners"]
    assert second["edges"] == [{"node": {"handle": "olivia", "bio": ""}}]
    assert second["pageInfo"]["hasNextPage"] is False
    assert (await guest.ask(SPACE % "viewerIsParticipant", id=live))["viewerIsParticipant"] is True


async def test_nodes_in_their_order(host: Caller, live: str) -> None:
    user_id = (await host.ask("{ viewer { user { id } } }"))["user"]["id"]
    document = """query($ids: [ID!]!) { nodes(ids: $ids) { id __typename
      ... on Space { title } ... on User { handle } } }"""
    missing = "VXNlcjpub2JvZHk="
    assert await host.ask(document, ids=[live, missing, user_id, live]) == [
        {"id": live, "__typename": "Space", "title": "Jazz tonight"},
        None,
        {"id": user_id, "__typename": "User", "handle": "hannah"},
        {"id": live, "__typename": "Space", "title": "Jazz tonight"},
    ]


async def test_the_topics(anyone: Caller) -> None:
    assert await anyone.ask("{ topics }") == list(TOPICS)
