// Raised hands, for those who may answer them.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { act } from "../api/refused";
import { AcceptSpeakRequestDocument, DeclineSpeakRequestDocument, HandsDocument, type HandsQuery } from "../generated/operations";
import { Avatar } from "../people/Avatar";
import type { Room } from "./room";

type Hand = NonNullable<NonNullable<HandsQuery["space"]>["speakRequests"]>["edges"][number]["node"];

export function Hands({ room }: { room: Room }) {
  const [hands, setHands] = useState<Hand[]>([]);
  const { speakRequestCount, version } = room.space.value!;
  const may = room.may("ANSWER_REQUESTS");
  useEffect(() => {
    if (!may) return;
    if (!speakRequestCount) return setHands([]);
    void ask(HandsDocument, { spaceId: room.id }).then(({ space }) =>
      setHands(space?.speakRequests?.edges.map(({ node }) => node) ?? []),
    );
    // Events of another kind change nothing here, but the version tells of one hand that replaced another.
  }, [may, speakRequestCount, speakRequestCount && version]);
  if (!may || !hands.length) return null;
  return (
    <section aria-labelledby="hands-title" class="card">
      <h2 id="hands-title">Raised hands</h2>
      <ul class="people" aria-live="polite">
        {hands.map(({ id, user }) => (
          <li key={id}>
            <Avatar person={user} />
            <span class="grow">{user.displayName}</span>
            <button
              class="primary"
              aria-label={`Accept ${user.displayName}`}
              onClick={() => void act(AcceptSpeakRequestDocument, { input: { spaceId: room.id, requestId: id } })}
            >
              Accept
            </button>
            <button
              aria-label={`Decline ${user.displayName}`}
              onClick={() => void act(DeclineSpeakRequestDocument, { input: { spaceId: room.id, requestId: id } })}
            >
              Decline
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
