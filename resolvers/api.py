"""The API: every type and resolver as one schema."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry.schema.config import StrawberryConfig

from resolvers.clips import ClipMutation, ClipQuery, ClipSubscription
from resolvers.conversations import ConversationMutation
from resolvers.defaults import DefaultsMutation
from resolvers.feedback import FeedbackMutation, FeedbackQuery
from resolvers.listings import ListingQuery
from resolvers.messages import MessageMutation
from resolvers.moderation import ModerationMutation, ModerationQuery
from resolvers.nodes import NodeQuery
from resolvers.operations import Api
from resolvers.people import PeopleMutation, PeopleQuery
from resolvers.personal import PersonalSubscription
from resolvers.posts import PostMutation, PostQuery
from resolvers.reactions import ReactionMutation
from resolvers.recordings import RecordingMutation
from resolvers.relationships import RelationshipMutation
from resolvers.removals import RemovalMutation
from resolvers.reports import ReportMutation, ReportQuery
from resolvers.schedules import ScheduleMutation
from resolvers.space_bar import SettingsMutation, SpaceBarSubscription
from resolvers.spaces import SpaceMutation, SpaceQuery
from resolvers.stage import StageMutation
from resolvers.streams import StreamSubscription
from resolvers.transcripts import CaptionSubscription, TranscriptQuery
from schema.events import EVENTS
from schema.personal import VIEWER_EVENTS
from schema.scalars import DATE_TIME


@strawberry.type(description="What can be asked.")
class Query(
    NodeQuery,
    SpaceQuery,
    ListingQuery,
    PeopleQuery,
    ClipQuery,
    PostQuery,
    ModerationQuery,
    ReportQuery,
    FeedbackQuery,
    TranscriptQuery,
):
    """What can be asked."""


@strawberry.type(
    description="What can be done. Each takes one `input` and answers the changed object, and `userErrors` where a "
    "rule said no; then nothing was changed."
)
class Mutation(
    PeopleMutation,
    SettingsMutation,
    RelationshipMutation,
    SpaceMutation,
    ScheduleMutation,
    StageMutation,
    ReactionMutation,
    ClipMutation,
    RecordingMutation,
    DefaultsMutation,
    PostMutation,
    MessageMutation,
    ConversationMutation,
    RemovalMutation,
    ReportMutation,
    ModerationMutation,
    FeedbackMutation,
):
    """What can be done."""


@strawberry.type(description="What can be followed live, over graphql-transport-ws or server-sent events.")
class Subscription(
    StreamSubscription, PersonalSubscription, SpaceBarSubscription, CaptionSubscription, ClipSubscription
):
    """What can be followed live."""


def build_schema() -> Api:
    """A schema for `RequestContext`s. Print it with `as_str()`."""
    return Api(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[*EVENTS, *VIEWER_EVENTS],
        config=StrawberryConfig(scalar_map={datetime: DATE_TIME}),
    )
