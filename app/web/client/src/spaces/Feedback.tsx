// How a Space was: said by whoever was in it, and for its host what all of that comes to.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { attempt, type Refusal } from "../api/refused";
import { FeedbackDocument, type FeedbackQuery, GiveFeedbackDocument } from "../generated/operations";
import { Field, Refusals } from "../ui/Field";
import type { Room } from "./room";

const RATINGS = ["Bad", "Not so good", "All right", "Good", "Very good"];

type Known = NonNullable<FeedbackQuery["space"]>;

export function Feedback({ room }: { room: Room }) {
  const [known, setKnown] = useState<Known | null>(null);
  const may = room.may("GIVE_FEEDBACK");
  const load = () => void ask(FeedbackDocument, { spaceId: room.id }).then(({ space }) => setKnown(space ?? null), () => {});
  useEffect(load, [room.id, may]);
  if (!known || (!may && !known.feedbackSummary)) return null;
  return (
    <section class="card" aria-labelledby="feedback-title">
      <h2 id="feedback-title">How was it?</h2>
      {known.feedbackSummary && <Summary of={known.feedbackSummary} />}
      {may && <Say room={room} before={known.viewerFeedback ?? null} onSaid={load} />}
    </section>
  );
}

function Summary({ of: { count, averageRating } }: { of: NonNullable<Known["feedbackSummary"]> }) {
  if (!count) return <p class="quiet">Nobody has said yet.</p>;
  return (
    <p>
      <strong>{averageRating!.toFixed(1)}</strong> of 5, as {count === 1 ? "one person says" : `${count} people say`}.
    </p>
  );
}

type SayProps = { room: Room; before: Known["viewerFeedback"] | null; onSaid: () => void };

function Say({ room, before, onSaid }: SayProps) {
  const [refusals, refuse] = useState<Refusal[]>([]);
  const [thanked, thank] = useState(false);
  const say = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const input = { spaceId: room.id, rating: Number(form.get("rating")), text: String(form.get("text")) };
    try {
      const { userErrors } = await attempt(GiveFeedbackDocument, { input });
      refuse(userErrors);
      thank(!userErrors.length);
      if (!userErrors.length) onSaid();
    } catch (problem) {
      refuse([{ code: "FAILED", message: (problem as Error).message }]);
    }
  };
  return (
    <form class="stack" onSubmit={(event) => void say(event)}>
      <fieldset>
        <legend class="sr-only">How was it?</legend>
        <div class="chips">
          {RATINGS.map((said, at) => (
            <label key={said} class="chip">
              <input type="radio" name="rating" value={at + 1} required defaultChecked={before?.rating === at + 1} />
              {said}
            </label>
          ))}
        </div>
      </fieldset>
      <Field label="In your words, if you like" name="text" maxLength={1000} defaultValue={before?.text} refusals={refusals} />
      <Refusals of={refusals} fields={["text"]} />
      <div class="row">
        <button class="primary">{before ? "Change what you said" : "Tell"}</button>
        <span role="status">{thanked && "Thank you."}</span>
      </div>
    </form>
  );
}
