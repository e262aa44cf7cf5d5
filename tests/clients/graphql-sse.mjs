// The client graphql-sse with a connection for each operation.
import { createClient } from 'graphql-sse';
import { end, liveSpace, rename, same, signUp } from './parts/server.mjs';

const EVENTS = 'subscription ($id: ID!) { spaceEvents(spaceId: $id) { ... on SpaceRenamed { title } } }';
const url = process.argv[2];
const token = await signUp(url, 'sven');
const client = createClient({ url: `${url}/graphql`, headers: { authorization: `Bearer ${token}` } });

const query = await one('{ viewer { user { handle } } }');
same(query.data.viewer.user.handle, 'sven', 'a query');
const wrong = await one('{ nothing }');
same([wrong.data ?? null, wrong.errors.length], [null, 1], 'a mistake is a result');

const spaces = [await liveSpace(url, token), await liveSpace(url, token)];
await Promise.all(spaces.map(async (id, number) => {
  const titles = [];
  for await (const { data } of client.iterate({ query: EVENTS, variables: { id } })) {
    if (data.spaceEvents.title) titles.push(data.spaceEvents.title);
    if (titles.length < 3) await rename(url, token, id, `Title ${number} ${titles.length}`);
    else await end(url, token, id);
  }
  same(titles, [0, 1, 2].map((n) => `Title ${number} ${n}`), 'a stream, until its Space ends');
}));

const left = client.iterate({ query: EVENTS, variables: { id: await liveSpace(url, token) } });
await left.next();
same((await left.return()).done, true, 'a stream is left');
client.dispose();

async function one(text) {
  for await (const result of client.iterate({ query: text })) return result;
  throw new Error('no result');
}
