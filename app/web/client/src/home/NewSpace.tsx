// Opening a Space now, or announcing it for later.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { act, attempt, type Refusal } from "../api/refused";
import {
  CreateSpaceDocument,
  DefaultsDocument,
  type DefaultsQuery,
  ScheduleSpaceDocument,
  StartSpaceDocument,
} from "../generated/operations";
import { Field, Refusals } from "../ui/Field";
import { go, spaceAddress } from "../ui/router";
import { readWhen, When } from "./When";

const FIELDS = ["title", "scheduledStart", "topics"];

export function NewSpace() {
  const [known, setKnown] = useState<DefaultsQuery | null>(null);
  const [later, setLater] = useState(false);
  const [refusals, refuse] = useState<Refusal[]>([]);
  const [busy, setBusy] = useState(false);
  useEffect(() => void ask(DefaultsDocument, {}).then(setKnown, () => {}), []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const id = await make(new FormData(event.target as HTMLFormElement), later, refuse);
      if (id) go(spaceAddress(id));
    } catch (problem) {
      refuse([{ code: "FAILED", message: (problem as Error).message }]);
    } finally {
      setBusy(false);
    }
  };
  if (!known?.viewer) return <p class="quiet">One moment …</p>;
  const { recordingEnabled, clippingAllowed } = known.viewer.spaceDefaults;
  return (
    <form class="card" onSubmit={(event) => void submit(event)}>
      <h1>Open a Space</h1>
      <Field label="What do you want to talk about?" name="title" maxLength={70} required refusals={refusals} />
      <fieldset>
        <legend>Topics, at most 3</legend>
        <div class="chips">
          {known.topics.map((topic) => (
            <label key={topic} class="chip">
              <input type="checkbox" name="topics" value={topic} />
              {topic}
            </label>
          ))}
        </div>
      </fieldset>
      <label class="choice">
        <input type="checkbox" name="recordingEnabled" defaultChecked={recordingEnabled} /> Record it, for a replay
      </label>
      <label class="choice">
        <input type="checkbox" name="clippingAllowed" defaultChecked={clippingAllowed} /> Clips may be made
      </label>
      <label class="choice">
        <input type="checkbox" checked={later} onChange={() => setLater(!later)} /> Schedule it for later
      </label>
      {later && <When refusals={refusals} />}
      <Refusals of={refusals} fields={FIELDS} />
      <button class="primary big" disabled={busy}>
        {later ? "Schedule" : "Go live"}
      </button>
    </form>
  );
}

// The new Space's id; null where a rule said no.
async function make(form: FormData, later: boolean, refuse: (refusals: Refusal[]) => void): Promise<string | null> {
  const settings = {
    title: String(form.get("title")),
    topics: form.getAll("topics").map(String),
    recordingEnabled: form.has("recordingEnabled"),
    clippingAllowed: form.has("clippingAllowed"),
  };
  const payload = later
    ? await attempt(ScheduleSpaceDocument, {
        input: { ...settings, ...readWhen(form) },
      })
    : await attempt(CreateSpaceDocument, { input: settings });
  refuse(payload.userErrors);
  if (!payload.space) return null;
  if (!later) await act(StartSpaceDocument, { input: { spaceId: payload.space.id } });
  return payload.space.id;
}
