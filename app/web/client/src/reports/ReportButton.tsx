// Telling the operators what is wrong with a Space, a person or a clip.
import { useId, useState } from "preact/hooks";
import { attempt, type Refusal } from "../api/refused";
import { type ReportCategory, ReportClipDocument, ReportSpaceDocument, ReportUserDocument } from "../generated/operations";
import { Dialog } from "../ui/Dialog";
import { Field, Refusals } from "../ui/Field";
import { tell } from "../ui/notices";

export const CATEGORIES: Record<ReportCategory, string> = {
  ABUSE: "Abuse or harassment",
  HATE: "Hate",
  VIOLENCE: "Violence",
  CHILD_SAFETY: "Safety of children",
  SELF_HARM: "Self-harm",
  SEXUAL_CONTENT: "Sexual content",
  PRIVACY: "Privacy",
  IMPERSONATION: "Impersonation",
  SPAM: "Spam",
  OTHER: "Something else",
};

type Target = { spaceId: string } | { userId: string } | { clipId: string };

export function ReportButton({ of }: { of: Target }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button class="danger" onClick={() => setOpen(true)}>
        Report
      </button>
      {open && <Report of={of} onClose={() => setOpen(false)} />}
    </>
  );
}

function Report({ of, onClose }: { of: Target; onClose: () => void }) {
  const id = useId();
  const [refusals, refuse] = useState<Refusal[]>([]);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const details = { category: form.get("category") as ReportCategory, text: String(form.get("text")) };
    const { userErrors } =
      "spaceId" in of
        ? await attempt(ReportSpaceDocument, { input: { ...of, ...details } })
        : "clipId" in of
          ? await attempt(ReportClipDocument, { input: { ...of, ...details } })
          : await attempt(ReportUserDocument, { input: { ...of, ...details } });
    refuse(userErrors);
    if (userErrors.length) return;
    tell("Thank you. The operators of this server are told.");
    onClose();
  };
  return (
    <Dialog title="What is wrong?" onClose={onClose}>
      <form class="stack" onSubmit={(event) => void send(event)}>
        <div class="field">
          <label for={id}>It is about</label>
          <select id={id} name="category">
            {Object.entries(CATEGORIES).map(([category, name]) => (
              <option key={category} value={category}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <Field label="In your words" name="text" refusals={refusals} />
        <Refusals of={refusals} fields={["text"]} />
        <button class="primary">Send</button>
      </form>
    </Dialog>
  );
}
