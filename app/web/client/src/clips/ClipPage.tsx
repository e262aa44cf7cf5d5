// The page of one clip, which its link opens: heard, read, saved and shared, and on to the Space it is from.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { act } from "../api/refused";
import { ClipPageDocument, type ClipPageQuery, DeleteClipDocument } from "../generated/operations";
import { Avatar } from "../people/Avatar";
import { ReportButton } from "../reports/ReportButton";
import { viewer } from "../session/session";
import { short } from "../spaces/when";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { clipAddress, go, Link, placeAddress, spaceAddress } from "../ui/router";
import { ClipDialog, Said } from "./ClipDialog";
import { ShareClip } from "./ShareClip";
import { Waveform } from "./Waveform";

type Clip = NonNullable<ClipPageQuery["clip"]>;

export function ClipPage({ id }: { id: string }) {
  const [clip, setClip] = useState<Clip | null | undefined>(undefined);
  const load = () => void ask(ClipPageDocument, { id }).then(({ clip }) => setClip(clip ?? null), () => setClip(null));
  useEffect(load, [id]);
  const title = clip?.space?.title ?? "Clip";
  useEffect(() => void (document.title = `${title} · Spaces`), [title]);
  if (clip === undefined) return <p class="quiet">One moment …</p>;
  if (clip === null) return <Gone />;
  return (
    <article class="space" aria-label={`Clip of ${title}`}>
      <header class="space-head">
        <p class="badges">
          <span class="badge">Clip · {Math.round(clip.durationMs / 1000)} s</span>
          {clip.state === "DRAFT" && <span class="badge rec">Draft: seen by you alone</span>}
        </p>
        <h1>{title}</h1>
        <From clip={clip} />
      </header>
      <Player clip={clip} />
      <Tools clip={clip} onChange={load} />
      {clip.transcript.length > 0 && (
        <section class="card" aria-labelledby="said-title">
          <h2 id="said-title">What is said</h2>
          <Said phrases={clip.transcript} />
        </section>
      )}
    </article>
  );
}

function From({ clip: { creator, publishedAt, space, startOffsetMs } }: { clip: Clip }) {
  return (
    <>
      <p class="row">
        <Avatar person={creator} />
        <span>
          Cut by <Link href={`/people/${creator.handle}`}>{creator.displayName}</Link>
          {publishedAt && (
            <span class="quiet">
              {" "}
              · <time dateTime={publishedAt}>{short(publishedAt)}</time>
            </span>
          )}
        </span>
      </p>
      {space && (
        <p class="quiet">
          From a Space hosted by <Link href={`/people/${space.host.handle}`}>{space.host.displayName}</Link>.{" "}
          <Onward space={space} startOffsetMs={startOffsetMs} />
        </p>
      )}
    </>
  );
}

// A clip outlives the recording that it is from.
function Onward({ space, startOffsetMs }: { space: NonNullable<Clip["space"]>; startOffsetMs: number }) {
  if (space.state === "LIVE") return <Link href={spaceAddress(space.id)}>It is live: come and listen</Link>;
  if (space.recordingDeletedAt) return <Link href={spaceAddress(space.id)}>To the Space</Link>;
  return <Link href={placeAddress(space.id, startOffsetMs)}>Go on there, at {clock(startOffsetMs)}</Link>;
}

// A public clip's sound has an address that holds, a draft's one of its creator's.
function soundOf(clip: Clip): string {
  return clip.state === "PUBLISHED" ? `${clipAddress(clip.id)}/clip.m4a` : clip.url;
}

function Player({ clip }: { clip: Clip }) {
  const played = useRef<HTMLSpanElement>(null);
  const show = ({ currentTarget: { currentTime } }: { currentTarget: HTMLAudioElement }) =>
    (played.current!.style.width = `${Math.min(100, (100 * currentTime * 1000) / clip.durationMs)}%`);
  return (
    <section class="card" aria-label="Player">
      <div class="track still">
        <span class="played" ref={played} />
        <Waveform of={clip.waveform} />
      </div>
      <audio controls preload="metadata" src={soundOf(clip)} aria-label="The clip" onTimeUpdate={show} onSeeked={show} />
    </section>
  );
}

function Tools({ clip, onChange }: { clip: Clip; onChange: () => void }) {
  const [open, setOpen] = useState<"share" | "post" | "delete" | null>(null);
  const close = () => setOpen(null);
  const remove = async () => {
    if (await act(DeleteClipDocument, { input: { clipId: clip.id } })) go("/");
  };
  return (
    <div class="row wrap">
      {clip.state === "PUBLISHED" && (
        <button class="primary" onClick={() => setOpen("share")}>
          <Icon name="share" /> Share
        </button>
      )}
      {clip.viewerCanPublish && (
        <button class="primary" onClick={() => setOpen("post")}>
          Post it
        </button>
      )}
      <a class="button" href={`${soundOf(clip)}?download`} download="">
        Download
      </a>
      {clip.viewerCanDelete && (
        <button class="danger" onClick={() => setOpen("delete")}>
          Delete
        </button>
      )}
      {viewer.value && viewer.value.user.id !== clip.creator.id && <ReportButton of={{ clipId: clip.id }} />}
      {open === "share" && <ShareClip id={clip.id} url={clip.pageUrl} title={clip.space?.title ?? "Clip"} onClose={close} />}
      {open === "post" && (
        <ClipDialog
          clip={clip}
          onClose={() => {
            close();
            onChange();
          }}
        />
      )}
      {open === "delete" && (
        <Dialog title="Delete the clip?" onClose={close}>
          <p>It is gone for good, for everyone. A Post that shows it stays, and says so.</p>
          <button class="danger" onClick={() => void remove()}>
            Delete it
          </button>
        </Dialog>
      )}
    </div>
  );
}

function Gone() {
  return (
    <section class="card narrow">
      <h1>There is no such clip</h1>
      <p>It was deleted, or it is not for you to hear.</p>
      <Link href="/" class="button">
        Home
      </Link>
    </section>
  );
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
