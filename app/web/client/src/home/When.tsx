// When a Space is to start, by the clock of a time zone.
import type { Refusal } from "../api/refused";
import { Field } from "../ui/Field";
import { clockIn, here, momentIn, zones } from "./zones";

type WhenProps = { refusals: Refusal[]; start?: string | null; zone?: string | null };

export function When({ refusals, start, zone }: WhenProps) {
  const chosen = zone ?? here;
  return (
    <div class="row wrap">
      <Field
        label="Starts"
        name="scheduledStart"
        type="datetime-local"
        required
        defaultValue={start ? clockIn(start, chosen) : undefined}
        refusals={refusals}
      />
      <div class="field">
        <label for="zone">By the clock of</label>
        <select id="zone" name="timeZone">
          {[...new Set([chosen, ...zones])].map((one) => (
            <option key={one} selected={one === chosen}>
              {one}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

// What its fields say.
export function readWhen(form: FormData): { timeZone: string; scheduledStart: string } {
  const timeZone = String(form.get("timeZone"));
  return { timeZone, scheduledStart: momentIn(String(form.get("scheduledStart")), timeZone) };
}
