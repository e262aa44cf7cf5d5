// For operators: what people reported, to be resolved.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { act } from "../api/refused";
import {
  AdminEndSpaceDocument,
  type ReportResolution,
  ReportsDocument,
  type ReportState,
  type ReportViewFragment,
  ResolveReportDocument,
} from "../generated/operations";
import { ClipSound } from "../clips/ClipSound";
import { PostCard } from "../posts/PostCard";
import { short } from "../spaces/when";
import { Link, spaceAddress } from "../ui/router";
import { CATEGORIES } from "./ReportButton";

const RESOLUTIONS: Record<ReportResolution, string> = {
  ACTION_TAKEN: "Action taken",
  NO_VIOLATION: "No violation",
  DUPLICATE: "Duplicate",
};

export function Reports() {
  const [state, setState] = useState<ReportState>("OPEN");
  const [reports, setReports] = useState<ReportViewFragment[] | null>(null);
  const [more, setMore] = useState<string | null>(null);
  const [said, say] = useState("");
  const load = async (after: string | null) => {
    try {
      const found = (await ask(ReportsDocument, { state, after })).reports;
      const nodes = found?.edges.map(({ node }) => node) ?? [];
      setReports((before) => (after && before ? [...before, ...nodes] : nodes));
      setMore(found?.pageInfo.hasNextPage ? (found.pageInfo.endCursor ?? null) : null);
      say(after || nodes.length ? "" : "There is none.");
    } catch (problem) {
      say((problem as Error).message);
    }
  };
  useEffect(() => void load(null), [state]);
  return (
    <>
      <h1>Reports</h1>
      <div class="segments" role="group" aria-label="Which reports">
        <button aria-pressed={state === "OPEN"} onClick={() => setState("OPEN")}>
          Open
        </button>
        <button aria-pressed={state === "RESOLVED"} onClick={() => setState("RESOLVED")}>
          Resolved
        </button>
      </div>
      {said && <p role="status">{said}</p>}
      {reports?.map((report) => <Report key={report.id} report={report} onChange={() => void load(null)} />)}
      {more && <button onClick={() => void load(more)}>More</button>}
    </>
  );
}

function Report({ report, onChange }: { report: ReportViewFragment; onChange: () => void }) {
  const { id, target } = report;
  const run = (action: Promise<unknown>) => void action.then(onChange);
  const resolve = (resolution: ReportResolution) => act(ResolveReportDocument, { input: { reportId: id, resolution } });
  return (
    <section class="card" aria-label={`${CATEGORIES[report.category]}, reported by ${report.reporter.displayName}`}>
      <p>
        <strong>{CATEGORIES[report.category]}</strong>{" "}
        <span class="quiet">
          · {short(report.reportedAt)} · by {report.reporter.displayName}
        </span>
      </p>
      {report.text && <p>{report.text}</p>}
      <Target of={target} />
      {report.resolution && <p class="quiet">{RESOLUTIONS[report.resolution]}</p>}
      {report.state === "OPEN" && (
        <div class="row wrap">
          {(Object.keys(RESOLUTIONS) as ReportResolution[]).map((resolution) => (
            <button key={resolution} onClick={() => run(resolve(resolution))}>
              {RESOLUTIONS[resolution]}
            </button>
          ))}
          {target?.__typename === "Space" && target.state === "LIVE" && (
            <button
              class="danger"
              onClick={() =>
                run(act(AdminEndSpaceDocument, { input: { spaceId: target.id, reason: CATEGORIES[report.category] } }))
              }
            >
              End the Space
            </button>
          )}
        </div>
      )}
    </section>
  );
}

function Target({ of }: { of: ReportViewFragment["target"] }) {
  switch (of?.__typename) {
    case "Space":
      return (
        <p>
          Space: <Link href={spaceAddress(of.id)}>{of.title}</Link>
        </p>
      );
    case "User":
      return (
        <p>
          Person: <Link href={`/people/${of.handle}`}>{of.displayName}</Link>
        </p>
      );
    case "Post":
      return <PostCard post={of} />;
    case "Clip":
      return <ClipSound clip={of} label={`Clip by ${of.creator.displayName}`} preload="none" />;
    default:
      return <p class="quiet">It is gone since.</p>;
  }
}
