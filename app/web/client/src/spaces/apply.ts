// A Space's events applied to what was known of it: snapshot + events == fresh state. Pure.
import type { SeatFragment, SpaceEventsSubscription, SpaceViewFragment } from "../generated/operations";

export type SpaceEvent = SpaceEventsSubscription["spaceEvents"];

const OVER = {
  stage: [],
  isRecording: false,
  listenerCount: 0,
  anonymousListenerCount: 0,
  speakRequestCount: 0,
  invitationCount: 0,
};

// Answers null for a Space that is deleted.
export function apply(space: SpaceViewFragment | null, event: SpaceEvent): SpaceViewFragment | null {
  if (event.__typename === "SpaceSnapshot") return event.space;
  if (!space || event.__typename === "SpaceDeleted") return null;
  return { ...space, ...changes(space, event), version: event.version };
}

function changes(space: SpaceViewFragment, event: SpaceEvent): Partial<SpaceViewFragment> {
  switch (event.__typename) {
    case "SpacePrepared":
      return { state: "PREPARING", stage: [event.participant] };
    case "SpaceStarted":
      return { state: "LIVE", startedAt: event.at, isRecording: space.recordingEnabled };
    case "SpaceEnded":
      return { ...OVER, state: "ENDED", endedAt: event.at, endReason: event.endReason };
    case "SpaceCanceled":
      return { ...OVER, state: "CANCELED" };
    case "SpaceExpired":
      return { ...OVER, state: "EXPIRED" };
    case "SpaceRescheduled":
      return { scheduledStart: event.scheduledStart, timeZone: event.timeZone };
    case "SpaceRenamed":
      return { title: event.title };
    case "SettingsChanged":
      return { topics: event.topics, language: event.language, recordingEnabled: event.recordingEnabled };
    case "SpeakPolicyChanged":
      return { speakPolicy: event.speakPolicy };
    case "ClippingAllowedChanged":
      return { clippingAllowed: event.clippingAllowed };
    case "HostLeft":
      return { hostPresence: "ABSENT" };
    case "HostReturned":
      return { hostPresence: "PRESENT" };
    case "HostTransferred":
      return transferred(space, event.hostId, event.formerHostId);
    case "SeatGranted":
      return { stage: seated(space.stage, event.participant) };
    case "SeatVacated":
      return { stage: space.stage.filter(({ user }) => user.id !== event.userId) };
    case "MicrophoneOpened":
      return { stage: changed(space.stage, event.userId, { isMuted: false }) };
    case "MicrophoneClosed":
      return { stage: changed(space.stage, event.userId, { isMuted: true }) };
    case "AudienceChanged":
      return { listenerCount: event.listenerCount, anonymousListenerCount: event.anonymousListenerCount };
    case "SpeakRequestsChanged":
      return { speakRequestCount: event.pendingCount };
    case "InvitationsChanged":
      return { invitationCount: event.pendingCount };
    case "PostShared":
      return { sharedPosts: { edges: [...space.sharedPosts.edges, { node: event.sharedPost }] } };
    case "PostUnshared":
      return { sharedPosts: { edges: space.sharedPosts.edges.filter(({ node }) => node.post?.id !== event.postId) } };
    case "RecordingDeleted":
      return { recordingDeletedAt: event.at };
    default:
      return {};
  }
}

function changed(stage: SeatFragment[], userId: string, change: Partial<SeatFragment>): SeatFragment[] {
  return stage.map((seat) => (seat.user.id === userId ? { ...seat, ...change } : seat));
}

function seated(stage: SeatFragment[], taken: SeatFragment): SeatFragment[] {
  const has = stage.some(({ user }) => user.id === taken.user.id);
  return has ? changed(stage, taken.user.id, taken) : [...stage, taken];
}

function transferred(space: SpaceViewFragment, hostId: string, formerHostId: string): Partial<SpaceViewFragment> {
  const stage = changed(changed(space.stage, hostId, { role: "HOST" }), formerHostId, { role: "COHOST" });
  const host = stage.find(({ user }) => user.id === hostId)?.user ?? space.host;
  return { stage, host, hostPresence: "PRESENT" };
}
