// Who asks: the token in the address that the server printed for its developer, else whoever is logged in here.
import { readToken } from "../session/token";

// A fragment never reaches a server; it is taken out of the address, so that no copied link carries it.
export function headersOfViewer(): string {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) {
    history.replaceState(null, "", location.pathname);
    // Tabs that were kept have the token from before.
    sessionStorage.clear();
  }
  const known = token ?? readToken();
  return known ? JSON.stringify({ Authorization: `Bearer ${known}` }, null, 2) : "";
}
