"""Spaces: finding them, and their life from creation to end."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry.relay import GlobalID

from app.domain import roster
from app.domain.drafts import UNCHANGED, Edit
from resolvers.arguments import key, known_key
from resolvers.at_hand import Found, at_hand
from resolvers.context import Info, RequestContext
from resolvers.payloads import changed, outcome
from schema.inputs import (
    CreateSpaceInput,
    DeleteSpaceInput,
    EndSpaceInput,
    JoinSpaceInput,
    LeaveSpaceInput,
    SetClippingAllowedInput,
    SetSpeakPolicyInput,
    StartSpaceInput,
    TransferHostInput,
    UpdateSpaceInput,
)
from schema.payloads import (
    CreateSpacePayload,
    DeleteSpacePayload,
    EndSpacePayload,
    JoinSpacePayload,
    LeaveSpacePayload,
    SetClippingAllowedPayload,
    SetSpeakPolicyPayload,
    StartSpacePayload,
    TransferHostPayload,
    UpdateSpacePayload,
)
from schema.people import User
from schema.spaces import Space


def _space_at_hand(context: RequestContext, *, id: str) -> Found | None:
    space_id = known_key(Space, id)
    return context.space_at_hand(space_id) if space_id else None


@strawberry.type
class SpaceQuery:
    """Finding Spaces."""

    @strawberry.field(
        description="The Space of this id; null if there is none, or none that the viewer may see.",
        metadata=at_hand(_space_at_hand),
    )
    async def space(
        self, info: Info, id: Annotated[GlobalID, strawberry.argument(description="The Space's id.")]
    ) -> Space | None:
        return await info.context.space(key(Space, id, "id"))

    @strawberry.field(description="The topics that a Space of this server may have.")
    def topics(self, info: Info) -> list[str]:
        return list(info.context.use_cases.spaces.topics)


@strawberry.type
class SpaceMutation:
    """The life of a Space."""

    @strawberry.mutation(
        description="Makes a Space with the viewer as its host, their microphone closed. It is on air from "
        "`startSpace` on; until then it is seen by those invited alone."
    )
    async def create_space(
        self, info: Info, input: Annotated[CreateSpaceInput, strawberry.argument(description="What it is to be.")]
    ) -> CreateSpacePayload:
        spaces, actor = info.context.use_cases.spaces, info.context.actor
        speaker_ids = speakers_in(input)
        draft = await spaces.draft(actor, input.title, choices_in(input))
        return await changed(info, CreateSpacePayload, spaces.create(actor, draft, speaker_ids, input.idempotency_key))

    @strawberry.mutation(
        description="Goes live, whatever the scheduled time. For the host. A SCHEDULED Space passes through its "
        "preparation on the way: `prepareSpace` need not come before."
    )
    async def start_space(
        self, info: Info, input: Annotated[StartSpaceInput, strawberry.argument(description="Which Space.")]
    ) -> StartSpacePayload:
        spaces, space_id = info.context.use_cases.spaces, key(Space, input.space_id, "spaceId")
        return await changed(info, StartSpacePayload, spaces.start(info.context.actor, space_id))

    @strawberry.mutation(description="Ends a live Space for good. For the host; leaving is not ending.")
    async def end_space(
        self, info: Info, input: Annotated[EndSpaceInput, strawberry.argument(description="Which Space.")]
    ) -> EndSpacePayload:
        spaces, space_id = info.context.use_cases.spaces, key(Space, input.space_id, "spaceId")
        return await changed(info, EndSpacePayload, spaces.end(info.context.actor, space_id))

    @strawberry.mutation(
        description="Deletes a Space for good, with its recording and every clip of it: from then on there is none of "
        "this id. For the host, before the start or after the end. Whoever has a reminder of it is told that it will "
        "not take place."
    )
    async def delete_space(
        self, info: Info, input: Annotated[DeleteSpaceInput, strawberry.argument(description="Which Space.")]
    ) -> DeleteSpacePayload:
        deletion, space_id = info.context.use_cases.deletion, key(Space, input.space_id, "spaceId")
        _, errors = await outcome(deletion.delete(info.context.actor, space_id, confirmed=input.confirm))
        return DeleteSpacePayload(deleted_space_id=None if errors else input.space_id, user_errors=errors)

    @strawberry.mutation(
        description="Changes settings: all of them before the start, the title alone while live. For the host. With "
        "one field refused, nothing changes. While live there are `setSpeakPolicy` and `setClippingAllowed`."
    )
    async def update_space(
        self, info: Info, input: Annotated[UpdateSpaceInput, strawberry.argument(description="What is to change.")]
    ) -> UpdateSpacePayload:
        spaces, space_id = info.context.use_cases.spaces, key(Space, input.space_id, "spaceId")
        return await changed(info, UpdateSpacePayload, spaces.update(info.context.actor, space_id, _edit(input)))

    @strawberry.mutation(
        description="Makes a co-host the host, for good; the viewer becomes a co-host. For the host; one who is "
        "absent keeps no seat. Whom the new host blocks is out."
    )
    async def transfer_host(
        self, info: Info, input: Annotated[TransferHostInput, strawberry.argument(description="The new host.")]
    ) -> TransferHostPayload:
        spaces, space_id = info.context.use_cases.spaces, key(Space, input.space_id, "spaceId")
        user_id = key(User, input.user_id, "userId")
        return await changed(info, TransferHostPayload, spaces.transfer_host(info.context.actor, space_id, user_id))

    @strawberry.mutation(
        description="Changes who may ask for a seat. For the host. Tightening it expires the pending requests and "
        "leaves the seated alone."
    )
    async def set_speak_policy(
        self, info: Info, input: Annotated[SetSpeakPolicyInput, strawberry.argument(description="The new policy.")]
    ) -> SetSpeakPolicyPayload:
        spaces, space_id = info.context.use_cases.spaces, key(Space, input.space_id, "spaceId")
        policy = roster.SpeakPolicy[input.speak_policy.name]
        return await changed(info, SetSpeakPolicyPayload, spaces.set_speak_policy(info.context.actor, space_id, policy))

    @strawberry.mutation(
        description="Changes whether clips may be made from now on; those made before stay. For the host. Where they "
        "were off at the start they stay off."
    )
    async def set_clipping_allowed(
        self,
        info: Info,
        input: Annotated[SetClippingAllowedInput, strawberry.argument(description="Whether they may.")],
    ) -> SetClippingAllowedPayload:
        spaces, space_id = info.context.use_cases.spaces, key(Space, input.space_id, "spaceId")
        return await changed(
            info,
            SetClippingAllowedPayload,
            spaces.set_clipping_allowed(info.context.actor, space_id, input.clipping_allowed),
        )

    @strawberry.mutation(
        description="Comes in as a listener; the host who comes back is host again. Joining twice is joining once. "
        "Stay by keeping `spaceEvents` open: who is silent too long has left."
    )
    async def join_space(
        self, info: Info, input: Annotated[JoinSpaceInput, strawberry.argument(description="Which Space.")]
    ) -> JoinSpacePayload:
        attendance, space_id = info.context.use_cases.attendance, key(Space, input.space_id, "spaceId")
        return await changed(info, JoinSpacePayload, attendance.join(info.context.actor, space_id))

    @strawberry.mutation(
        description="Goes; a seat on the stage and a raised hand go with the viewer, but the host's seat stays theirs."
    )
    async def leave_space(
        self, info: Info, input: Annotated[LeaveSpaceInput, strawberry.argument(description="Which Space.")]
    ) -> LeaveSpacePayload:
        attendance, space_id = info.context.use_cases.attendance, key(Space, input.space_id, "spaceId")
        return await changed(info, LeaveSpacePayload, attendance.leave(info.context.actor, space_id))


def choices_in(input: CreateSpaceInput) -> Edit:
    """What a new Space is to be, as far as it is said."""
    return Edit(
        topics=tuple(input.topics),
        language=UNCHANGED if input.language is None else input.language,
        recording_enabled=UNCHANGED if input.recording_enabled is None else input.recording_enabled,
        clipping_allowed=UNCHANGED if input.clipping_allowed is None else input.clipping_allowed,
        speak_policy=roster.SpeakPolicy[input.speak_policy.name] if input.speak_policy else UNCHANGED,
    )


def speakers_in(input: CreateSpaceInput) -> list[str]:
    """Whom to invite to it at once."""
    return [key(User, one, "initialSpeakerIds") for one in input.initial_speaker_ids]


def _edit(input: UpdateSpaceInput) -> Edit:
    return Edit(
        title=input.title.value if input.title else UNCHANGED,
        topics=tuple(input.topics.value) if input.topics else UNCHANGED,
        language=input.language.value if input.language else UNCHANGED,
        recording_enabled=input.recording_enabled.value if input.recording_enabled else UNCHANGED,
        clipping_allowed=input.clipping_allowed.value if input.clipping_allowed else UNCHANGED,
        speak_policy=roster.SpeakPolicy[input.speak_policy.value.name] if input.speak_policy else UNCHANGED,
    )
