"""People, as the schema shows them."""

from __future__ import annotations

from strawberry.relay import GlobalID

from app.domain import roster
from app.domain.people import Account
from schema.people import Profile, Settings, User


def user(person: roster.Person) -> User:
    """A user as a Space knows them."""
    return User(key=person.id, handle=person.handle, display_name=person.display_name)


def user_of(account: Account) -> User:
    """A user with their profile."""
    return User(
        key=account.id, handle=account.handle, display_name=account.display_name, known_profile=profile(account)
    )


def profile(account: Account) -> Profile:
    """What only the account knows."""
    return Profile(
        bio=account.bio,
        created_at=account.created_at,
        follower_count=account.follower_count,
        following_count=account.following_count,
    )


def user_id(person_id: str) -> GlobalID:
    """The global id of a user."""
    return GlobalID(type_name=User.__name__, node_id=person_id)


def settings(account: Account) -> Settings:
    """What a person has chosen for themselves."""
    return Settings(listening_visibility=account.listening_visible)
