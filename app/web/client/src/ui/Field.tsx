// A form's field with its label and, below it, what a rule said no to.
import { useId } from "preact/hooks";
import type { InputHTMLAttributes } from "preact";
import type { Refusal } from "../api/refused";

type FieldProps = InputHTMLAttributes<HTMLInputElement> & {
  label: string;
  name: string;
  hint?: string;
  refusals?: Refusal[];
};

export function Field({ label, name, hint, refusals = [], ...rest }: FieldProps) {
  const id = useId();
  const refusal = refusals.find(({ field }) => field === name);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        aria-invalid={refusal ? true : undefined}
        aria-describedby={refusal || hint ? `${id}-said` : undefined}
        {...rest}
      />
      {(refusal || hint) && (
        <p id={`${id}-said`} class={refusal ? "refusal" : "hint"}>
          {refusal?.message ?? hint}
        </p>
      )}
    </div>
  );
}

// Refusals that belong to no field of the form.
export function Refusals({ of, fields }: { of: Refusal[]; fields: string[] }) {
  return (
    <div role="alert">
      {of
        .filter(({ field }) => !field || !fields.includes(field))
        .map(({ code, message }) => (
          <p key={code} class="refusal">
            {message}
          </p>
        ))}
    </div>
  );
}
