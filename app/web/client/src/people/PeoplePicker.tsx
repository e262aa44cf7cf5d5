// Choosing several people: found by name or handle, shown as chips that are taken off again.
import { useRef, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { FindPeopleDocument, type PersonFragment } from "../generated/operations";
import { viewer } from "../session/session";
import { Field } from "../ui/Field";
import { Icon } from "../ui/Icon";
import { Avatar } from "./Avatar";

// As many as one message goes to.
export const MAX_PEOPLE = 20;

type PickerProps = {
  label: string;
  hint: string;
  people: PersonFragment[];
  onChange: (people: PersonFragment[]) => void;
};

export function PeoplePicker({ label, hint, people, onChange }: PickerProps) {
  const [found, setFound] = useState<PersonFragment[]>([]);
  const frame = useRef<HTMLDivElement>(null);
  const asked = useRef("");
  const field = () => frame.current!.querySelector("input")!;
  const find = async (query: string) => {
    asked.current = query;
    const some = query ? (await ask(FindPeopleDocument, { query }).catch(() => null))?.users.edges : [];
    // Answers to what was written before come late.
    if (some && asked.current === query) setFound(some.map(({ node }) => node));
  };
  const chosen = new Set([viewer.value?.user.id, ...people.map(({ id }) => id)]);
  const choices = people.length < MAX_PEOPLE ? found.filter(({ id }) => !chosen.has(id)) : [];
  const add = (person: PersonFragment) => {
    onChange([...people, person]);
    field().value = "";
    void find("");
    field().focus();
  };
  const remove = (person: PersonFragment) => {
    onChange(people.filter(({ id }) => id !== person.id));
    field().focus();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (choices[0]) add(choices[0]);
    }
    if (event.key === "Backspace" && !field().value && people.length) remove(people.at(-1)!);
  };
  return (
    <div ref={frame} class="stack">
      <Field
        label={label}
        name="query"
        type="search"
        autoComplete="off"
        placeholder="Name or handle"
        hint={people.length < MAX_PEOPLE ? hint : `That is ${MAX_PEOPLE} people, and no more at once.`}
        onInput={(event) => void find(event.currentTarget.value.trim())}
        onKeyDown={press}
      />
      {people.length > 0 && (
        <ul class="chips" aria-label="Chosen people">
          {people.map((person) => (
            <li key={person.id}>
              <button type="button" aria-label={`Take ${person.displayName} off`} onClick={() => remove(person)}>
                {person.displayName} <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <ul class="people" aria-live="polite">
        {choices.map((person) => (
          <li key={person.id}>
            <button type="button" class="choice-of-person" onClick={() => add(person)}>
              <Avatar person={person} />
              <span class="grow">
                {person.displayName} <span class="quiet">@{person.handle}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
