// Relay, compiled with persisted documents: only their ids are sent, over HTTP and for subscriptions over sockets.
import runtime from 'relay-runtime';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import backwards from './relay/__generated__/pagesBackwardsQuery.graphql.js';
import events from './relay/__generated__/pagesEventsSubscription.graphql.js';
import forwards from './relay/__generated__/pagesForwardsQuery.graphql.js';
import nodeQuery from './relay/__generated__/pagesNodeQuery.graphql.js';
import renaming from './relay/__generated__/pagesRenameMutation.graphql.js';
import { end, liveSpace, same, signUp, until } from './parts/server.mjs';

const { Environment, Network, Observable, RecordSource, Store, commitMutation, fetchQuery, requestSubscription } = runtime;
const url = process.argv[2];
const token = await signUp(url, 'rita');
const sockets = createClient({
  url: `${url.replace('http', 'ws')}/graphql`,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${token}` },
});

async function fetched({ id, text }, variables) {
  same(text, null, 'no text is there to send');
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ documentId: id, variables }),
  });
  return answer.json();
}

const subscribed = ({ id }, variables) => Observable.create((sink) => sockets.subscribe(
  // graphql-ws lets nothing pass without a text.
  { query: '', documentId: id, variables },
  { next: sink.next, error: sink.error, complete: sink.complete },
));

const environment = new Environment({ network: Network.create(fetched, subscribed), store: new Store(new RecordSource()) });
const ask = (query, variables) => fetchQuery(environment, query, variables).toPromise();

const spaces = [];
for (let number = 0; number < 5; number += 1) spaces.unshift(await liveSpace(url, token, `Relay ${number}`));

// Forwards: Relay's own store puts the pages of a connection together.
let cursor = null;
let page;
do {
  await ask(forwards, { count: 2, cursor });
  const operation = runtime.createOperationDescriptor(runtime.getRequest(forwards), { count: 2, cursor });
  page = environment.lookup(operation.fragment).data.spaces;
  cursor = page.pageInfo.endCursor;
} while (page.pageInfo.hasNextPage);
same(page.edges.map(({ node }) => node.id), spaces, 'pages forwards, in one list');

// Backwards.
const found = [];
cursor = null;
do {
  ({ spaces: page } = await ask(backwards, { count: 2, cursor }));
  found.unshift(...page.edges.map(({ node }) => node.id));
  cursor = page.pageInfo.startCursor;
} while (page.pageInfo.hasPreviousPage);
same(found, spaces, 'pages backwards');

// A node; a mutation changes it in the store; a subscription tells of that.
const told = [];
const variables = { id: spaces[0] };
requestSubscription(environment, {
  subscription: events,
  variables,
  onNext: ({ spaceEvents }) => told.push(spaceEvents.title ?? spaceEvents.__typename),
  onCompleted: () => told.push('complete'),
});
await until(() => told.length, 'the subscription begins');
same((await ask(nodeQuery, variables)).node.title, 'Relay 4', 'a node');
await new Promise((resolve, reject) => {
  commitMutation(environment, {
    mutation: renaming,
    variables: { input: { spaceId: spaces[0], title: 'Renamed' } },
    onCompleted: resolve,
    onError: reject,
  });
});
same(environment.getStore().getSource().get(spaces[0]).title, 'Renamed', 'the store has it by its id');
await end(url, token, spaces[0]);
await until(() => told.at(-1) === 'complete', 'the subscription ends');
same(told.slice(0, 2), ['SpaceSnapshot', 'Renamed'], 'what was told');
for (const id of spaces.slice(1)) await end(url, token, id);
await sockets.dispose();
