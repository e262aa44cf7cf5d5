// GraphiQL at /graphql: from our own files alone, with README's examples in its tabs.
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./graphiql.css";
import { GraphiQL } from "graphiql";
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { exampleTabs } from "./examples";
import { fetcher } from "./fetcher";
import { headersOfViewer } from "./headers";

const headers = headersOfViewer();
const tabs = exampleTabs(headers);
// GraphiQL takes what the editors show at first from here, or from what it kept before a reload.
const first = sessionStorage.getItem("graphiql:tabState") ? undefined : tabs[0];

createRoot(document.getElementById("graphiql")!).render(
  createElement(GraphiQL, {
    fetcher,
    defaultTabs: tabs,
    initialQuery: first?.query,
    initialVariables: first?.variables,
    initialHeaders: first?.headers,
    defaultHeaders: headers,
    defaultEditorToolsVisibility: "variables",
    // Tabs and their tokens stay over a reload, and go with the browser's tab.
    storage: sessionStorage,
    shouldPersistHeaders: true,
  }),
);
