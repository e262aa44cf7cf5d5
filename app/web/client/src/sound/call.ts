// Sound both ways over one WebSocket, where the network lets no UDP pass: by the client that the server offers to all.
type Call = EventTarget & { output: AudioNode; connect(): Promise<unknown>; close(): void };
type Calls = { Call: { new (url: string, options: { microphone: MediaStream | null }): Call; supported: boolean } };

const SOURCE = "/static/call.js";

export type OpenCall = { stream: MediaStream; close: () => void };

// What is heard comes as a stream. Throws what keeps it from that; `onLost` is called once, when it is over later.
export async function openCall(url: string, microphone: MediaStreamTrack | null, onLost: () => void): Promise<OpenCall> {
  const { Call } = (await import(/* @vite-ignore */ SOURCE)) as Calls;
  if (!Call.supported) throw new Error("This browser cannot speak over a WebSocket.");
  const call = new Call(url, { microphone: microphone && new MediaStream([microphone]) });
  await call.connect();
  const heard = new MediaStreamAudioDestinationNode(call.output.context as AudioContext);
  call.output.disconnect();
  call.output.connect(heard);
  let closed = false;
  call.addEventListener("close", () => !closed && onLost());
  const close = () => {
    closed = true;
    call.close();
  };
  return { stream: heard.stream, close };
}
