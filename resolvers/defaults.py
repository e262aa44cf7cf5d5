"""Defaults: what a person's new Spaces are to be."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.domain import roster
from app.domain.drafts import UNCHANGED, SettingsEdit
from resolvers import mapping
from resolvers.context import Info
from resolvers.payloads import outcome
from schema.defaults import UpdateSpaceDefaultsInput, UpdateSpaceDefaultsPayload


@strawberry.type
class DefaultsMutation:
    """Defaults for new Spaces."""

    @strawberry.mutation(
        description="Changes what the viewer's new Spaces are where they say nothing else; Spaces there are stay "
        "as they are."
    )
    async def update_space_defaults(
        self, info: Info, input: Annotated[UpdateSpaceDefaultsInput, strawberry.argument(description="The changes.")]
    ) -> UpdateSpaceDefaultsPayload:
        edit = SettingsEdit(
            language=input.language.value if input.language else UNCHANGED,
            recording_enabled=input.recording_enabled.value if input.recording_enabled else UNCHANGED,
            clipping_allowed=input.clipping_allowed.value if input.clipping_allowed else UNCHANGED,
            speak_policy=roster.SpeakPolicy[input.speak_policy.value.name] if input.speak_policy else UNCHANGED,
        )
        people = info.context.use_cases.people
        account, errors = await outcome(people.update_space_defaults(info.context.actor, edit))
        return UpdateSpaceDefaultsPayload(
            space_defaults=mapping.space_defaults(account.space_defaults) if account else None, user_errors=errors
        )
