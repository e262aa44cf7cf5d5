// The session's token: the one secret that is kept, so that a reload does not log out.
const KEY = "spaces.token";

export function readToken(): string | null {
  return localStorage.getItem(KEY);
}

export function keepToken(token: string | null): void {
  if (token) localStorage.setItem(KEY, token);
  else localStorage.removeItem(KEY);
}
