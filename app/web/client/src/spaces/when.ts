// Moments and durations in words, by the reader's own clock or another one.
export function moment(iso: string, timeZone?: string): string {
  return new Date(iso).toLocaleString([], { dateStyle: "full", timeStyle: "short", timeZone });
}

export function short(iso: string): string {
  return new Date(iso).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

// As short as lists have it: of today the time, else the day.
export function brief(iso: string): string {
  const [at, now] = [new Date(iso), new Date()];
  return at.toDateString() === now.toDateString()
    ? at.toLocaleTimeString([], { timeStyle: "short" })
    : at.toLocaleDateString([], { dateStyle: "medium" });
}

export function lasted(fromIso: string, toIso: string): string {
  const minutes = Math.max(1, Math.round((Date.parse(toIso) - Date.parse(fromIso)) / 60_000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
