// Time zones: a moment by the clock of one of them.
export const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
export const zones = [...new Set([here, "UTC", ...Intl.supportedValuesOf("timeZone")])];

// The moment (RFC 3339) at which a clock in this zone shows `local`, such as 2031-05-01T18:30.
export function momentIn(local: string, timeZone: string): string {
  const asUtc = Date.parse(`${local}Z`);
  // Twice, as the offset may be another one just then: on the day that clocks change.
  const guess = asUtc - offset(asUtc, timeZone);
  return new Date(asUtc - offset(guess, timeZone)).toISOString();
}

function offset(moment: number, timeZone: string): number {
  const shown = new Date(moment).toLocaleString("sv-SE", { timeZone });
  return Date.parse(`${shown.replace(" ", "T")}Z`) - Math.floor(moment / 1000) * 1000;
}

// What a clock in this zone shows at a moment, as `momentIn` takes it.
export function clockIn(moment: string, timeZone: string): string {
  return new Date(moment).toLocaleString("sv-SE", { timeZone }).replace(" ", "T").slice(0, 16);
}
