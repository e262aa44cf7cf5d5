// The web client's beginning.
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/home.css";
import "./styles/messages.css";
import "./styles/space.css";
import { render } from "preact";
import { App } from "./app";
import { followViewer } from "./session/events";
import { loadViewer } from "./session/session";

void loadViewer().catch(() => {});
followViewer();
render(<App />, document.getElementById("app")!);
