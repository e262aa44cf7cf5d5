// The controls that the system shows while something is heard: on a lock screen, by the keys of a headset.
const ICON = "/static/icon-512.png";
const STEP_SECONDS = 10;

export type Heard = { title: string; artist: string };
type Action = MediaSessionAction | "togglemicrophone";
type Handlers = Partial<Record<Action, (details: MediaSessionActionDetails) => void>>;

// Shows them for this element, with these handlers, until the returned function is called.
export function showControls(element: HTMLAudioElement, { title, artist }: Heard, handlers: Handlers): () => void {
  const { mediaSession } = navigator;
  if (!mediaSession) return () => {};
  const artwork = [{ src: new URL(ICON, location.href).href, sizes: "512x512", type: "image/png" }];
  mediaSession.metadata = new MediaMetadata({ title, artist, album: "Spaces", artwork });
  const show = () => (mediaSession.playbackState = element.paused ? "paused" : "playing");
  const events = ["play", "playing", "pause"];
  for (const event of events) element.addEventListener(event, show);
  show();
  for (const [action, handler] of Object.entries(handlers)) handle(action as Action, handler);
  return () => {
    for (const event of events) element.removeEventListener(event, show);
    for (const action of Object.keys(handlers)) handle(action as Action, null);
    mediaSession.metadata = null;
    mediaSession.playbackState = "none";
  };
}

// The same for what has an end and can be sought in; they show where it is.
export function showSeekingControls(element: HTMLAudioElement, heard: Heard): () => void {
  const seek = (to: number) => (element.currentTime = Math.max(0, Math.min(element.duration || 0, to)));
  const hide = showControls(element, heard, {
    play: () => void element.play(),
    pause: () => element.pause(),
    stop: () => {
      element.pause();
      seek(0);
    },
    seekbackward: ({ seekOffset }) => seek(element.currentTime - (seekOffset ?? STEP_SECONDS)),
    seekforward: ({ seekOffset }) => seek(element.currentTime + (seekOffset ?? STEP_SECONDS)),
    seekto: ({ seekTime }) => seek(seekTime ?? 0),
  });
  const place = () => showPlace(element);
  const events = ["durationchange", "seeked", "ratechange", "play", "pause"];
  for (const event of events) element.addEventListener(event, place);
  place();
  return () => {
    for (const event of events) element.removeEventListener(event, place);
    navigator.mediaSession?.setPositionState?.();
    hide();
  };
}

function showPlace({ duration, currentTime, playbackRate }: HTMLAudioElement): void {
  if (!Number.isFinite(duration)) return;
  navigator.mediaSession?.setPositionState?.({ duration, playbackRate, position: Math.min(currentTime, duration) });
}

function handle(action: Action, handler: MediaSessionActionHandler | null): void {
  try {
    navigator.mediaSession.setActionHandler(action as MediaSessionAction, handler);
  } catch {
    // Not every browser knows every action.
  }
}
