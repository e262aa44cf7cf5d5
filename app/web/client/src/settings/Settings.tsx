// Settings: the profile, what new Spaces are like, who is blocked, reminders, and the history of recordings.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { act, attempt, type Refusal } from "../api/refused";
import {
  SettingsDocument,
  type SettingsQuery,
  type SpaceCardFragment,
  UnblockDocument,
  UpdateDefaultsDocument,
  UpdateProfileDocument,
  UpdateSettingsDocument,
} from "../generated/operations";
import { SpaceCard } from "../home/SpaceList";
import { Avatar } from "../people/Avatar";
import { loadViewer, logOut } from "../session/session";
import { Field, Refusals } from "../ui/Field";
import { tell } from "../ui/notices";
import { Link } from "../ui/router";

type Known = NonNullable<SettingsQuery["viewer"]>;

export function Settings() {
  const [known, setKnown] = useState<Known | null>(null);
  const load = () => void ask(SettingsDocument, {}).then(({ viewer }) => setKnown(viewer ?? null), () => {});
  useEffect(load, []);
  if (!known) return <p class="quiet">One moment …</p>;
  const run = (change: Promise<unknown>) => void change.then(load);
  return (
    <>
      <h1>Settings</h1>
      <Profile known={known} onChange={load} />
      <Choices known={known} run={run} />
      <Blocked known={known} run={run} />
      <Spaces title="Reminders" spaces={known.reminders.edges.map(({ node }) => node.space)} />
      <Spaces title="Your recordings" spaces={known.recordings.edges.map(({ node }) => node)} />
      <div class="row">
        {known.isOperator && (
          <Link href="/reports" class="button">
            Reports
          </Link>
        )}
        <button class="danger" onClick={() => void logOut()}>
          Log out
        </button>
      </div>
    </>
  );
}

function Profile({ known, onChange }: { known: Known; onChange: () => void }) {
  const [refusals, refuse] = useState<Refusal[]>([]);
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const input = { displayName: String(form.get("displayName")), bio: String(form.get("bio")) };
    const { userErrors } = await attempt(UpdateProfileDocument, { input });
    refuse(userErrors);
    if (userErrors.length) return;
    tell("Saved.");
    await loadViewer();
    onChange();
  };
  return (
    <form class="card" onSubmit={(event) => void save(event)}>
      <h2>Profile</h2>
      <Field label="Name" name="displayName" defaultValue={known.user.displayName} required refusals={refusals} />
      <Field label="About you" name="bio" defaultValue={known.user.bio} maxLength={160} refusals={refusals} />
      <Refusals of={refusals} fields={["displayName", "bio"]} />
      <div class="row">
        <button class="primary">Save</button>
      </div>
    </form>
  );
}

type PartProps = { known: Known; run: (change: Promise<unknown>) => void };

function Choices({ known: { settings, spaceDefaults }, run }: PartProps) {
  const { listeningVisibility } = settings;
  const { recordingEnabled, clippingAllowed } = spaceDefaults;
  return (
    <section class="card" aria-labelledby="choices-title">
      <h2 id="choices-title">Spaces</h2>
      <Choice
        label="Record my new Spaces"
        checked={recordingEnabled}
        onChange={() => run(act(UpdateDefaultsDocument, { input: { recordingEnabled: !recordingEnabled } }))}
      />
      <Choice
        label="Allow clips of my new Spaces"
        checked={clippingAllowed}
        onChange={() => run(act(UpdateDefaultsDocument, { input: { clippingAllowed: !clippingAllowed } }))}
      />
      <Choice
        label="Let my followers see where I listen"
        checked={listeningVisibility}
        onChange={() => run(act(UpdateSettingsDocument, { input: { listeningVisibility: !listeningVisibility } }))}
      />
    </section>
  );
}

function Choice({ label, ...rest }: { label: string; checked: boolean; onChange: () => void }) {
  return (
    <label class="choice">
      <input type="checkbox" {...rest} /> {label}
    </label>
  );
}

function Blocked({ known, run }: PartProps) {
  const people = known.blocks.edges.map(({ node }) => node);
  return (
    <section class="card" aria-labelledby="blocked-title">
      <h2 id="blocked-title">Blocked people</h2>
      {!people.length && <p class="quiet">Nobody.</p>}
      <ul class="people">
        {people.map((person) => (
          <li key={person.id}>
            <Avatar person={person} />
            <span class="grow">{person.displayName}</span>
            <button
              aria-label={`Unblock ${person.displayName}`}
              onClick={() => run(act(UnblockDocument, { input: { userId: person.id } }))}
            >
              Unblock
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Spaces({ title, spaces }: { title: string; spaces: SpaceCardFragment[] }) {
  if (!spaces.length) return null;
  return (
    <>
      <h2>{title}</h2>
      <ul class="space-list">
        {spaces.map((space) => (
          <SpaceCard key={space.id} space={space} />
        ))}
      </ul>
    </>
  );
}
