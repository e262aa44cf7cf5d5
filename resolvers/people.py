"""People: signing up, logging in, and who is asking."""

from __future__ import annotations

from typing import Annotated, TypeVar

import strawberry

from app.services.people import Session
from resolvers import mapping
from resolvers.context import Info
from resolvers.payloads import outcome
from schema.errors import UserError
from schema.inputs import LogInInput, LogOutInput, SignUpInput
from schema.payloads import LogInPayload, LogOutPayload, SessionPayload, SignUpPayload
from schema.people import User, Viewer

LoggedIn = TypeVar("LoggedIn", bound=SessionPayload)


@strawberry.type
class PeopleQuery:
    """Finding people."""

    @strawberry.field(description="Who is asking; null without a token.")
    async def viewer(self, info: Info) -> Viewer | None:
        viewer_id = info.context.viewer_id
        return Viewer(user=await info.context.user(viewer_id)) if viewer_id else None

    @strawberry.field(description="The user with this handle; null if there is none.")
    async def user(
        self,
        info: Info,
        handle: Annotated[str, strawberry.argument(description="In any case, without `@`.")],
    ) -> User | None:
        account = await info.context.use_cases.people.by_handle(handle)
        return mapping.user_of(account) if account else None


@strawberry.type
class PeopleMutation:
    """Accounts and sessions."""

    @strawberry.mutation(description="Makes an account with a password, and logs in.")
    async def sign_up(
        self,
        info: Info,
        input: Annotated[SignUpInput, strawberry.argument(description="The new account.")],
    ) -> SignUpPayload:
        context = info.context
        command = context.use_cases.people.sign_up(
            input.handle, input.display_name, input.password, address=context.address
        )
        return _logged_in(SignUpPayload, *await outcome(command))

    @strawberry.mutation(description="A new token for an account with a password.")
    async def log_in(
        self,
        info: Info,
        input: Annotated[LogInInput, strawberry.argument(description="Handle and password.")],
    ) -> LogInPayload:
        context = info.context
        command = context.use_cases.people.log_in(input.handle, input.password, address=context.address)
        return _logged_in(LogInPayload, *await outcome(command))

    @strawberry.mutation(
        description="Ends a token at once and for good, with every stream and socket that is open by it."
    )
    async def log_out(
        self, info: Info, input: Annotated[LogOutInput, strawberry.argument(description="Which token.")]
    ) -> LogOutPayload:
        context = info.context
        _, errors = await outcome(context.use_cases.viewers.log_out(context.authenticated, input.token))
        return LogOutPayload(user_errors=errors)


def _logged_in(payload: type[LoggedIn], session: Session | None, errors: list[UserError]) -> LoggedIn:
    if session is None:
        return payload(user_errors=errors)
    return payload(
        user=mapping.user_of(session.account), token=session.token, expires_at=session.expires_at, user_errors=errors
    )
