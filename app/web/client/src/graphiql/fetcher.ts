// GraphiQL's requests: over HTTP, subscriptions over graphql-transport-ws.
import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";

const URL_OF_API = `${location.origin}/graphql`;

const send = createGraphiQLFetcher({
  url: URL_OF_API,
  subscriptionUrl: URL_OF_API.replace(/^http/, "ws"),
  // Answers come whole.
  enableIncrementalDelivery: false,
});

// The ids that the examples' variables are for, from the last answer that had one.
const known: Record<string, string> = {};

export const fetcher: Fetcher = async (asked, options) => {
  const variables = Object.fromEntries(
    Object.entries((asked.variables ?? {}) as Record<string, unknown>).map(([name, value]) => [
      name,
      value === "" && known[name] ? known[name] : value,
    ]),
  );
  const answer = await send({ ...asked, variables }, options);
  if ("data" in answer) remember(answer.data);
  return answer;
};

function remember(data: unknown): void {
  for (const payload of Object.values((data ?? {}) as Record<string, Record<string, { id?: string } | null> | null>)) {
    if (payload?.space?.id) known.spaceId = payload.space.id;
    if (payload?.clip?.id) known.clipId = payload.clip.id;
  }
}
