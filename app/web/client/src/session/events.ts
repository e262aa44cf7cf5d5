// What concerns the viewer alone: told in passing, wherever they are in the client.
import { effect, signal } from "@preact/signals";
import { follow } from "../api/follow";
import {
  type ConversationViewFragment,
  type MessageViewFragment,
  ViewerEventsDocument,
  type ViewerEventsSubscription,
} from "../generated/operations";
import { countUnread } from "../messages/unread";
import { room } from "../spaces/room";
import { moment } from "../spaces/when";
import { tell } from "../ui/notices";
import { path, spaceAddress } from "../ui/router";
import { token } from "./session";

let snapshots = 0;

type ViewerEvent = ViewerEventsSubscription["viewerEvents"];

// The last direct message that came in, or that the viewer wrote, be it elsewhere.
export const arrived = signal<MessageViewFragment | null>(null);
// The last conversation that the viewer read, be it elsewhere.
export const readElsewhere = signal<ConversationViewFragment | null>(null);
// Goes up when the stream begins anew: what happened before that is not told.
export const restarted = signal(0);

// Follows for whoever is logged in, for as long as they are.
export function followViewer(): void {
  effect(() => {
    if (!token.value) return;
    let after: number | null = null;
    return follow(ViewerEventsDocument, () => ({ after }), {
      onData: ({ viewerEvents }) => {
        after = viewerEvents.version;
        happened(viewerEvents);
      },
    });
  });
}

function happened(event: ViewerEvent): void {
  // What a Space offers its viewer may be otherwise now.
  if ("spaceId" in event && event.spaceId === room.peek()?.id) void room.peek()!.refresh();
  written(event);
  const said = inWords(event);
  const to = addressOf(event);
  // Who is there already sees it.
  if (said && to !== path.peek()) tell(said, to);
}

function written(event: ViewerEvent): void {
  switch (event.__typename) {
    case "ViewerSnapshot":
      // The first one comes while the pages ask for what there is.
      if (snapshots++) restarted.value++;
      return countUnread();
    case "DirectMessageReceived":
      arrived.value = event.message ?? null;
      // Who looks at the conversation reads it at once, which is told too.
      return beforeOnesEyes(event) ? undefined : countUnread();
    case "DirectMessageSent":
      arrived.value = event.message ?? null;
      return;
    case "ConversationRead":
      readElsewhere.value = event.conversation ?? null;
      return countUnread();
  }
}

const beforeOnesEyes = (event: ViewerEvent) => addressOf(event) === path.peek() && document.visibilityState === "visible";

function addressOf(event: ViewerEvent): string | undefined {
  if (event.__typename === "DirectMessageReceived") return event.message ? `/messages/${event.message.sender.handle}` : undefined;
  return "space" in event && event.space ? spaceAddress(event.space.id) : undefined;
}

function inWords(event: ViewerEvent): string | null {
  const title = "space" in event && event.space ? `“${event.space.title}”` : "a Space";
  switch (event.__typename) {
    case "InvitationReceived":
      return `${event.invitation.invitedBy.displayName} invites you to the stage of ${title}.`;
    case "ReminderDue":
      return event.kind === "NOW" ? `${title} is to start now.` : `${title} starts soon.`;
    case "ScheduledSpaceMoved":
      return `${title} is now to start ${moment(event.scheduledStart)}.`;
    case "ScheduledSpaceCanceled":
      return `${title} will not take place.`;
    case "BlockedSpeakerWarning":
      return `${event.speaker.displayName}, whom you block, speaks in ${title}.`;
    case "DirectMessageReceived":
      if (!event.message || event.message.sender.viewerMutes) return null;
      return `${event.message.sender.displayName}: ${event.message.text || "a Space"}`;
    default:
      return null;
  }
}
