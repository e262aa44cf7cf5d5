// Addresses of sound hold for minutes: the next ones are asked for in time, and again where that fails.
import { serverNow } from "../api/ask";

const LONGEST_BEFORE_MS = 60_000;
const BEFORE_SHARE = 0.5;
const AGAIN_MS = 1_500;

// `renew` answers until when what it got holds, or null where there is nothing to renew any more; where it throws it
// is asked again soon. Goes on until the returned function is called.
export function keepFresh(expiresAt: string, renew: () => Promise<string | null>): () => void {
  let timer = 0;
  let stopped = false;
  const after = (ms: number) => (timer = window.setTimeout(() => void again(), ms));
  const inTime = (until: string) => {
    const left = Date.parse(until) - serverNow();
    after(Math.max(AGAIN_MS, left - Math.min(LONGEST_BEFORE_MS, left * BEFORE_SHARE)));
  };
  const again = async () => {
    try {
      const next = await renew();
      if (!stopped && next) inTime(next);
    } catch {
      if (!stopped) after(AGAIN_MS);
    }
  };
  inTime(expiresAt);
  return () => {
    stopped = true;
    window.clearTimeout(timer);
  };
}
