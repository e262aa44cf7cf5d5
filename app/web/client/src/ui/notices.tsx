// Notices: what is told in passing, by eye and by screen reader, and goes by itself.
import { signal } from "@preact/signals";

const SHOWN_MS = 6_000;

const notices = signal<{ id: number; text: string }[]>([]);
let last = 0;

export function tell(text: string): void {
  const id = ++last;
  notices.value = [...notices.value, { id, text }].slice(-3);
  setTimeout(() => (notices.value = notices.value.filter((one) => one.id !== id)), SHOWN_MS);
}

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}
