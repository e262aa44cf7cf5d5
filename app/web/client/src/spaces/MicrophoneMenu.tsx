// The microphone in use: how loud it is, and which one.
import type { Room } from "./room";

export function MicrophoneMenu({ room }: { room: Room }) {
  const { microphone, speaking } = room.sound;
  if (speaking.value === "off") return null;
  return (
    <>
      <meter class="level" min={0} max={1} value={microphone.level.value} aria-label="Level of your microphone" />
      {microphone.devices.value.length > 1 && (
        <select
          aria-label="Microphone"
          value={microphone.deviceId.value}
          onChange={(event) => void room.sound.choose(event.currentTarget.value)}
        >
          {microphone.devices.value.map(({ deviceId, label }) => (
            <option key={deviceId} value={deviceId}>
              {label || "Microphone"}
            </option>
          ))}
        </select>
      )}
      {speaking.value === "lost" && <span role="status">Your microphone is being connected again …</span>}
    </>
  );
}
