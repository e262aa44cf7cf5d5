// Addresses: which page is shown, and links that change it without a reload.
import { signal } from "@preact/signals";
import type { AnchorHTMLAttributes, ComponentChildren } from "preact";

export const path = signal(location.pathname);

addEventListener("popstate", () => (path.value = location.pathname));

export function go(to: string): void {
  if (to !== location.pathname) history.pushState(null, "", to);
  path.value = new URL(to, location.href).pathname;
  scrollTo(0, 0);
  // A new page begins for a screen reader where it begins for the eye.
  requestAnimationFrame(() => document.querySelector("main")?.focus({ preventScroll: true }));
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { href: string; children: ComponentChildren };

export function Link({ href, children, ...rest }: LinkProps) {
  const click = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return (
    <a href={href} onClick={click} aria-current={path.value === href ? "page" : undefined} {...rest}>
      {children}
    </a>
  );
}

// The last part of a Space's address: global ids are of the API, addresses of `Space.url`.
export const spaceAddress = (id: string) => `/spaces/${atob(id).split(":")[1]}`;
export const spaceIdAt = (address: string) => btoa(`Space:${address.split("/")[2]}`);

export const clipAddress = (id: string) => `/clips/${atob(id).split(":")[1]}`;
export const clipIdAt = (address: string) => btoa(`Clip:${address.split("/")[2]}`);

// A place in what was recorded of a Space, in ms from its first recorded sample.
export const placeAddress = (id: string, offsetMs: number) => `${spaceAddress(id)}#at=${offsetMs}`;

export function placeHere(): number | null {
  const at = new URLSearchParams(location.hash.slice(1)).get("at");
  return at && /^\d+$/.test(at) ? Number(at) : null;
}
