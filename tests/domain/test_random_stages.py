"""Any commands by anyone in any order: what holds of a Space after each of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain import attendance, drafts, life, sharing, stage
from app.domain.drafts import Draft
from app.domain.events import (
    HostTransferred,
    InvitationClosed,
    InvitationSent,
    MicrophoneClosed,
    MicrophoneOpened,
    Numbered,
    PostShared,
    PostUnshared,
    SeatVacated,
    SpaceEvent,
)
from app.domain.evolution import evolve
from app.domain.posts import Post
from app.domain.refusals import Refusal
from app.domain.roster import Invitation, InvitationState, Limits, Person, Role, SpeakPolicy
from app.domain.spaces import Space, SpaceState
from tests.domain.builders import NOW, person

PEOPLE = [person(name) for name in ("hana", "ana", "ben", "cem", "dia", "eli", "fay", "gus")]
HOST = PEOPLE[0]
ANYONE = st.sampled_from(PEOPLE)
MODERATOR = st.one_of(st.just(HOST), ANYONE)
SEATS = st.sampled_from([Role.COHOST, Role.SPEAKER])
OFFERS = st.tuples(SEATS, st.booleans())
LIMITS = Limits(cohosts=2, speakers=2)


class RandomStage(RuleBasedStateMachine):
    """A Space of hana's with 2 co-host and 2 speaker seats, and eight people who try everything."""

    def __init__(self) -> None:
        super().__init__()
        draft = Draft("On tides", recording_enabled=True)
        self.space = drafts.create(draft, space_id="space", host=HOST, topics=(), now=NOW)
        self.history: list[tuple[Space, list[Numbered]]] = []
        self.now = NOW
        self.ids = 0

    def act(self, actor: Person, decide: Callable[[Space], list[SpaceEvent]]) -> None:
        """Carries a command out, as the services do: a refusal leaves all as it was."""
        self.now += timedelta(seconds=1)
        try:
            events = decide(self.space)
        except Refusal:
            return
        self._check_powers(actor, events)
        before = self.space
        self.space, numbered = evolve(before, events)
        self.history.append((before, numbered))

    def _check_powers(self, actor: Person, events: list[SpaceEvent]) -> None:
        """What nobody else may do to a person, whatever the command was called."""
        for event in events:
            match event:
                case MicrophoneOpened(person_id=person_id):
                    assert person_id == actor.id
                case MicrophoneClosed(person_id=person_id) if person_id != actor.id:
                    assert person_id != self.space.host.id
                case HostTransferred(former_host_id=former_id):
                    assert former_id == actor.id == self.space.host.id
                case SeatVacated(person_id=person_id) if person_id != actor.id:
                    weaker = {Role.HOST: {Role.COHOST, Role.SPEAKER}, Role.COHOST: {Role.SPEAKER}}
                    assert self.space.role(person_id) in weaker[self.space.role(actor.id)]
                case InvitationSent(invitation=invitation) if invitation.role is Role.COHOST:
                    assert actor == self.space.host
                case InvitationClosed(invitation_id=closed, state=InvitationState.REVOKED):
                    [revoked] = [one for one in self.space.invitations if one.id == closed]
                    assert revoked.role is Role.SPEAKER or actor == self.space.host
                case PostShared(shared=shared):
                    assert (shared.shared_by, self.space.seat(actor.id) is not None) == (actor, True)
                case PostUnshared(post_id=post_id):
                    shown = self.space.shared_post(post_id)
                    moderators = (Role.HOST, Role.COHOST)
                    assert shown
                    assert shown.shared_by == actor or self.space.role(actor.id) in moderators
                case _:
                    pass

    def new_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids}"

    @initialize(live=st.booleans(), asking=st.sets(ANYONE), invited=st.dictionaries(ANYONE, OFFERS))
    def fill(self, live: bool, asking: set[Person], invited: dict[Person, tuple[Role, bool]]) -> None:
        if live:
            self.start(HOST)
        for one, (role, accepted) in invited.items():
            self.invite(HOST, one, role)
            if accepted and (offer := self.space.invitation(one.id)):
                self.accept_invitation(offer)
        for one in sorted(asking, key=PEOPLE.index):
            self.ask(one)

    @rule(actor=MODERATOR)
    def start(self, actor: Person) -> None:
        self.act(actor, lambda space: life.start(space, actor, self.now))

    @rule(actor=ANYONE, sure=st.integers(0, 9))
    def end(self, actor: Person, sure: int) -> None:
        if sure == 0:
            self.act(actor, lambda space: life.end(space, actor, self.now))

    @rule(actor=MODERATOR, policy=st.sampled_from(SpeakPolicy))
    def set_speak_policy(self, actor: Person, policy: SpeakPolicy) -> None:
        self.act(actor, lambda space: life.set_speak_policy(space, actor, policy, self.now))

    @rule(actor=ANYONE)
    def join(self, actor: Person) -> None:
        self.act(actor, lambda space: stage.join(space, actor, self.now))

    @rule(actor=ANYONE)
    def leave(self, actor: Person) -> None:
        self.act(actor, lambda space: stage.leave(space, actor.id, self.now))

    @rule(actor=ANYONE)
    def ask(self, actor: Person) -> None:
        self.act(actor, lambda space: stage.request_to_speak(space, actor, request_id=self.new_id(), now=self.now))

    @rule(actor=ANYONE)
    def cancel_request(self, actor: Person) -> None:
        self.act(actor, lambda space: stage.cancel_request(space, actor, self.now))

    @rule(actor=MODERATOR, data=st.data(), yes=st.booleans())
    def answer_request(self, actor: Person, data: st.DataObject, yes: bool) -> None:
        wanted = data.draw(st.sampled_from([*(one.id for one in self.space.requests), "unknown"]))
        if yes:
            self.act(actor, lambda space: stage.accept_request(space, actor, wanted, LIMITS, self.now))
        else:
            self.act(actor, lambda space: stage.decline_request(space, actor, wanted, self.now))

    @rule(actor=MODERATOR, whom=ANYONE, role=SEATS)
    def invite(self, actor: Person, whom: Person, role: Role) -> None:
        self.act(
            actor,
            lambda space: stage.invite(
                space, actor, whom, role, invitation_id=self.new_id(), limits=LIMITS, now=self.now
            ),
        )

    @rule(actor=ANYONE, data=st.data(), yes=st.booleans())
    def answer_invitation(self, actor: Person, data: st.DataObject, yes: bool) -> None:
        wanted = data.draw(st.sampled_from([*(one.id for one in self.space.invitations), "unknown"]))
        if yes:
            self.act(actor, lambda space: stage.accept_invitation(space, actor, wanted, LIMITS, self.now))
        else:
            self.act(actor, lambda space: stage.decline_invitation(space, actor, wanted, self.now))

    @rule(data=st.data())
    def accept_own_invitation(self, data: st.DataObject) -> None:
        if self.space.invitations:
            self.accept_invitation(data.draw(st.sampled_from(self.space.invitations)))

    def accept_invitation(self, one: Invitation) -> None:
        self.act(one.person, lambda space: stage.accept_invitation(space, one.person, one.id, LIMITS, self.now))

    @rule(actor=MODERATOR, whom=ANYONE)
    def remove(self, actor: Person, whom: Person) -> None:
        self.act(actor, lambda space: stage.remove(space, actor, whom.id, self.now))

    @rule(actor=ANYONE, muted=st.booleans())
    def set_muted(self, actor: Person, muted: bool) -> None:
        self.act(actor, lambda space: stage.set_muted(space, actor, muted, self.now))

    @rule(actor=MODERATOR, whom=ANYONE)
    def mute(self, actor: Person, whom: Person) -> None:
        self.act(actor, lambda space: stage.mute(space, actor, whom.id, self.now))

    @rule(actor=MODERATOR)
    def mute_all(self, actor: Person) -> None:
        self.act(actor, lambda space: stage.mute_all(space, actor, self.now))

    @rule(actor=MODERATOR, data=st.data())
    def revoke_invitation(self, actor: Person, data: st.DataObject) -> None:
        wanted = data.draw(st.sampled_from([*(one.id for one in self.space.invitations), "unknown"]))
        self.act(actor, lambda space: stage.revoke_invitation(space, actor, wanted, self.now))

    @rule(actor=MODERATOR, whom=ANYONE)
    def transfer_host(self, actor: Person, whom: Person) -> None:
        self.act(actor, lambda space: life.transfer_host(space, actor, whom.id, self.now))

    @rule(actor=ANYONE, number=st.integers(0, 5))
    def share_post(self, actor: Person, number: int) -> None:
        post = Post(f"p{number}", HOST, "Tides rise.", None, self.now)
        self.act(actor, lambda space: sharing.share_post(space, actor, post, self.now))

    @rule(actor=ANYONE, number=st.integers(0, 5))
    def unshare_post(self, actor: Person, number: int) -> None:
        self.act(actor, lambda space: sharing.unshare_post(space, actor, f"p{number}", self.now))

    @rule(listeners=st.integers(0, 9), anonymous=st.integers(0, 9))
    def count(self, listeners: int, anonymous: int) -> None:
        self.act(HOST, lambda space: attendance.count_audience(space, listeners, anonymous, self.now))

    @invariant()
    def the_stage_is_within_its_limits_under_one_host(self) -> None:
        if self.space.state is SpaceState.ENDED:
            return
        assert [seat.person for seat in self.space.stage if seat.role is Role.HOST] == [self.space.host]
        promised = sum(one.role is Role.COHOST for one in self.space.invitations)
        assert self.space.count(Role.COHOST) + promised <= LIMITS.cohosts
        assert self.space.count(Role.SPEAKER) <= LIMITS.speakers
        assert len(self.space.stage) <= LIMITS.stage

    @invariant()
    def nobody_is_anywhere_twice(self) -> None:
        for place in (self.space.stage, self.space.requests, self.space.invitations):
            ids = [one.person.id for one in place]
            assert len(set(ids)) == len(ids)
        assert not {one.person for one in self.space.requests} & {one.person for one in self.space.stage}

    @invariant()
    def an_invitation_always_offers_more_than_one_has(self) -> None:
        ranks = [Role.LISTENER, Role.SPEAKER, Role.COHOST, Role.HOST]
        for one in self.space.invitations:
            assert ranks.index(one.role) > ranks.index(self.space.role(one.person.id))

    @invariant()
    def the_queue_is_in_order_of_asking_and_empty_when_closed(self) -> None:
        asked = [one.asked_at for one in self.space.requests]
        assert asked == sorted(asked)
        assert not asked or (self.space.speak_policy, self.space.state) == (SpeakPolicy.EVERYONE, SpaceState.LIVE)

    @invariant()
    def each_post_is_shown_once_and_in_the_order_of_sharing(self) -> None:
        shown = self.space.shared_posts
        assert len({one.post_id for one in shown}) == len(shown)
        assert [one.shared_at for one in shown] == sorted(one.shared_at for one in shown)

    @invariant()
    def an_absent_host_is_silent(self) -> None:
        assert self.space.host_absent_since is None or all(
            seat.muted for seat in self.space.stage if seat.person == self.space.host
        )

    @invariant()
    def the_end_is_empty_and_final(self) -> None:
        ended = [before for before, numbered in self.history if before.state is SpaceState.ENDED and numbered]
        assert ended == []
        if self.space.state is SpaceState.ENDED:
            assert (self.space.stage, self.space.requests, self.space.invitations) == ((), (), ())

    def teardown(self) -> None:
        """Whatever state a reader starts from, the events since then lead it to the same Space."""
        versions = [one.version for _, numbered in self.history for one in numbered]
        assert versions == list(range(2, self.space.version + 1))
        for index, (earlier, _) in enumerate(self.history):
            since = [one.event for _, numbered in self.history[index:] for one in numbered]
            assert evolve(earlier, since)[0] == self.space


TestRandomStage = RandomStage.TestCase
TestRandomStage.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
