"""People: signing up, logging in, and who is asking."""

from __future__ import annotations

from typing import Annotated, TypeVar

import strawberry

from app.domain import people
from app.services.people import Session
from resolvers import mapping
from resolvers.arguments import connection, cursor, found_key, window
from resolvers.context import Info
from resolvers.faults import BadInput
from resolvers.payloads import outcome
from schema.errors import UserError
from schema.inputs import LogInInput, LogOutInput, SignUpInput, UpdateProfileInput
from schema.pages import After, Before, Connection, First, Last, Page
from schema.payloads import LogInPayload, LogOutPayload, SessionPayload, SignUpPayload, UpdateProfilePayload
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

    @strawberry.field(
        description="People whose handle begins so, in its order, and then those whose display name does; in any case."
    )
    async def users(
        self,
        info: Info,
        query: Annotated[str, strawberry.argument(description="The beginning, 1 to 50 characters.")],
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[User]:
        page, prefix = Page(first, after, last, before), query.strip()
        if not 1 <= len(prefix) <= people.DISPLAY_NAME_LENGTH:
            raise BadInput("query", f"has {len(prefix)} characters, but must have 1 to {people.DISPLAY_NAME_LENGTH}.")
        found = await info.context.use_cases.people.search(prefix, window(page, found_key))
        return connection(
            found, page, node=mapping.user_of, cursor_of=lambda one: cursor(*people.found_key(one, prefix))
        )


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
        description="Changes the viewer's name or bio. A Space goes on showing the name that one came in with."
    )
    async def update_profile(
        self, info: Info, input: Annotated[UpdateProfileInput, strawberry.argument(description="The changes.")]
    ) -> UpdateProfilePayload:
        people = info.context.use_cases.people
        account, errors = await outcome(people.update_profile(info.context.actor, input.display_name, input.bio))
        return UpdateProfilePayload(user=mapping.user_of(account) if account else None, user_errors=errors)

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
