// The controls that the system shows while a Space is heard: on a lock screen, by the keys of a headset.
import type { Sound } from "./sound";

export function keepControls(sound: Sound, title: string, artist: string): void {
  if (!("mediaSession" in navigator)) return;
  navigator.mediaSession.metadata = new MediaMetadata({ title, artist, album: "Spaces" });
  const actions: [MediaSessionAction | "togglemicrophone", () => void][] = [
    ["play", () => void (sound.hearing.value === "off" ? sound.listen() : sound.element.play())],
    ["pause", () => sound.element.pause()],
    ["stop", () => sound.stop()],
    ["togglemicrophone", () => dispatchEvent(new CustomEvent("spaces:microphone"))],
  ];
  for (const [action, handler] of actions) {
    try {
      navigator.mediaSession.setActionHandler(action as MediaSessionAction, handler);
    } catch {
      // Not every browser knows every action.
    }
  }
}
