// Who is logged in here.
import { signal } from "@preact/signals";
import { ask } from "../api/ask";
import { hangUpSocket } from "../api/follow";
import { LogOutDocument, ViewerDocument, type ViewerQuery } from "../generated/operations";
import { keepToken, readToken } from "./token";

export type Viewer = NonNullable<ViewerQuery["viewer"]>;

export const token = signal(readToken());
export const viewer = signal<Viewer | null>(null);

export async function logInWith(newToken: string): Promise<void> {
  keepToken(newToken);
  hangUpSocket();
  token.value = newToken;
  await loadViewer();
}

// Forgets the session here; its token stays good elsewhere.
export function logOutHere(): void {
  keepToken(null);
  hangUpSocket();
  viewer.value = null;
  token.value = null;
}

export async function logOut(): Promise<void> {
  await ask(LogOutDocument, {}).catch(() => {});
  logOutHere();
}

export async function loadViewer(): Promise<void> {
  if (token.value) viewer.value = (await ask(ViewerDocument, {})).viewer ?? null;
}

// Another tab logged in or out.
addEventListener("storage", () => {
  if (readToken() === token.value) return;
  hangUpSocket();
  viewer.value = null;
  token.value = readToken();
  void loadViewer();
});
