// Log-in and sign-up.
import { useState } from "preact/hooks";
import { attempt, type Refusal } from "../api/refused";
import { LogInDocument, SignUpDocument } from "../generated/operations";
import { Field, Refusals } from "../ui/Field";
import { go, Link } from "../ui/router";
import { logInWith } from "./session";

const FIELDS = ["handle", "displayName", "password"];

// Back to where one came from to log in: a Space's page, say.
const back = () => new URLSearchParams(location.search).get("to") ?? "/";
const within = (to: string) => (to.startsWith("/") && !to.startsWith("//") ? to : "/");

function useSubmit(send: (form: Record<string, string>) => Promise<{ token?: string | null; userErrors: Refusal[] }>) {
  const [refusals, refuse] = useState<Refusal[]>([]);
  const [busy, setBusy] = useState(false);
  const onSubmit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const form = Object.fromEntries(new FormData(event.target as HTMLFormElement)) as Record<string, string>;
      const { token, userErrors } = await send(form);
      refuse(userErrors);
      if (!token) return;
      const to = within(back());
      await logInWith(token);
      go(to);
    } catch (problem) {
      refuse([{ code: "FAILED", message: (problem as Error).message }]);
    } finally {
      setBusy(false);
    }
  };
  return { refusals, busy, onSubmit };
}

export function LogIn() {
  const { refusals, busy, onSubmit } = useSubmit(({ handle = "", password = "" }) =>
    attempt(LogInDocument, { input: { handle, password } }),
  );
  return (
    <form class="card narrow" onSubmit={onSubmit}>
      <h1>Log in</h1>
      <Field label="Handle" name="handle" autocomplete="username" autocapitalize="none" required refusals={refusals} />
      <Field label="Password" name="password" type="password" autocomplete="current-password" required refusals={refusals} />
      <Refusals of={refusals} fields={FIELDS} />
      <button class="primary" disabled={busy}>
        Log in
      </button>
      <p>
        New here? <Link href={`/sign-up${location.search}`}>Sign up</Link>
      </p>
    </form>
  );
}

export function SignUp() {
  const { refusals, busy, onSubmit } = useSubmit(({ handle = "", displayName = "", password = "" }) =>
    attempt(SignUpDocument, { input: { handle, displayName, password } }),
  );
  return (
    <form class="card narrow" onSubmit={onSubmit}>
      <h1>Sign up</h1>
      <Field label="Name" name="displayName" autocomplete="name" required refusals={refusals} />
      <Field
        label="Handle"
        name="handle"
        hint="3 to 15 letters, digits or _; nobody else has it."
        autocomplete="username"
        autocapitalize="none"
        required
        refusals={refusals}
      />
      <Field
        label="Password"
        name="password"
        hint="At least 8 characters."
        type="password"
        autocomplete="new-password"
        required
        refusals={refusals}
      />
      <Refusals of={refusals} fields={FIELDS} />
      <button class="primary" disabled={busy}>
        Sign up
      </button>
      <p>
        Have an account? <Link href={`/log-in${location.search}`}>Log in</Link>
      </p>
    </form>
  );
}
