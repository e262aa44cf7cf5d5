// Notices: what is told in passing, by eye and by screen reader, and goes by itself.
import { signal } from "@preact/signals";
import { Link } from "./router";

const SHOWN_MS = 8_000;

const notices = signal<{ id: number; text: string; to?: string }[]>([]);
let last = 0;

// `to`: the address of what it is about.
export function tell(text: string, to?: string): void {
  const id = ++last;
  notices.value = [...notices.value, { id, text, to }].slice(-3);
  setTimeout(() => (notices.value = notices.value.filter((one) => one.id !== id)), SHOWN_MS);
}

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, text, to }) => (
        <p key={id}>
          {text} {to && <Link href={to}>Open</Link>}
        </p>
      ))}
    </div>
  );
}
