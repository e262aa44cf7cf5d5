// The frame of all pages: navigation, the page at the address, and the Space that is heard meanwhile.
import { useEffect } from "preact/hooks";
import { ClipPage } from "./clips/ClipPage";
import { Home } from "./home/Home";
import { NewSpace } from "./home/NewSpace";
import { SpacesTab } from "./home/SpacesTab";
import { Inbox } from "./messages/Inbox";
import { MessagesLink } from "./messages/MessagesLink";
import { Thread } from "./messages/Thread";
import { Avatar } from "./people/Avatar";
import { Profile } from "./people/Profile";
import { Reports } from "./reports/Reports";
import { LogIn, SignUp } from "./session/forms";
import { token, viewer } from "./session/session";
import { Settings } from "./settings/Settings";
import { exit, room } from "./spaces/room";
import { SpacePage } from "./spaces/SpacePage";
import { Icon } from "./ui/Icon";
import { Notices } from "./ui/notices";
import { clipIdAt, Link, path, spaceAddress, spaceIdAt } from "./ui/router";

export function App() {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <Navigation />
      {/* Another person sees everything anew. */}
      <main id="main" tabIndex={-1} key={token.value}>
        <Page />
      </main>
      <NowPlaying />
      <Notices />
    </>
  );
}

function Page() {
  const at = path.value;
  if (/^\/spaces\/[^/]+$/.test(at)) return <SpacePage id={spaceIdAt(at)} />;
  if (/^\/clips\/[^/]+$/.test(at)) return <ClipPage key={at} id={clipIdAt(at)} />;
  if (at.startsWith("/people/")) return <Profile handle={at.split("/")[2]!} />;
  if (at.startsWith("/messages/")) {
    return <Titled title="Messages" page={token.value ? <Thread key={at} handle={at.split("/")[2]!} /> : <LogIn />} />;
  }
  const loggingIn = token.value !== null && viewer.value === null;
  switch (at) {
    case "/spaces":
      return <Titled title="Spaces" page={<SpacesTab />} />;
    case "/new":
      return <Titled title="Open a Space" page={token.value ? <NewSpace /> : <LogIn />} />;
    case "/settings":
      return <Titled title="Settings" page={token.value ? <Settings /> : <LogIn />} />;
    case "/messages":
      return <Titled title="Messages" page={token.value ? <Inbox /> : <LogIn />} />;
    case "/reports":
      return <Titled title="Reports" page={token.value ? <Reports /> : <LogIn />} />;
    case "/log-in":
      return <Titled title="Log in" page={<LogIn />} />;
    case "/sign-up":
      return <Titled title="Sign up" page={<SignUp />} />;
    default:
      return <Titled title="Home" page={loggingIn ? <p class="quiet">One moment …</p> : <Home />} />;
  }
}

function Titled({ title, page }: { title: string; page: preact.JSX.Element }) {
  useEffect(() => void (document.title = `${title} · Spaces`), [title]);
  return page;
}

function Navigation() {
  const person = viewer.value?.user;
  return (
    <header class="top">
      <nav aria-label="Main">
        <Link href="/" class="logo" aria-label="Spaces">
          <img src="/static/icon.svg" alt="" width="28" height="28" /> <span>Spaces</span>
        </Link>
        <Link href="/spaces">Explore</Link>
        <span class="grow" />
        {person ? (
          <>
            <Link href="/new" class="button primary" aria-label="Open a Space">
              Open<span class="wide-only"> a Space</span>
            </Link>
            <Link href={`/people/${person.handle}`} aria-label={`Your profile, ${person.displayName}`}>
              <Avatar person={person} />
            </Link>
            <MessagesLink />
            <Link href="/settings" aria-label="Settings">
              <Icon name="settings" />
            </Link>
          </>
        ) : (
          !token.value && (
            <Link href={`/log-in?to=${encodeURIComponent(path.value)}`} class="button">
              Log in
            </Link>
          )
        )}
      </nav>
    </header>
  );
}

// A Space goes on sounding while other pages are read.
function NowPlaying() {
  const current = room.value;
  const space = current?.space.value;
  if (!current || !space || current.sound.hearing.value === "off" || path.value === spaceAddress(current.id)) return null;
  return (
    <aside class="now-playing" aria-label="Now playing">
      <Link href={spaceAddress(current.id)}>
        <span class="quiet">Listening to</span> <strong>{space.title}</strong>
      </Link>
      <button onClick={exit}>Stop</button>
    </aside>
  );
}
