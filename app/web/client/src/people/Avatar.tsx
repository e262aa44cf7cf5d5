// A person's picture: their initials on a colour of their own, drawn here.
import type { PersonFragment } from "../generated/operations";

export function Avatar({ person }: { person: PersonFragment }) {
  const initials = person.displayName
    .split(/\s+/)
    .map((word) => [...word][0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();
  return (
    <svg class={`avatar hue-${hue(person.handle)}`} viewBox="0 0 48 48" aria-hidden="true">
      <circle cx="24" cy="24" r="24" />
      <text x="24" y="25" text-anchor="middle" dominant-baseline="central">
        {initials}
      </text>
    </svg>
  );
}

// One of 8 colours, each readable behind white letters.
function hue(handle: string): number {
  return [...handle].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 997, 7) % 8;
}
