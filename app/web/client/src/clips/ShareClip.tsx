// Telling others of a clip: its link, a Post, or its player in a page of theirs.
import { act } from "../api/refused";
import { CreatePostDocument } from "../generated/operations";
import { viewer } from "../session/session";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { tell } from "../ui/notices";

type ShareProps = { id: string; url: string; title: string; onClose: () => void };

export function ShareClip({ id, url, title, onClose }: ShareProps) {
  const copy = async (text: string, said: string) => {
    await navigator.clipboard.writeText(text);
    tell(said);
    onClose();
  };
  const post = async (event: SubmitEvent) => {
    event.preventDefault();
    const text = String(new FormData(event.target as HTMLFormElement).get("text"));
    if (!(await act(CreatePostDocument, { input: { text, card: { clipId: id } } }))) return;
    tell("Posted.");
    onClose();
  };
  const player = playerOf(url, title);
  return (
    <Dialog title="Share this clip" onClose={onClose}>
      <div class="row end">
        <Field label="Link" name="link" value={url} readOnly />
        <button onClick={() => void copy(url, "The link is copied.")}>Copy</button>
      </div>
      {"share" in navigator && (
        // Whoever changes their mind there has shared nothing, and is told nothing.
        <button onClick={() => void navigator.share({ url, title }).then(onClose, () => {})}>By another app …</button>
      )}
      {viewer.value && (
        <form class="row end" onSubmit={(event) => void post(event)}>
          <Field label="A Post to those who follow you" name="text" maxLength={280} />
          <button class="primary">Post</button>
        </form>
      )}
      <div class="row end">
        <Field label="Player for a page of yours" name="player" value={player} readOnly />
        <button aria-label="Copy the player" onClick={() => void copy(player, "The player's HTML is copied.")}>
          Copy
        </button>
      </div>
    </Dialog>
  );
}

// As `/oembed` has it.
function playerOf(url: string, title: string): string {
  const { origin, pathname } = new URL(url);
  const frame = document.createElement("iframe");
  frame.src = `${origin}/embed${pathname}`;
  frame.title = title;
  frame.width = "600";
  frame.height = "170";
  frame.loading = "lazy";
  return frame.outerHTML;
}
