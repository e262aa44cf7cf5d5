// Builds the two pages, the client and GraphiQL, into dist: hashed files that the server serves at /client/assets.
import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

const SERVER = "http://127.0.0.1:8000";

// README is the one source of the worked examples: `make test` runs them, GraphiQL shows them in tabs.
function examples(): Plugin {
  const readme = new URL("../../../README.md", import.meta.url);
  return {
    name: "readme-examples",
    resolveId: (id) => (id === "virtual:examples" ? `\0${id}` : undefined),
    load(id) {
      if (id !== "\0virtual:examples") return undefined;
      const found = readFileSync(readme, "utf8").matchAll(/```graphql\n(\w+ (\w+).*?)```/gs);
      const all = Object.fromEntries([...found].map(([, document, name]) => [name, document]));
      return `export default ${JSON.stringify(all)}`;
    },
  };
}

export default defineConfig({
  base: "/client/",
  publicDir: false,
  plugins: [examples()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsDir: "assets",
    target: "es2022",
    modulePreload: { polyfill: false },
    rollupOptions: { input: ["index.html", "graphiql.html"] },
  },
  worker: { format: "es" },
  server: { proxy: { "/graphql": { target: SERVER, ws: true }, "/audio": SERVER, "/static": SERVER } },
});
