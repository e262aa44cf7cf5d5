// The shape of a sound, drawn as one path.
export function Waveform({ of }: { of: number[] }) {
  const step = 100 / Math.max(1, of.length);
  const bars = of.map((peak, at) => `M${(at * step + step / 2).toFixed(2)} ${20 - 19 * peak}v${(38 * peak + 0.5).toFixed(2)}`);
  return (
    <svg class="waveform" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true">
      <path d={bars.join("")} />
    </svg>
  );
}
